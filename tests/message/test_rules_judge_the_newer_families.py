"""The rules of licences, notices, expulsions, documents, figures and protection: each broken once."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.message.rules import RULES, check_record
from gateway.records.record import Record

MAKER = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
EXAMPLES: dict[str, Record] = MAKER["OTHERS"]


def broken(name: str, status: str = "", **changes: object) -> list[tuple[str, str]]:
    record = EXAMPLES[name]
    judged = replace(record, status=status or record.status, detail=replace(record.detail, **changes))  # type: ignore[type-var]
    return [(finding.code, finding.path.removeprefix("/Record/")) for finding in check_record(judged)]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_breaks_no_rule(name: str) -> None:
    assert broken(name) == []


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("patent", {"issued": date(2027, 1, 1)}, ("BR-50", "LabourPermit/Issued")),
        ("patent", {"kind": "seasonal"}, ("BR-52", "LabourPermit/FeePaidUntil")),
        ("recruitment-licence", {"number": " "}, ("BR-28", "RecruitmentLicence/Number")),
        ("recruitment-licence", {"valid_from": date(2031, 1, 1)}, ("BR-23", "RecruitmentLicence/ValidTo")),
        ("employment-notice", {"number": ""}, ("BR-28", "EmploymentNotice/Number")),
        ("employment-notice", {"work_to": date(2025, 3, 9)}, ("BR-54", "EmploymentNotice/WorkTo")),
        ("employment-notice", {"ended": None}, ("BR-55", "EmploymentNotice")),
        ("stay-that-ended", {"departed": date(2026, 1, 8)}, ("BR-25", "StayRegistration/Departed")),
        ("residence-permit", {"number": ""}, ("BR-28", "ResidencePermit/Number")),
        ("residence-permit", {"issued": date(2027, 2, 10)}, ("BR-50", "ResidencePermit/Issued")),
        ("residence-permit", {"valid_from": date(2027, 2, 10)}, ("BR-23", "ResidencePermit/ValidTo")),
        ("crossing-refused", {"outcome": "ADMITTED"}, ("BR-53", "BorderCrossing/RefusalReason")),
        ("expulsion", {"decision": ""}, ("BR-20", "Expulsion/Decision")),
        ("expulsion", {"authority": ""}, ("BR-20", "Expulsion/Authority")),
        ("expulsion", {"executed": None}, ("BR-56", "Expulsion")),
        ("expulsion", {"cost": ""}, ("BR-57", "Expulsion/Currency")),
        ("document-status", {"number": " "}, ("BR-18", "DocumentStatus/Number")),
        ("document-status", {"issued": date(2032, 1, 1)}, ("BR-17", "DocumentStatus/Expires")),
        ("document-status", {"since": date(2026, 3, 3)}, ("BR-58", "DocumentStatus/Since")),
        ("quota", {"act": ""}, ("BR-28", "Quota/Act")),
        ("statistic", {"table": ""}, ("BR-28", "Statistic/Table")),
        ("statistic", {"value": None}, ("BR-61", "Statistic")),
        ("statistic", {"measure": "PERSONS", "value": 4}, ("BR-62", "Statistic/Value")),
        ("asylum-of-a-dependant", {"appealed": date(2026, 2, 9)}, ("BR-27", "AsylumApplication/Appealed")),
        ("asylum-of-a-dependant", {"principal": ""}, ("BR-64", "AsylumApplication/Role")),
        ("refugee-status", {"number": ""}, ("BR-28", "RefugeeStatus/Number")),
        ("refugee-status", {"absent_since": date(2025, 3, 1)}, ("BR-67", "RefugeeStatus/AbsentSince")),
        ("refugee-status", {"returned": date(2026, 2, 1)}, ("BR-66", "RefugeeStatus")),
        ("refugee-status-that-ceased", {"returned": date(2025, 5, 31)}, ("BR-63", "RefugeeStatus/Returned")),
        ("refugee-status-that-ceased", {"ended": date(2025, 5, 31)}, ("BR-63", "RefugeeStatus/Ended")),
        ("subsidiary-protection", {"number": ""}, ("BR-28", "SubsidiaryProtection/Number")),
        ("subsidiary-protection", {"granted": date(2026, 3, 2)}, ("BR-63", "SubsidiaryProtection/ValidFrom")),
        ("temporary-protection-group", {"decision": ""}, ("BR-28", "TemporaryProtectionGroup/Decision")),
        ("temporary-protection-group", {"end": date(2026, 1, 31)}, ("BR-63", "TemporaryProtectionGroup/End")),
        ("temporary-protection-group", {"start": date(2026, 1, 1)}, ("BR-63", "TemporaryProtectionGroup/Start")),
        ("temporary-protection", {"number": ""}, ("BR-28", "TemporaryProtection/Number")),
        ("temporary-protection", {"group": ""}, ("BR-28", "TemporaryProtection/Group")),
        ("temporary-protection", {"ended": date(2026, 2, 9)}, ("BR-63", "TemporaryProtection/Ended")),
        ("non-removal", {"number": ""}, ("BR-28", "NonRemoval/Number")),
        ("non-removal", {"ended": date(2026, 1, 31)}, ("BR-63", "NonRemoval/Ended")),
        ("non-removal", {"review_by": date(2027, 2, 1)}, ("BR-68", "NonRemoval/ReviewBy")),
        ("family-reunification", {"number": ""}, ("BR-28", "FamilyReunification/Number")),
        ("family-reunification", {"sponsor": " "}, ("BR-28", "FamilyReunification/Sponsor")),
        ("family-reunification", {"decided": date(2025, 10, 31)}, ("BR-63", "FamilyReunification/Decided")),
    ],
)
def test_each_rule_finds_what_breaks_it(name: str, changes: dict[str, object], expected: tuple[str, str]) -> None:
    assert broken(name, **changes) == [expected]


@pytest.mark.parametrize(("last", "fits"), [(date(2027, 3, 1), True), (date(2027, 3, 2), False)])
def test_subsidiary_protection_lasts_a_year_at_most_at_a_time(last: date, fits: bool) -> None:  # noqa: FBT001
    found = [] if fits else [("BR-65", "SubsidiaryProtection/ValidTo")]
    assert broken("subsidiary-protection", valid_to=last) == found


def test_an_absence_of_just_a_year_is_no_matter_yet_and_a_longer_one_only_a_warning() -> None:
    assert broken("refugee-status", absent_since=date(2025, 3, 2)) == []
    assert broken("refugee-status", absent_since=date(2025, 3, 1)) != []
    assert RULES["BR-67"].severity == "warning"


def test_zero_differs_from_missing_and_from_suppressed() -> None:
    assert broken("statistic", value=0) == []
    assert broken("statistic", value=None, flag="MISSING") == []
    assert broken("statistic", value=0, flag="MISSING") == [("BR-61", "Statistic/Value")]
    assert broken("statistic", value=10, flag="PROVISIONAL") == []


def test_a_quota_may_be_used_up_and_no_further() -> None:
    assert broken("quota", used=1500) == []
    assert broken("quota", used=None) == []
    assert broken("quota", used=1501) == [("BR-59", "Quota/Used")]
