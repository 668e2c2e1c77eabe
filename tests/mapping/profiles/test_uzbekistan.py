"""Uzbekistan: the traps of its registers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.mapping import back, convert, profile
from gateway.message.rules import check_record
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]


def test_what_is_neither_entry_nor_exit_is_not_taken_for_an_exit(codes: By) -> None:
    # Row 9 has a Cyrillic letter that looks like the P of an entry.
    assert codes("uzb-crossings")[9] == codes("uzb-crossings")[10] == ["MAP-DIRECTION"]


def test_a_crossing_late_in_the_evening_keeps_its_day_and_its_offset(records: By) -> None:
    assert records("uzb-crossings")["900101"].detail.at.isoformat() == "2026-03-01T23:30:00+05:00"


def test_a_time_without_offset_is_that_of_tashkent(records: By) -> None:
    assert records("uzb-crossings")["900107"].detail.at.isoformat() == "2026-03-01T08:05:00+05:00"


def test_a_whole_name_without_labels_is_not_cut(records: By) -> None:
    [name] = records("uzb-crossings")["900104"].person.names
    assert (name.full, name.family) == ("AZIZOV SARDOR BOTIR OGLI", "")


def test_armenia_lost_its_zero_and_is_armenia(records: By) -> None:
    assert records("uzb-crossings")["900103"].person.citizenships == ("ARM",)


def test_somebody_born_in_a_state_of_the_past_is_no_citizen_of_it(records: By) -> None:
    person = records("uzb-crossings")["900108"].person
    assert (person.birth_country, person.citizenships) == ("SUN", ("RUS",))


def test_an_apostrophe_is_kept_as_it_was_typed_in_both_scripts(records: By) -> None:
    latin, cyrillic = records("uzb-crossings")["900102"].person.names
    assert (latin.family, latin.given) == ("G\u2018ulomova", "O\u2018g\u2018iloy")
    assert (cyrillic.family, cyrillic.given) == ("Ғуломова", "Ўғилой")


def test_a_is_a_woman_and_e_a_man(records: By) -> None:
    crossings = records("uzb-crossings")
    assert crossings["900103"].person.sex is Sex.MALE
    assert crossings["900105"].person.sex is Sex.FEMALE


def test_true_is_a_woman_and_a_number_is_nobody(records: By, codes: By) -> None:
    permits = records("uzb-residents")
    assert permits["YG 0000601"].person.sex is Sex.MALE
    assert permits["YG 0000602"].person.sex is Sex.FEMALE
    # Elsewhere in the same state 1 is a man; here it would be true.
    assert codes("uzb-residents")[9] == ["MAP-SEX"]


def test_either_name_of_the_personal_number_will_do(records: By, codes: By) -> None:
    permits = records("uzb-residents")
    assert permits["YG 0000601"].person.ref == "UZ-PINFL:31506850000101"
    assert permits["YG 0000602"].person.ref == "UZ-PINFL:41203920000175"
    assert [number.value for number in permits["YG 0000603"].person.identifiers] == ["30711900000247"]
    assert "MAP-DISAGREE" in codes("uzb-residents")[5]


def test_codes_countries_and_states_are_known_with_any_apostrophe(records: By) -> None:
    permit = records("uzb-residents")["YG 0000602"]
    assert (permit.person.citizenships, permit.detail.ground) == (("KAZ",), "STUDY")
    assert permit.person.names[0].no_patronymic
    assert records("uzb-residents")["YG 0000603"].status == "EXPIRED"
    assert records("uzb-residents")["YG 0000606"].person.stateless


def test_a_foreigner_with_an_uzbek_number_stays_a_foreigner(records: By) -> None:
    person = records("uzb-residents")["YG 0000601"].person
    assert (person.identifiers[0].scheme, person.citizenships) == ("UZ-PINFL", ("KAZ",))


def test_days_of_the_passport_are_not_days_of_the_permit(records: By) -> None:
    permit = records("uzb-residents")["YG 0000601"]
    assert str(permit.person.documents[0].expires) == "2030-02-01"
    assert str(permit.detail.valid_to) == "2031-01-09"


def test_a_line_that_was_cut_off_costs_itself_only(records: By, codes: By) -> None:
    assert codes("uzb-residents")[8] == ["MAP-ROW-FORM"]
    assert "YG 0000607" in records("uzb-residents")


def test_a_whole_name_is_told_apart_in_both_scripts(records: By) -> None:
    latin, cyrillic = records("uzb-workers")["BN-701"].person.names
    assert (latin.family, latin.given, latin.patronymic) == ("SEITOV", "NURLAN", "ASAN O\u02bbG\u02bbLI")
    # The clerk of the other column wrote the same father in Russian.
    assert (cyrillic.family, cyrillic.given, cyrillic.patronymic) == ("Сеитов", "Нурлан", "Асанович")


def test_son_and_daughter_stay_with_their_father_whatever_the_apostrophe(records: By) -> None:
    notices = records("uzb-workers")
    assert [notices[f"BN-70{last}"].person.names[0].patronymic for last in (2, 4)] == ["Botir qizi", "Rustam o'g'li"]
    # Two given names are no patronymic where the father is told by a word of his own.
    assert notices["BN-704"].person.names[1].given == "Муҳаммад Али"


def test_a_name_with_more_words_than_parts_is_a_guess_and_that_is_said(records: By, codes: By) -> None:
    assert codes("uzb-workers")[7] == ["MAP-NAME-SPLIT", "MAP-NAME-SPLIT"]
    assert codes("uzb-workers")[5] == []


def test_a_single_name_is_the_family_name(records: By) -> None:
    [name] = records("uzb-workers")["BN-703"].person.names
    assert (name.family, name.given) == ("KUMAR", "")


def test_a_personal_number_in_scientific_notation_is_lost_and_the_passport_counts(records: By, codes: By) -> None:
    assert codes("uzb-workers")[6] == ["MAP-IDENTIFIER-FORMAT"]
    assert records("uzb-workers")["BN-705"].person.ref == "DOC:RUS:751234567"


def test_a_cyrillic_letter_is_no_code_of_a_latin_list(codes: By) -> None:
    assert codes("uzb-workers")[9] == ["MAP-SEX"]


def test_regions_and_events_are_known_with_any_apostrophe(records: By) -> None:
    notice = records("uzb-workers")["BN-702"]
    assert (notice.detail.event, notice.status, notice.detail.territory) == ("REGISTRATION", "REGISTERED", "UZ-FA")
    assert notice.detail.work_to is None


def test_a_notice_without_the_day_a_contract_ended_is_no_message(records: By) -> None:
    ended = records("uzb-workers")["BN-704"]
    assert str(ended.detail.ended) == "2026-02-20"
    assert check_record(ended, path="") == []
    [broken] = check_record(replace(ended, detail=replace(ended.detail, ended=None)), path="")
    assert broken.code == "BR-55"


def test_the_table_of_workers_has_cyrillic_headings_too(records: By) -> None:
    chosen = profile.load("uzb-workers")
    cyrillic = {latin: heading for heading, latin in chosen.headings.items()}
    notice = records("uzb-workers")["BN-701"]
    [row], losses = back.unmap(chosen, [notice])
    table = {cyrillic.get(column, column): cell for column, cell in row.items()}
    assert {"ЖШШИР", "Фуқаролиги", "Иш берувчи"} <= set(table)
    text = "\n".join("\t".join(line) for line in (table, table.values()))
    [again] = convert.map_file(chosen, text.encode(), now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert (again.record, losses) == (notice, [])


def test_a_latin_name_in_the_cyrillic_column_goes_back_to_where_it_stood(records: By) -> None:
    chosen = profile.load("uzb-workers")
    [row], _ = back.unmap(chosen, [records("uzb-workers")["BN-703"]])
    moved = row | {"F.I.Sh.": "", "Ф.И.Ш.": row["F.I.Sh."]}
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    [mapped] = convert.map_rows(chosen, [moved], now=now, flat=True)
    # In that column it is Latin, and of no language that is known.
    [name] = mapped.record.person.names
    assert (name.family, name.script, name.language) == ("KUMAR", "Latn", "")
    assert back.unmap(chosen, [mapped.record]) == ([moved], [])
