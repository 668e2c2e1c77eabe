"""The JSON Schema of profiles, for editors that complete and check YAML: made of the grammar's own tables.

It says what can stand where, and every word in Russian and English. What only the whole profile can tell (a code
list that nobody has written, a column that is named and does not exist) remains with `gateway profiles check`.
The file profile.schema.json beside this module is what `text` gives; a test keeps it so.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.mapping import author, field_form, grammar, guide, source_form
from gateway.mapping.country_forms import COUNTRY_FORMS
from gateway.mapping.declaration import DROPPED
from gateway.mapping.encodings import ENCODINGS
from gateway.mapping.full_names import ORDERS, SINGLE
from gateway.mapping.target import Target
from gateway.mapping.targets import DETAIL_TARGETS, document_targets, name_targets, person_targets
from gateway.mapping.transforms import date_forms
from gateway.records.codes import STATES as REGION
from gateway.records.identifiers import SCHEMES
from gateway.records.person import NameKind
from gateway.records.record import STATES, Category

Schema = dict[str, Any]

_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}
"""A plain value: YAML may see a number in it, and the profile reads what is written."""
_SCALARS: Final[Schema] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_SOME: Final[Schema] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}
"""One value or several, and not none."""
_TABLE: Final[Schema] = {"type": "object", "additionalProperties": _SCALAR}


def text() -> str:
    """The schema as the file that editors read."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> Schema:
    """The schema as plain values (JSON Schema draft 7, which every editor knows)."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A profile of a national register / Профиль национального регистра",
        "type": "object",
        "properties": _described({word: _TOP.get(word, _SCALAR) for word in author.TOP}, guide.TOP),
        "required": [*author.NEEDED, "fields"],
        "additionalProperties": False,
        "allOf": [_of_category(category) for category in Category],
        "definitions": _definitions(),
    }


def _described(properties: Schema, sentences: dict[str, guide.Sentences]) -> Schema:
    """The properties, each with what it means."""
    return {word: {"description": " / ".join(reversed(sentences[word]))} | form for word, form in properties.items()}


def _one_of(words: Any) -> Schema:
    return {"enum": list(words)}


def _closed(properties: Schema, *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


_CONDITION: Final = _closed(_described({"column": _SCALAR, "is": _SOME, "not": _SOME}, guide.CONDITION), "column") | {
    "oneOf": [{"required": ["is"]}, {"required": ["not"]}]
}

_TOP: Final[Schema] = {
    "title": _closed({"ru": _SCALAR, "en": _SCALAR}, "ru", "en"),
    "state": _one_of(REGION),
    "source": _ref("source"),
    "category": _one_of(category.value for category in Category),
    "status": {
        "anyOf": [_SCALAR, _closed(dict.fromkeys(grammar.STATUS, _SCALAR) | {"codes": _TABLE}, "from", "codes")]
    },
    "id": _SOME,
    "ref": _SOME,
    "dates": _ref("date_form"),
    "zone": {"type": "string", "pattern": r"^[+-](0\d|1[0-4]):[0-5]\d$"},
    "countries": _one_of(COUNTRY_FORMS),
    "nulls": _SCALARS,
    "open_ended": _SCALARS,
    "names": {
        "type": "object",
        "patternProperties": {
            r"^name(\[[2-5]\])?$": _closed(
                dict.fromkeys(grammar.NAME, _SCALAR)
                | {"script": _one_of(grammar.SCRIPTS), "kind": _one_of(kind.value for kind in NameKind)},
                "script",
            )
        },
        "additionalProperties": False,
    },
    "fields": {"type": "object"},
    "constants": _TABLE,
    "defaults": _TABLE,
    "dropped": {"type": "object", "additionalProperties": _one_of(DROPPED)},
    "required": _SCALARS,
    "optional": _SCALARS,
    "codes": {"type": "object", "additionalProperties": _TABLE},
    "headings": _TABLE,
    "joined": {
        "type": "object",
        "additionalProperties": {"anyOf": [_SOME, _closed({"columns": _SOME, "by": _SCALAR}, "columns")]},
    },
    "only": {"anyOf": [_ref("condition"), {"type": "array", "items": _ref("condition")}]},
    "deleted": {**_CONDITION, "properties": {**_CONDITION["properties"], "otherwise": _SCALAR}},
    **{word: {"enum": list(allowed)} for word, allowed in author.CHOICES.items()},
}


def _definitions() -> Schema:
    stamped = r"^YYYY-MM-DDT00:00:00([+-]\d{2}:\d{2}|Z)$"
    named = "|".join(target.path for target in name_targets()).replace("+", r"\+")
    documented = "|".join(target.path for target in document_targets()).replace("+", r"\+")
    return {
        "condition": _CONDITION,
        "date_form": {"anyOf": [_one_of(date_forms()), {"type": "string", "pattern": stamped}]},
        "code_list": {"anyOf": [_one_of(f"reference:{name}" for name in field_form.data_lists()), _SCALAR]},
        "source": _source(),
        "field": _field(),
        **{f"column_of_{category.value}": _column_of(category) for category in Category},
        "person_target": {
            "anyOf": [
                *_targets(person_targets()),
                *_targets(name_targets(), "name."),
                *_targets(document_targets(), "document."),
                *(_const(f"identifier.{key}", scheme.title_en, scheme.title_ru) for key, scheme in SCHEMES.items()),
                {"type": "string", "pattern": rf"^name\[[2-5]\]\.({named})$"},
                {"type": "string", "pattern": rf"^document\[[2-5]\]\.({documented})$"},
            ]
        },
    }


def _const(path: str, english: str, russian: str) -> Schema:
    return {"const": path, "description": f"{english} / {russian}"}


def _targets(targets: tuple[Target, ...], prefix: str = "") -> list[Schema]:
    return [_const(f"{prefix}{target.path}", target.title_en, target.title_ru) for target in targets]


def _of_category(category: Category) -> Schema:
    """What the family decides: the targets of its fields, the states of its records, whether somebody is meant."""
    states = _one_of(sorted(STATES[category]))
    status = {"properties": {"codes": {"additionalProperties": states}, "otherwise": states}}
    decided: Schema = {
        "properties": {
            "fields": {"additionalProperties": _ref(f"column_of_{category.value}")},
            "status": {"if": {"type": "object"}, "then": status, "else": states},
        }
    }
    if category.about != "nobody":
        decided["required"] = ["ref"]
    return {"if": {"properties": {"category": {"const": category.value}}, "required": ["category"]}, "then": decided}


def _column_of(category: Category) -> Schema:
    """What is said of one column: a target, a target with more to say, or several of these."""
    targets = [*_targets(DETAIL_TARGETS[category])]
    if category.about == "nobody":
        targets += _targets(person_targets(category))
    else:
        targets.append(_ref("person_target"))
    target = {"anyOf": targets}
    one = {"if": {"type": "object"}, "then": {"allOf": [_ref("field"), {"properties": {"to": target}}]}, "else": target}
    return {"if": {"type": "array"}, "then": {"items": one, "minItems": 1}, "else": one}


def _field() -> Schema:
    """What can be said of a field beside its target."""
    forms: Schema = {
        "codes": _ref("code_list"),
        "write": {"anyOf": [_ref("date_form"), _one_of(COUNTRY_FORMS)]},
        "none": _SCALARS,
        "when": _ref("condition"),
        "nulls": _SCALARS,
        "split": _one_of(ORDERS),
        "single": _one_of(SINGLE),
        "brackets": {"const": "birth"},
        "restore_zeros": {"const": "yes"},
        "means": {"const": "citizenship"},
    }
    return _closed(_described({word: forms.get(word, _SCALAR) for word in field_form.WORDS}, guide.FIELD), "to")


def _source() -> Schema:
    number = {"type": ["integer", "string"]}
    forms: Schema = {
        "format": _one_of(source_form.FORMATS),
        "encoding": {"anyOf": [_one_of(ENCODINGS), _SCALAR]},
        "namespaces": _TABLE,
        "columns": _TABLE,
        "header_row": number,
        "skip_rows": number,
    }
    words = sorted(frozenset[str]().union(*source_form.USES.values()), key=list(guide.SOURCE).index)
    return _closed(_described({word: forms.get(word, _SCALAR) for word in words}, guide.SOURCE), "format") | {
        "allOf": [
            {
                "if": {"properties": {"format": {"const": kind}}, "required": ["format"]},
                "then": {
                    "propertyNames": _one_of(word for word in words if word in source_form.USES[kind]),
                    "required": list(source_form.NEEDED.get(kind, ())),
                },
            }
            for kind in source_form.FORMATS
        ]
    }
