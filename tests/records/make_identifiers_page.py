"""Writes docs/identifiers.md from the table of schemes: `python tests/records/make_identifiers_page.py`."""

import sys
from datetime import date
from pathlib import Path

# The checkout this file stands in goes before one that is installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.records.identifiers import SCHEMES, synthesise
from gateway.records.person import Sex

PAGE = Path(__file__).parents[2] / "docs" / "identifiers.md"

HEAD = """# Identifiers · Номера и их проверка

Numbers of persons, documents and legal entities that the gateway knows, generated from `gateway/records/schemes.py`.
The scheme travels with the value and is never guessed from its length. A number that fails its check is flagged and
counts for less in matching; it never rejects the record of a person. A scheme that is not in this table passes as it
is. **full**: the check digits are computed. **none**: it has none. **unpublished**: its rule is not public, so only
the form is judged. Forms marked *unverified* are common knowledge that was not read in a published source. Examples
are computed and nobody's.

Номера людей, документов и организаций. Схема передаётся вместе с номером и по длине не угадывается. Номер с неверной
контрольной цифрой получает пометку и меньший вес, запись о человеке из-за него не отклоняется.
"""

PARTS = {
    "person": "Persons · Люди",
    "document": "Documents · Документы",
    "organisation": "Legal entities · Организации",
}


def page() -> str:
    """The page as the table of schemes says it."""
    text = HEAD
    for bearer, title in PARTS.items():
        text += f"\n## {title}\n\n"
        text += "| Scheme | State | По-русски | In English | Form | Check | Says | Example | Basis |\n"
        text += "|---|---|---|---|---|---|---|---|---|\n"
        for row in SCHEMES.values():
            if row.bearer != bearer:
                continue
            example = synthesise(row.key, date(1985, 6, 15), Sex.MALE, 7)
            said = row.embedded(example) if row.embedded else None
            says = ", ".join(
                word for word, told in (("sex", said and said.sex), ("birth date", said and said.birth_date)) if told
            )
            form = row.form.replace("|", "\\|")
            text += (
                f"| `{row.key}` | {row.issuer} | {row.title_ru} | {row.title_en} | `{form}` | {row.check} "
                f"| {says} | `{example}` | {row.basis} |\n"
            )
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
