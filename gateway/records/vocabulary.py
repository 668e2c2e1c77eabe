"""The code lists of the record families: closed sets with Russian and English labels, as the schema has them."""

from __future__ import annotations

from typing import Final

from gateway.records.codes import Labels

DECISION_REASONS: Final[Labels] = {
    "REQUIREMENTS": ("требования не выполнены", "requirements not met"),
    "DOCUMENTS": ("документы неполны или недействительны", "documents incomplete or invalid"),
    "QUOTA": ("квота исчерпана", "quota exhausted"),
    "FEE": ("платёж не внесён", "fee not paid"),
    "CONTRACT_ENDED": ("договор прекращён", "contract ended"),
    "VIOLATION": ("нарушение правил", "violation of the rules"),
    "OWN_REQUEST": ("по собственному заявлению", "at one's own request"),
    "OTHER": ("иное", "other"),
}
"""Reason of a decision, coarse; never a narrative."""

APPEAL_STATES: Final[Labels] = {
    "OPEN": ("срок обжалования не истёк", "may still be lodged"),
    "LODGED": ("подана жалоба", "lodged"),
    "DISMISSED": ("жалоба отклонена", "dismissed"),
    "UPHELD": ("жалоба удовлетворена", "upheld"),
    "LAPSED": ("срок обжалования истёк", "time to appeal is over"),
}

LICENCE_SCOPES: Final[Labels] = {
    "ATTRACT_FOREIGN": ("привлечение иностранной рабочей силы", "attracting foreign labour"),
    "EMPLOY_ABROAD": ("трудоустройство граждан за рубежом", "placing citizens abroad"),
}

HOLDER_KINDS: Final[Labels] = {
    "LEGAL_ENTITY": ("юридическое лицо", "legal entity"),
    "SOLE_EMPLOYER": ("индивидуальный предприниматель", "sole employer"),
}

NOTICE_EVENTS: Final[Labels] = {
    "CONCLUSION": ("заключение договора", "conclusion of a contract"),
    "CHANGE": ("изменение договора", "change of a contract"),
    "REGISTRATION": ("регистрация договора", "registration of a contract"),
    "TERMINATION": ("прекращение договора", "termination of a contract"),
}

RESIDENCE_KINDS: Final[Labels] = {
    "TEMPORARY": ("разрешение на временное проживание", "temporary residence permit"),
    "PERMANENT": ("вид на жительство", "permanent residence permit"),
}

RESIDENCE_GROUNDS: Final[Labels] = {
    "WORK": ("работа", "work"),
    "STUDY": ("учёба", "study"),
    "FAMILY": ("семья", "family"),
    "INVESTMENT": ("инвестиции", "investment"),
    "OTHER": ("иное", "other"),
}
"""Ground of residence, coarse."""

TRANSPORT_CATEGORIES: Final[Labels] = {
    "AIR": ("воздушный", "air"),
    "RAIL": ("железнодорожный", "rail"),
    "ROAD": ("автомобильный", "road"),
    "WATER": ("водный", "water"),
    "FOOT": ("пешком", "on foot"),
    "OTHER": ("иной", "other"),
}

REFUSAL_REASONS: Final[Labels] = {
    "DOCUMENT_MISSING": ("нет действительного документа", "no valid document"),
    "DOCUMENT_FORGED": ("документ подложный или изменённый", "forged or altered document"),
    "VISA_MISSING": ("нет действительной визы или разрешения", "no valid visa or permit"),
    "PURPOSE_UNCONFIRMED": ("цель не подтверждена", "purpose not confirmed"),
    "STAY_EXHAUSTED": ("срок разрешённого пребывания исчерпан", "permitted stay used up"),
    "MEANS_MISSING": ("нет средств на пребывание", "no means for the stay"),
    "ENTRY_BAN": ("запрет на въезд", "ban of entry"),
    "OTHER": ("иное", "other"),
}
"""Reason of a refusal at the border, coarse."""

EXPULSION_KINDS: Final[Labels] = {
    "DEPORTATION": ("депортация", "deportation"),
    "ADMINISTRATIVE_REMOVAL": ("административное выдворение", "administrative removal"),
    "READMISSION": ("реадмиссия", "readmission"),
}

EXPULSION_GROUNDS: Final[Labels] = {
    "STAY_VIOLATION": ("нарушение правил пребывания", "violation of the rules of stay"),
    "ILLEGAL_ENTRY": ("незаконный въезд", "illegal entry"),
    "LABOUR_VIOLATION": ("нарушение правил трудовой деятельности", "violation of the rules of work"),
    "OFFENCE": ("правонарушение", "offence"),
    "OTHER": ("иное", "other"),
}
"""Ground of an expulsion, coarse."""

BAN_SCOPES: Final[Labels] = {
    "ENTRY": ("въезд", "entry"),
    "ENTRY_AND_STAY": ("въезд и пребывание", "entry and stay"),
    "ENTRY_AND_TRANSIT": ("въезд и транзит", "entry and transit"),
}

RISK_MARKERS: Final[Labels] = {
    "ARMED": ("может быть вооружён", "may be armed"),
    "VIOLENT": ("может применить насилие", "may be violent"),
    "ESCAPED": ("совершил побег", "has escaped"),
}

QUOTA_KINDS: Final[Labels] = {
    "LABOUR": ("разрешения на труд", "labour permits"),
    "RESIDENCE": ("разрешения на проживание", "residence permits"),
    "REGISTRATION": ("регистрация обращений (историческая)", "registration of applications (historical)"),
}

MEASURES: Final[Labels] = {
    "PERSONS": ("лица", "persons"),
    "DECISIONS": ("решения", "decisions"),
    "PERMITS": ("разрешения", "permits"),
    "CROSSINGS": ("пересечения", "crossings"),
}

STATISTIC_BASES: Final[Labels] = {
    "STOCK": ("на конец периода", "at the end of the period"),
    "FLOW": ("за период", "over the period"),
}

STATISTIC_FLAGS: Final[Labels] = {
    "MISSING": ("нет данных", "missing"),
    "SUPPRESSED": ("скрыто ради конфиденциальности", "suppressed for confidentiality"),
    "PROVISIONAL": ("предварительное", "provisional"),
}

APPLICANT_ROLES: Final[Labels] = {
    "PRINCIPAL": ("основной заявитель", "principal applicant"),
    "DEPENDANT": ("член семьи заявителя", "dependant"),
}

PROTECTION_DECISIONS: Final[Labels] = {
    "GRANTED_REFUGEE": ("признан беженцем", "refugee status granted"),
    "GRANTED_SUBSIDIARY": ("предоставлена дополнительная защита", "subsidiary protection granted"),
    "REFUSED": ("отказано", "refused"),
    "DISCONTINUED": ("производство прекращено", "discontinued"),
}

STATUS_BASES: Final[Labels] = {
    "OWN": ("собственный", "one's own"),
    "FAMILY": ("производный от члена семьи", "derived from a family member"),
}

NON_REMOVAL_BASES: Final[Labels] = {
    "NON_REFOULEMENT": ("принцип невысылки", "non-refoulement"),
    "FAMILY_LIFE": ("семейная жизнь", "family life"),
    "CHILD": ("интересы ребёнка", "interests of a child"),
    "IMPRACTICABLE": ("высылка неосуществима", "removal is impracticable"),
    "OTHER": ("иное", "other"),
}
"""Basis of non-removal, coarse; without a narrative and without health."""

RELATIONS: Final[Labels] = {
    "SPOUSE": ("супруг или супруга", "spouse"),
    "CHILD": ("ребёнок", "child"),
    "PARENT": ("родитель", "parent"),
    "SIBLING": ("брат или сестра", "sibling"),
    "WARD": ("подопечный", "ward"),
    "GUARDIAN": ("опекун", "guardian"),
    "OTHER": ("иной родственник", "other relative"),
}
