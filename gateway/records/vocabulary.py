"""The code lists of the record families: closed sets with Russian and English labels, as the schema has them.

The lists are data in reference/codes.csv; these are their names in code.
"""

from __future__ import annotations

from typing import Final

from gateway.records import reference
from gateway.records.codes import Labels

_LISTS: Final = reference.code_lists()

DECISION_REASONS: Final[Labels] = _LISTS["decision_reason"]
"""Reason of a decision, coarse; never a narrative."""
APPEAL_STATES: Final[Labels] = _LISTS["appeal_state"]
LICENCE_SCOPES: Final[Labels] = _LISTS["licence_scope"]
HOLDER_KINDS: Final[Labels] = _LISTS["holder_kind"]
NOTICE_EVENTS: Final[Labels] = _LISTS["notice_event"]
RESIDENCE_KINDS: Final[Labels] = _LISTS["residence_kind"]
RESIDENCE_GROUNDS: Final[Labels] = _LISTS["residence_ground"]
"""Ground of residence, coarse."""
TRANSPORT_CATEGORIES: Final[Labels] = _LISTS["transport_category"]
REFUSAL_REASONS: Final[Labels] = _LISTS["refusal_reason"]
"""Reason of a refusal at the border, coarse."""
EXPULSION_KINDS: Final[Labels] = _LISTS["expulsion_kind"]
EXPULSION_GROUNDS: Final[Labels] = _LISTS["expulsion_ground"]
"""Ground of an expulsion, coarse."""
BAN_SCOPES: Final[Labels] = _LISTS["ban_scope"]
RISK_MARKERS: Final[Labels] = _LISTS["risk_marker"]
QUOTA_KINDS: Final[Labels] = _LISTS["quota_kind"]
MEASURES: Final[Labels] = _LISTS["measure"]
STATISTIC_BASES: Final[Labels] = _LISTS["statistic_basis"]
STATISTIC_FLAGS: Final[Labels] = _LISTS["statistic_flag"]
APPLICANT_ROLES: Final[Labels] = _LISTS["applicant_role"]
PROTECTION_DECISIONS: Final[Labels] = _LISTS["protection_decision"]
STATUS_BASES: Final[Labels] = _LISTS["status_basis"]
NON_REMOVAL_BASES: Final[Labels] = _LISTS["non_removal_basis"]
"""Basis of non-removal, coarse; without a narrative and without health."""
RELATIONS: Final[Labels] = _LISTS["relation"]
