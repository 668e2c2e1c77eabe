"""Where a national column can go in the protection families."""

from __future__ import annotations

from typing import Final

from gateway.mapping.target import Kind, Target, party, place, target
from gateway.records.category import Category
from gateway.records.vocabulary import (
    APPEAL_STATES,
    APPLICANT_ROLES,
    NON_REMOVAL_BASES,
    PROTECTION_DECISIONS,
    RELATIONS,
    STATUS_BASES,
)

PROTECTION_TARGETS: Final[dict[Category, tuple[Target, ...]]] = {
    Category.ASYLUM_APPLICATION: (
        target("application", Kind.TEXT, "номер ходатайства", "number of the application"),
        target("lodged", Kind.DATE, "дата подачи", "lodged on"),
        target("registered", Kind.DATE, "дата регистрации", "registered on"),
        target("decided", Kind.DATE, "дата решения", "decided on"),
        target("certificate", Kind.TEXT, "номер свидетельства", "number of the certificate"),
        target("unaccompanied_minor", Kind.FLAG, "несопровождаемый", "unaccompanied minor"),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
        *place("подачи"),
        target("role", Kind.CODE, "роль в семье", "role in the family unit", codes=frozenset(APPLICANT_ROLES)),
        target("principal", Kind.TEXT, "ходатайство основного заявителя", "application of the principal"),
        target("languages", Kind.CODES, "языки", "languages", essential=False),
        target("interviews", Kind.DATES, "даты собеседований", "dates of interviews", essential=False),
        target(
            "certificate_until",
            Kind.DATE,
            "свидетельство действует по (включительно)",
            "certificate valid until (inclusive)",
        ),
        target("decision", Kind.CODE, "решение", "decision", codes=frozenset(PROTECTION_DECISIONS)),
        target("appeal", Kind.CODE, "обжалование", "state of the appeal", codes=frozenset(APPEAL_STATES)),
        target("appealed", Kind.DATE, "дата жалобы", "appealed on"),
        target("exclusion", Kind.FLAG, "исключение из защиты", "exclusion from protection"),
        *party("representative", "представитель", "representative"),
    ),
    Category.REFUGEE_STATUS: (
        target("number", Kind.TEXT, "номер решения о статусе", "number of the decision"),
        target("granted", Kind.DATE, "дата предоставления", "granted on"),
        target(
            "basis", Kind.CODE, "собственный или производный", "one's own or derived", codes=frozenset(STATUS_BASES)
        ),
        target("principal", Kind.TEXT, "статус, от которого производен", "status it derives from"),
        target("certificate", Kind.TEXT, "номер удостоверения", "number of the certificate"),
        target(
            "certificate_until",
            Kind.DATE,
            "удостоверение действует по (включительно)",
            "certificate valid until (inclusive)",
        ),
        target("absent_since", Kind.DATE, "дата временного выезда", "temporarily absent since"),
        target("returned", Kind.DATE, "дата возвращения", "returned on"),
        target("ended", Kind.DATE, "дата прекращения", "ended on"),
        target("application", Kind.TEXT, "номер ходатайства", "number of the application"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
    Category.SUBSIDIARY_PROTECTION: (
        target("number", Kind.TEXT, "номер решения", "number of the decision"),
        target("granted", Kind.DATE, "дата предоставления", "granted on"),
        target("valid_from", Kind.DATE, "текущий срок с", "current term from"),
        target("valid_to", Kind.DATE, "текущий срок по (включительно)", "current term to (inclusive)"),
        target("extension_no", Kind.COUNT, "какое это продление", "number of the extension"),
        target("certificate", Kind.TEXT, "номер удостоверения", "number of the certificate"),
        target("ended", Kind.DATE, "дата прекращения", "ended on"),
        target("application", Kind.TEXT, "номер ходатайства", "number of the application"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
    Category.TEMPORARY_PROTECTION_GROUP: (
        target("decision", Kind.TEXT, "номер решения", "number of the decision"),
        target("definition", Kind.TEXT, "определение группы", "definition of the group"),
        target("origins", Kind.COUNTRIES, "государства исхода", "states of origin"),
        target("start", Kind.DATE, "действует с", "begins on"),
        target("end", Kind.DATE, "действует по (включительно)", "ends on (inclusive)"),
        target("decided", Kind.DATE, "дата решения", "decided on"),
        target("extension_no", Kind.COUNT, "какое это продление", "number of the extension"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
    ),
    Category.TEMPORARY_PROTECTION: (
        target("number", Kind.TEXT, "номер регистрации", "registration number"),
        target("group", Kind.TEXT, "номер решения о группе", "number of the group's decision"),
        target("registered", Kind.DATE, "дата регистрации", "registered on"),
        target("valid_to", Kind.DATE, "действует по (включительно)", "valid to (inclusive)"),
        target("certificate", Kind.TEXT, "номер удостоверения", "number of the certificate"),
        target("ended", Kind.DATE, "дата прекращения", "ended on"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
    Category.NON_REMOVAL: (
        target("number", Kind.TEXT, "номер решения", "number of the decision"),
        target("basis", Kind.CODE, "основание, укрупнённо", "basis, coarse", codes=frozenset(NON_REMOVAL_BASES)),
        target("valid_from", Kind.DATE, "действует с", "valid from"),
        target("valid_to", Kind.DATE, "действует по (включительно)", "valid to (inclusive)"),
        target("review_by", Kind.DATE, "пересмотреть до", "to be reviewed by"),
        target("ended", Kind.DATE, "дата прекращения", "ended on"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
    Category.FAMILY_REUNIFICATION: (
        target("number", Kind.TEXT, "номер заявления", "number of the request"),
        target("sponsor", Kind.TEXT, "ссылка на принимающего", "reference of the sponsor"),
        target(
            "relation",
            Kind.CODE,
            "кем приходится принимающему",
            "what the person is to the sponsor",
            codes=frozenset(RELATIONS),
        ),
        target("requested", Kind.DATE, "дата заявления", "requested on"),
        target("decided", Kind.DATE, "дата решения", "decided on"),
        target("arrived", Kind.DATE, "дата прибытия", "arrived on"),
        target("authority", Kind.TEXT, "орган", "authority", essential=False),
        target("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
}
"""The targets of each family's own detail, in the order of its elements."""
