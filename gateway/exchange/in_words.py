"""What waits for another person's word, in words: nobody can agree to what they cannot read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange import agreements, relinking
from gateway.ledger import checkpoint
from gateway.records.codes import AGENCY_CLASSES, PURPOSES, Labels
from gateway.store.tables import Agreement, Anchor, Approval, Key, Partner
from gateway.trust import anchors, certificates, chains, lifecycle

Fact = tuple[str, str, str]
"""What a value is called in English and in Russian, and the value."""


@dataclass(frozen=True, slots=True)
class Words:
    """A request as a person reads it."""

    en: str
    ru: str
    facts: tuple[Fact, ...] = ()
    """What belongs to the decision: what is opened, and the fingerprints that have to be compared."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for machines."""
        return {
            "meaning_en": self.en,
            "meaning_ru": self.ru,
            "facts": [{"en": en, "ru": ru, "value": value} for en, ru, value in self.facts],
        }


def of(session: Session, approval: Approval) -> Words:
    """What this request asks for; of an act that is not known here, or a damaged payload, the bare values."""
    say = _WORDS.get(approval.action)
    try:
        if say is not None:
            return say(session, approval)
    except (Refusal, LookupError, TypeError, ValueError, AttributeError):
        # Whoever has changed the row must not be able to hide the request from those who look.
        pass
    bare = tuple((str(name), str(name), str(value)) for name, value in approval.payload.items())
    text = f"{approval.action} {approval.subject}"
    return Words(text, text, bare)


def _partner_add(session: Session, approval: Approval) -> Words:
    name = approval.subject
    row = session.get(Partner, name)
    if row is None:
        return Words(f"Take up the partner {name}", f"Принять партнёра {name}")
    english, russian = _label(AGENCY_CLASSES, row.agency_class)
    facts = [("kind", "вид", row.kind), ("class", "класс", f"{row.agency_class}: {english} / {russian}")]
    facts += [("endpoint", "адрес", row.endpoint)] if row.endpoint else []
    keys = session.scalars(select(Key).where(Key.party == name, Key.status == "proposed").order_by(Key.kid))
    return Words(
        f"Take up the partner {name}, and believe what its key signs",
        f"Принять партнёра {name} и доверять подписи его ключа",
        (*facts, *(_print(certificates.load(key.certificate)) for key in keys)),
    )


def _partner_resume(_session: Session, approval: Approval) -> Words:
    name = approval.subject
    return Words(
        f"Take up the suspended partner {name} again, with the keys it had",
        f"Возобновить обмен с приостановленным партнёром {name}, с прежними ключами",
    )


def _partner_suspend(_session: Session, approval: Approval) -> Words:
    return Words(f"Stop exchanging with {approval.subject}", f"Приостановить обмен с {approval.subject}")


def _partner_tls(_session: Session, approval: Approval) -> Words:
    found = certificates.load_all(approval.payload["certificate"])
    return Words(
        f"Know {approval.subject} in TLS by this certificate alone",
        f"Узнавать {approval.subject} в TLS только по этому сертификату",
        tuple(map(_print, found)),
    )


def _partner_algorithms(_session: Session, approval: Approval) -> Words:
    names = ", ".join(approval.payload["algorithms"])
    english, russian = names.replace(":", " until "), names.replace(":", " по ")
    return Words(
        f"Take signatures of {approval.subject} of these algorithms only: {english or 'every allowed one'}",
        f"Принимать подписи {approval.subject} только этих алгоритмов: {russian or 'все допустимые'}",
    )


def _partner_soap_security(_session: Session, approval: Approval) -> Words:
    if approval.payload["on"]:
        return Words(
            f"Demand WS-Security on every SOAP envelope of {approval.subject}",
            f"Требовать WS-Security в каждом конверте SOAP от {approval.subject}",
        )
    return Words(
        f"Take SOAP envelopes of {approval.subject} without WS-Security",
        f"Принимать конверты SOAP от {approval.subject} без WS-Security",
    )


def _log_restart(session: Session, approval: Approval) -> Words:
    last = checkpoint.latest(session, approval.subject)
    facts = (("leaves to be forgotten", "записей будет забыто", str(last.size)),) if last is not None else ()
    return Words(
        f"Forget what was seen of the log of {approval.subject}, and let it begin anew",
        f"Забыть известное о журнале {approval.subject} и принять его заново",
        facts,
    )


def _anchor(session: Session, approval: Approval, english: str, russian: str) -> Words:
    party, print_ = approval.payload["party"], approval.payload["fingerprint"]
    row = session.get(Anchor, (party, print_))
    facts: tuple[Fact, ...] = (("fingerprint", "отпечаток", print_),)
    if row is not None:
        holder = certificates.load(row.certificate)
        facts = (("CA", "УЦ", chains.name(holder)), _print(holder))
    return Words(english.format(party), russian.format(party), facts)


def _anchor_add(session: Session, approval: Approval) -> Words:
    return _anchor(
        session,
        approval,
        "Let this CA issue certificates of {}, and of nobody else",
        "Разрешить этому УЦ выпускать сертификаты для {} и ни для кого другого",
    )


def _anchor_remove(session: Session, approval: Approval) -> Words:
    return _anchor(
        session,
        approval,
        "Refuse from now on what this CA has issued for {}",
        "Более не принимать сертификаты этого УЦ для {}",
    )


def _key_add(session: Session, approval: Approval) -> Words:
    row = lifecycle.get(session, approval.payload["kid"])
    return Words(
        f"Believe what this key of {row.party} signs",
        f"Доверять подписи этого ключа: {row.party}",
        (("key", "ключ", row.kid), _print(certificates.load(row.certificate))),
    )


def _key_revoke(session: Session, approval: Approval) -> Words:
    row = lifecycle.get(session, approval.payload["kid"])
    whose = ("our own key", "собственный ключ узла") if row.own else (f"a key of {row.party}", f"ключ {row.party}")
    return Words(
        f"Revoke {whose[0]} for good",
        f"Отозвать окончательно: {whose[1]}",
        (
            ("key", "ключ", row.kid),
            ("state now", "состояние", row.status),
            ("not to be trusted since", "недействителен с", approval.payload["invalid_since"]),
        ),
    )


def _agreement_add(_session: Session, approval: Approval) -> Words:
    terms = approval.payload
    out, state, name = terms["direction"] == "out", terms["partner_state"], terms["id"]
    purposes = [_label(PURPOSES, code) for code in terms["purposes"]]
    last = terms["valid_to"]
    facts: list[Fact] = [
        ("instrument", "документ", terms["instrument"]),
        ("categories", "категории", ", ".join(terms["categories"])),
        ("purposes", "цели", "; ".join(f"{english} / {russian}" for english, russian in purposes)),
        ("agency classes", "классы ведомств", ", ".join(terms["agency_classes"])),
        ("in force", "действует", f"{terms['valid_from']} – {last or '…'}"),
    ]
    if terms["withheld_fields"]:
        facts.append(("without the fields", "без полей", ", ".join(terms["withheld_fields"])))
    if terms["retention_days"]:
        facts.append(("erased after days", "стирается через дней", str(terms["retention_days"])))
    return Words(
        f"Enter agreement {name}: " + (f"we disclose records to {state}" if out else f"we accept records of {state}"),
        f"Внести соглашение {name}: "
        + (f"мы передаём сведения, {state}" if out else f"мы принимаем сведения, {state}"),
        tuple(facts),
    )


def _agreement_end(session: Session, approval: Approval) -> Words:
    name, last = approval.payload["id"], approval.payload["last"]
    row = session.get(Agreement, name)
    if row is None:
        return Words(f"End agreement {name}", f"Прекратить соглашение {name}")
    out, state = row.direction == "out", row.partner_state
    facts = (
        ("instrument", "документ", row.instrument),
        ("categories", "категории", ", ".join(row.categories)),
        ("in force", "действует", f"{row.valid_from} – {row.valid_to or '…'}"),
        ("last day", "последний день", last or "at once / немедленно"),
    )
    return Words(
        f"End agreement {name}: " + (f"no more records to {state}" if out else f"no more records of {state}"),
        f"Прекратить соглашение {name}: "
        + (f"более не передавать сведения, {state}" if out else f"более не принимать сведения, {state}"),
        facts,
    )


def _label(labels: Labels, code: str) -> tuple[str, str]:
    """English and Russian of a code; the code itself where the list does not know it."""
    russian, english = labels.get(code, (code, code))
    return english, russian


def _print(holder: Certificate) -> Fact:
    return "fingerprint to compare", "отпечаток для сверки", certificates.fingerprint(holder)


def _relink(_session: Session, approval: Approval) -> Words:
    model, splits, merges = (approval.payload[name] for name in ("model", "splits", "merges"))
    facts = (("identities split", "разделений", str(splits)), ("merges", "слияний", str(merges)))
    return Words(
        f"Let the model {model} judge who is one human being, for everybody this node knows",
        f"Ввести модель {model} для всех, кого знает узел",
        facts,
    )


_WORDS: Final[Mapping[str, Callable[[Session, Approval], Words]]] = {
    "partner-add": _partner_add,
    "partner-resume": _partner_resume,
    "partner-suspend": _partner_suspend,
    "partner-tls": _partner_tls,
    "partner-algorithms": _partner_algorithms,
    "partner-soap-security": _partner_soap_security,
    "log-restart": _log_restart,
    anchors.ADD: _anchor_add,
    anchors.REMOVE: _anchor_remove,
    "key-add": _key_add,
    "key-revoke": _key_revoke,
    agreements.ADD: _agreement_add,
    agreements.END: _agreement_end,
    relinking.ACT: _relink,
}
"""How each act is told; a test holds that none is left out."""
