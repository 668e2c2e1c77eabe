"""Shared code lists: closed sets with Russian and English labels (Russian is the CIS working language)."""

from __future__ import annotations

from typing import Final

Labels = dict[str, tuple[str, str]]
"""Code to its Russian and English label."""

AGENCY_CLASSES: Final[Labels] = {
    "MIG": ("миграционная служба", "migration service"),
    "INT": ("внутренние дела", "interior"),
    "BOR": ("пограничная служба", "border service"),
    "SEC": ("безопасность", "security"),
    "LAB": ("труд и занятость", "labour and employment"),
    "MFA": ("консульская служба", "consular service"),
    "STAT": ("статистика", "statistics"),
    "REF": ("убежище", "asylum unit"),
    "COURT": ("суд", "court"),
    "ADM": ("оператор шлюза", "gateway operator"),
    "DPA": ("надзор за персональными данными", "data protection authority"),
}

PURPOSES: Final[Labels] = {
    "BORDER_CHECK": ("пограничный контроль", "border check"),
    "ENTRY_BAN_ADMIN": ("ведение запретов на въезд", "administration of entry bans"),
    "STAY_CONTROL": ("контроль пребывания", "control of stay"),
    "LABOUR_REGULATION": ("регулирование трудовой миграции", "regulation of labour migration"),
    "PROTECTION": ("международная защита", "international protection"),
    "FAMILY_UNITY": ("воссоединение семьи", "family unity"),
    "DOCUMENT_VALIDATION": ("проверка документов", "validation of documents"),
    "STATISTICS": ("статистика", "statistics"),
    "DATA_SUBJECT_REQUEST": ("запрос субъекта данных", "request of the data subject"),
    "KEY_ADMIN": ("управление ключами", "administration of keys"),
}

DOCUMENT_KINDS: Final[Labels] = {
    "PASSPORT": ("паспорт", "passport"),
    "ID_CARD": ("удостоверение личности", "identity card"),
    "TRAVEL_DOCUMENT": ("проездной документ", "travel document"),
    "RESIDENCE_PERMIT": ("вид на жительство", "residence permit"),
    "BIRTH_CERTIFICATE": ("свидетельство о рождении", "birth certificate"),
    "OTHER": ("иной документ", "other document"),
}

VISIT_PURPOSES: Final[Labels] = {
    "WORK": ("работа", "work"),
    "STUDY": ("учёба", "study"),
    "TOURISM": ("туризм", "tourism"),
    "BUSINESS": ("деловая", "business"),
    "PRIVATE": ("частная", "private"),
    "TRANSIT": ("транзит", "transit"),
    "OTHER": ("иная", "other"),
}

PERMIT_KINDS: Final[Labels] = {
    "special-permit": ("специальное разрешение", "special permit"),
    "work-permit": ("разрешение на работу", "work permit"),
    "patent": ("патент", "patent"),
    "seasonal": ("сезонная работа", "seasonal work"),
    "highly-qualified": ("высококвалифицированный специалист", "highly qualified specialist"),
}

BAN_GROUNDS: Final[Labels] = {
    "STAY_VIOLATION": ("нарушение правил пребывания", "violation of the rules of stay"),
    "EXPULSION": ("высылка или депортация", "expulsion or deportation"),
    "OFFENCE": ("правонарушение", "offence"),
    "DOCUMENT_FRAUD": ("подложные документы", "forged documents"),
    "OTHER": ("иное", "other"),
}

STATES: Final[dict[str, tuple[str, str, str]]] = {
    "AZE": ("AZ", "Азербайджан", "Azerbaijan"),
    "ARM": ("AM", "Армения", "Armenia"),
    "BLR": ("BY", "Беларусь", "Belarus"),
    "KAZ": ("KZ", "Казахстан", "Kazakhstan"),
    "KGZ": ("KG", "Кыргызстан", "Kyrgyzstan"),
    "MDA": ("MD", "Молдова", "Moldova"),
    "RUS": ("RU", "Россия", "Russia"),
    "TJK": ("TJ", "Таджикистан", "Tajikistan"),
    "TKM": ("TM", "Туркменистан", "Turkmenistan"),
    "UZB": ("UZ", "Узбекистан", "Uzbekistan"),
    "GEO": ("GE", "Грузия", "Georgia"),
    "UKR": ("UA", "Украина", "Ukraine"),
}
"""States of the region: ISO 3166-1 alpha-3 to alpha-2 and the Russian and English name."""
