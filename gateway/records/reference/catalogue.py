"""Every list of reference data by name, as plain rows: what `gateway reference` shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.records import countries
from gateway.records.reference import UNVERIFIED, Span, code_lists, languages, national_codes, rows, translated
from gateway.records.reference.treaties import standing
from gateway.records.schemes import SCHEMES

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list and what it holds, in both languages."""

    name: str
    ru: str
    en: str


LISTS: Final[dict[str, Listed]] = {
    row.name: row
    for row in (
        Listed("states", "государства региона", "states of the region"),
        Listed("memberships", "членство в СНГ, ЕАЭС, СРМО по датам", "membership of the CIS, EAEU and CHMA by date"),
        Listed("instruments", "международные договоры и акты", "treaties and acts"),
        Listed("parties", "участники договоров по датам", "parties of the instruments by date"),
        Listed("countries", "страны: ИСО 3166-1 и -3, ОКСМ", "countries: ISO 3166-1 and -3, OKSM"),
        Listed("country_codes", "коды стран других перечней", "country codes of other lists"),
        Listed("icao", "коды ИКАО вместо гражданства", "ICAO codes that stand for a nationality"),
        Listed("regions", "регионы, ИСО 3166-2", "regions, ISO 3166-2"),
        Listed("isco08", "занятия, МСКЗ-08", "occupations, ISCO-08"),
        Listed("identifiers", "номера и их проверка", "identifier schemes and their checks"),
        Listed("agency_class", "классы ведомств", "classes of agencies"),
        Listed("purpose", "цели обмена", "purposes of exchange"),
        Listed("sex", "пол, ИСО/МЭК 5218", "sex, ISO/IEC 5218"),
        Listed("document_kind", "виды документов", "kinds of documents"),
        Listed("document_status", "состояния документов", "statuses of documents"),
        Listed("visit_purpose", "цели поездки", "purposes of a visit"),
        Listed("permit_kind", "виды разрешений на работу", "kinds of labour permits"),
        Listed("ban_ground", "основания запрета на въезд", "grounds of an entry ban"),
        Listed("decision_reason", "причины решений", "reasons of a decision"),
        Listed("appeal_state", "состояния обжалования", "states of an appeal"),
        Listed("licence_scope", "предмет лицензии", "scopes of a licence"),
        Listed("holder_kind", "виды лицензиатов", "kinds of licensees"),
        Listed("notice_event", "события трудового договора", "events of a contract"),
        Listed("residence_kind", "виды разрешений на проживание", "kinds of residence permits"),
        Listed("residence_ground", "основания проживания", "grounds of residence"),
        Listed("transport_category", "виды транспорта", "categories of transport"),
        Listed("refusal_reason", "причины отказа на границе", "reasons of a refusal at the border"),
        Listed("expulsion_kind", "виды высылки", "kinds of expulsion"),
        Listed("expulsion_ground", "основания высылки", "grounds of an expulsion"),
        Listed("ban_scope", "объём запрета", "scopes of a ban"),
        Listed("risk_marker", "отметки о риске", "risk markers"),
        Listed("quota_kind", "виды квот", "kinds of quotas"),
        Listed("measure", "единицы статистики", "measures of statistics"),
        Listed("statistic_basis", "запас или поток", "stock or flow"),
        Listed("statistic_flag", "отметки статистики", "flags of statistics"),
        Listed("applicant_role", "роли заявителей", "roles of applicants"),
        Listed("protection_decision", "решения о защите", "decisions on protection"),
        Listed("status_basis", "основания статуса", "bases of a status"),
        Listed("non_removal_basis", "основания невысылки", "bases of non-removal"),
        Listed("relation", "родственные связи", "relations"),
    )
}

_STATE_COLUMN: Final = {"states": "code", "countries": "alpha3", "country_codes": "alpha3", "identifiers": "issuer"}
"""Which column tells the state a row is about, where it is not `state`."""

_LABEL_KEY: Final = {"states": "code", "countries": "alpha3", "instruments": "key", "icao": "code", "isco08": "code"}
"""Lists beside the code lists that have a label in every state language, and the column that names an entry."""


def entries(name: str, state: str = "", on: date | None = None, language: str = "") -> list[Row]:
    """The rows of a list; of one state and of one day where these are given and the list knows them.

    A code list with a state gives what the registers of that state write, and our label for what we do not know them
    to write. With a day, memberships are those of the day, and parties are told by their standing on it. `national`
    is the label in a language (ISO 639-1), by default in that of the state. KeyError for an unknown list.
    """
    spoken = language or languages().get(state, "")
    found = _everything(LISTS[name].name, state)
    if spoken:
        found = [_spoken(name, row, spoken) for row in found]
    if state and name in code_lists():
        found = _completed(name, state, spoken, found)
    column = _STATE_COLUMN.get(name, "state")
    if state and found and column in found[0]:
        found = [row for row in found if row[column] == state]
    if on is not None and name == "memberships":
        found = [row for row in found if Span.of(row["valid_from"], row["valid_to"]).covers(on)]
    if on is not None and name == "parties":
        found = [{**row, "standing": standing(row["instrument"], row["state"], on)} for row in found]
        found = [row for row in found if row["standing"] != "none"]
    return found


def _spoken(name: str, row: Row, language: str) -> Row:
    if name in code_lists():
        # Beside a value of a register stands no label: the value is the state's own word.
        return row if "national" in row else {**row, "national": label(name, row["code"], language)}
    if name not in _LABEL_KEY:
        return row
    return {**row, "national": label(name, row[_LABEL_KEY[name]] or row["numeric"], language)}


def label(name: str, code: str, language: str) -> str:
    """The label of an entry in any language of the region, English included; empty where we have none."""
    if name in {"states", "countries"}:
        found = countries.by_code(code) or countries.by_number(code)
        return found.names.get(language, "") if found else ""
    if language in {"ru", "en"}:
        known = code_lists()[name][code] if name in code_lists() else _pair(name, code)
        return known[0 if language == "ru" else 1]
    return translated(name, code, language)


def _pair(name: str, code: str) -> tuple[str, str]:
    return next((row["ru"], row["en"]) for row in rows(name) if row[_LABEL_KEY[name]] == code)


def _completed(name: str, state: str, language: str, found: list[Row]) -> list[Row]:
    """What the registers of a state write, and a row with our label for each code they have no own word for."""
    written = {
        row["code"] for row in found if (row["state"], row["language"]) == (state, language) and row["preferred"]
    }
    return found + [
        {
            "state": state,
            "national": label(name, code, language),
            "code": code,
            "ru": ru,
            "en": en,
            "system": "label",
            "language": language,
            "preferred": "",
            "source": UNVERIFIED,
        }
        for code, (ru, en) in code_lists()[name].items()
        if code not in written
    ]


def _everything(name: str, state: str) -> list[Row]:
    if name == "countries":
        return [
            {
                "alpha3": entry.alpha3,
                "alpha2": entry.alpha2,
                "numeric": entry.numeric,
                "kind": entry.kind,
                "former": entry.former,
                "ended": entry.ended,
                "ru": entry.names["ru"],
                "en": entry.names["en"],
            }
            for entry in countries.everything()
        ]
    if name == "states":
        return [{**dict(row), **_state_names(row["code"])} for row in rows(name)]
    if name == "identifiers":
        return [
            {
                "key": row.key,
                "issuer": row.issuer,
                "bearer": row.bearer,
                "check": row.check,
                "form": row.form,
                "ru": row.title_ru,
                "en": row.title_en,
                "source": row.basis,
            }
            for row in SCHEMES.values()
        ]
    if name not in code_lists():
        return [dict(row) for row in rows(name)]
    if not state:
        return [{"code": code, "ru": ru, "en": en} for code, (ru, en) in code_lists()[name].items()]
    return [
        {
            "state": row.state,
            "national": row.national,
            "code": row.common,
            "ru": code_lists()[name][row.common][0],
            "en": code_lists()[name][row.common][1],
            "system": row.system,
            "language": row.language,
            "preferred": "yes" if row.preferred else "",
            "source": row.source,
        }
        for row in national_codes()
        if row.list == name
    ]


def _state_names(code: str) -> Row:
    """A state in Russian, in English, and as it calls itself."""
    return {
        "ru": label("states", code, "ru"),
        "en": label("states", code, "en"),
        "national": label("states", code, languages()[code]),
    }
