"""One record of every family that make_examples.py does not spell out itself; everything in them is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime

from gateway.records.aggregate import Quota, Statistic
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.person import Party, Place
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.record import Category, Detail
from gateway.records.restriction import EntryBan, Expulsion

EMPLOYER = Party("ООО «Образец»", "190000001", "BY-UNP")
UNIT = "Подразделение по вопросам убежища"

FAMILIES: dict[str, tuple[Category, str, Detail]] = {
    "recruitment-licence": (
        Category.RECRUITMENT_LICENCE,
        "SUSPENDED",
        RecruitmentLicence(
            "ЛТ-0042", EMPLOYER, "EMPLOY_ABROAD", "LEGAL_ENTITY", ("POL", "RUS"),
            date(2026, 1, 1), date(2030, 12, 31), "МВД", "REQUIREMENTS",
        ),
    ),
    "employment-notice": (
        Category.EMPLOYMENT_NOTICE,
        "TERMINATED",
        EmploymentNotice(
            "TERMINATION", "У-17/2026", date(2026, 3, 1), EMPLOYER, "ТД-5", date(2025, 3, 1), date(2025, 3, 10),
            date(2027, 2, 28), date(2026, 2, 27), "7112", "BY-HM", "СР 0012345", "УГиМ Минск",
        ),
    ),
    "residence-permit": (
        Category.RESIDENCE_PERMIT,
        "EXTENDED",
        ResidencePermit(
            "TEMPORARY", "0098765", "РВП", date(2026, 2, 10), date(2026, 2, 10), date(2027, 2, 9),
            Place("BLR", "BY-HM", "Минск, ул. Примерная, 1"), "WORK", 1, "КВ-2026-3", "УГиМ Минск", "OWN_REQUEST",
        ),
    ),
    "expulsion": (
        Category.EXPULSION,
        "EXECUTED",
        Expulsion(
            "146/2026-3", "ДГиМ МВД", date(2026, 2, 1), "DEPORTATION", "Суд Примерного района", "STAY_VIOLATION",
            date(2026, 2, 20), date(2026, 2, 25), "KGZ", "BY-MSQ", True, "412.50", "BYN", "LAPSED",
        ),
    ),
    "document-status": (
        Category.DOCUMENT_STATUS,
        "STOLEN",
        DocumentStatus(
            "UZB", "PASSPORT", "1234567", date(2026, 2, 14), "AB", date(2021, 4, 1), date(2031, 3, 31),
            date(2026, 2, 15), "РОВД Примерного района",
        ),
    ),
    "quota": (
        Category.QUOTA,
        "APPROVED",
        Quota(2026, "LABOUR", 1500, "Постановление 12 от 12.12.2025", 312, "BY-HM", "7112", "UZB"),
    ),
    "statistic": (
        Category.STATISTIC,
        "FINAL",
        Statistic(
            "MIG-01", date(2025, 1, 1), date(2025, 12, 31), "PERMITS", "FLOW", "D-2026", 1235, "", True, "RUS", "UZB",
            "1", "18-59", "LABOUR_PERMIT", "ISSUED", "WORK", "BY-HM",
        ),
    ),
    "statistic-suppressed": (
        Category.STATISTIC,
        "FINAL",
        Statistic(
            "MIG-01", date(2025, 1, 1), date(2025, 12, 31), "PERSONS", "STOCK", "D-2026", None, "SUPPRESSED",
            age_band="60+",
        ),
    ),
    "patent": (
        Category.LABOUR_PERMIT,
        "EXTENDED",
        LabourPermit(
            "patent", "2600001234", "77", date(2026, 1, 1), date(2026, 12, 31), "RU-MOW", "подсобный рабочий",
            issued=date(2025, 12, 30), extension_no=2, contract_number="ТД-5", contract_date=date(2026, 1, 2),
            quota_ref="КВ-2026-1", fee_paid_until=date(2026, 3, 31), reason="OWN_REQUEST",
        ),
    ),
    "stay-that-ended": (
        Category.STAY_REGISTRATION,
        "DEREGISTERED",
        StayRegistration(
            "02/440-001/26/000178", date(2026, 1, 10), date(2026, 3, 31), date(2026, 1, 9),
            authority="УГиМ Минск", card_series="46 26", card_number="0001122", notification="УП-778",
            entry_point="Козловичи", departed=date(2026, 2, 20),
        ),
    ),
    "crossing-refused": (
        Category.BORDER_CROSSING,
        "CLOSED",
        BorderCrossing(
            "IN", datetime(2026, 2, 20, 6, 5, tzinfo=UTC), "BY-KOZLOVICHI", "REFUSED", "WORK", "",
            "POL", "ROAD", "1234 AB-7", "1234567", "V0099", "STAY_EXHAUSTED", "КП-3",
        ),
    ),
    "ban-under-appeal": (
        Category.ENTRY_BAN,
        "SUSPENDED",
        EntryBan(
            "366/2026-18", "ДГиМ МВД", date(2026, 2, 1), date(2029, 1, 31), ground="STAY_VIOLATION",
            decided=date(2026, 1, 30), scope="ENTRY_AND_STAY", appeal="LODGED", register_number="СЗ-100200",
            review_by=date(2029, 1, 1), risk_markers=("ESCAPED", "VIOLENT"),
        ),
    ),
    "asylum-of-a-dependant": (
        Category.ASYLUM_APPLICATION,
        "APPEALED",
        AsylumApplication(
            "A-2026-0008", date(2026, 1, 2), date(2026, 1, 4), date(2026, 2, 10), "БЖ 000124", True, ("UZB",),
            Place("BLR", "BY-HM", "Минск"), "DEPENDANT", "A-2026-0007", ("uz", "ru"),
            (date(2026, 1, 20), date(2026, 2, 1)), date(2026, 7, 4), "REFUSED", "LODGED", date(2026, 2, 20), True,
            Party("Адвокат (пример)"),
        ),
    ),
    "refugee-status": (
        Category.REFUGEE_STATUS,
        "TEMP_ABSENT",
        RefugeeStatus(
            "Б-2021-0003", date(2021, 5, 1), "FAMILY", "Б-2021-0002", "УБ 000077", date(2026, 5, 1),
            date(2026, 1, 15), None, None, "A-2020-0011", UNIT, ("UZB",),
        ),
    ),
    "refugee-status-that-ceased": (
        Category.REFUGEE_STATUS,
        "CEASED",
        RefugeeStatus(
            "Б-2019-0001", date(2019, 5, 1), absent_since=date(2025, 6, 1), returned=date(2025, 8, 1),
            ended=date(2026, 2, 1), persecutors=("UZB",),
        ),
    ),
    "subsidiary-protection-that-ceased": (
        Category.SUBSIDIARY_PROTECTION,
        "CEASED",
        SubsidiaryProtection(
            "Д-2025-0005", date(2025, 6, 1), date(2025, 6, 1), date(2026, 5, 31), ended=date(2026, 2, 1),
            persecutors=("UZB",),
        ),
    ),
    "subsidiary-protection": (
        Category.SUBSIDIARY_PROTECTION,
        "EXTENDED",
        SubsidiaryProtection(
            "Д-2025-0004", date(2025, 3, 1), date(2026, 3, 1), date(2027, 2, 28), 1, "УД 000012",
            application="A-2024-0031", authority=UNIT, persecutors=("UZB",),
        ),
    ),
    "temporary-protection-group": (
        Category.TEMPORARY_PROTECTION_GROUP,
        "EXTENDED",
        TemporaryProtectionGroup(
            "ВЗ-2026-1", "лица, прибывшие из Примерии после 1 января 2026 г.", ("KGZ", "UZB"),
            date(2026, 2, 1), date(2027, 1, 31), date(2026, 1, 28), 1, UNIT,
        ),
    ),
    "temporary-protection": (
        Category.TEMPORARY_PROTECTION,
        "ENDED",
        TemporaryProtection(
            "ВЗ-2026-1/0042", "ВЗ-2026-1", date(2026, 2, 10), date(2027, 1, 31), "УВ 000042", date(2026, 2, 28),
            UNIT, ("UZB",),
        ),
    ),
    "non-removal": (
        Category.NON_REMOVAL,
        "LIFTED",
        NonRemoval(
            "Н-2026-2", "FAMILY_LIFE", date(2026, 2, 1), date(2027, 1, 31), date(2026, 12, 1), date(2026, 2, 28), UNIT,
            ("UZB",),
        ),
    ),
    "family-reunification": (
        Category.FAMILY_REUNIFICATION,
        "ARRIVED",
        FamilyReunification(
            "ВС-2026-5", "Б-2021-0002", "CHILD", date(2025, 11, 1), date(2026, 1, 15), date(2026, 2, 20), UNIT,
            ("UZB",),
        ),
    ),
}  # fmt: skip
"""Name of the example to its family, state and detail."""
