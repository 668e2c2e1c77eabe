"""`gateway key`, the acts: the life of this node's signing keys, step by step (docs/keys.md)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.algorithms import registry
from gateway.commands.key import KeyId, database_of, kid_of, moment
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    pick,
    read_file,
    settings_of,
    tell,
    write_file,
)
from gateway.errors import Misuse
from gateway.founding import open_node, utc_now
from gateway.store import tables
from gateway.trust import approvals, certificates, certify, lifecycle

Why = Annotated[str, typer.Option("--reason", help="Why not wait, for the audit. / Почему не ждать, для аудита.")]


def register(app: typer.Typer) -> None:
    """Put the acts beside the commands of key.py."""
    app.command("generate")(generate)
    app.command("csr")(write_request)
    app.command("import")(import_certificate)
    app.command("certify")(keep_own_certificate)
    app.command("publish")(publish)
    app.command("activate")(activate)
    app.command("retire")(retire)
    app.command("revoke")(revoke)


def _told(key: tables.Key, english: str, russian: str, *, json: bool) -> None:
    fingerprint = certificates.fingerprint(certificates.load(key.certificate))
    tell({"kid": key.kid, "status": key.status, "fingerprint": fingerprint}, english, russian, json=json)


def generate(
    actor: Actor,
    algorithm: Annotated[
        str, typer.Option(help="p256, p384, rsa, ed25519; see gateway key algorithms. / Алгоритм.")
    ] = "p256",
    publish_: Annotated[
        bool, typer.Option("--publish", help="With its own certificate, published at once. / Сразу опубликовать.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Make a key; nobody is shown it yet. / Создать ключ."""
    if algorithm not in registry.makeable(utc_now()):
        raise Misuse("The algorithm is one of " + ", ".join(registry.makeable(utc_now())) + ".", where="--algorithm")
    settings, now = settings_of(config), utc_now()
    with database_of(config).begin() as session:
        made = lifecycle.generate(
            session,
            settings.directory,
            party=settings.node,
            algorithm=algorithm,
            password=settings.key_password(),
            actor=actor,
            now=now,
        )
        if publish_:
            lifecycle.certify(session, made.kid, actor=actor, now=now)
            lifecycle.publish(session, made.kid, actor=actor, now=now)
    shown = made.kid[:16]
    following = f"gateway key {'activate' if publish_ else 'csr'} {shown}"
    _told(
        made,
        f"Key {shown} is {made.status}. Next: {following}" + ("" if publish_ else f", or: gateway key certify {shown}"),
        f"Ключ {shown}: {made.status}. Далее: {following}" + ("" if publish_ else f" или gateway key certify {shown}"),
        json=json,
    )


def write_request(
    key: KeyId,
    output: Annotated[Path, typer.Option("-o", "--output", help="PKCS #10, PEM. / Файл.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Write a request for a certificate, for the state's CA. / Запрос на сертификат."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        row = lifecycle.own(session, kid_of(session, key))
        request = certify.request(node.keyring.opened(row.kid, session), node.settings.node)
    write_file(output, request)
    tell(
        {"kid": row.kid, "output": str(output)},
        f"Written. When the CA has answered: gateway key import FILE [{output}]",
        f"Записано. После ответа УЦ: gateway key import FILE [{output}]",
        json=json,
    )


def import_certificate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PEM, with its chain. / Сертификат и цепочка.")],
    actor: Actor,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Take in the certificate that a CA has issued for a key of ours. / Принять сертификат."""
    content = read_file(file, certificates.CERTIFICATE_BYTES)
    with database_of(config).begin() as session:
        row = certify.take_in(session, content, actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"The key is certified and is now called {shown}. Next: gateway key publish {shown}",
        f"Ключ получил сертификат и теперь называется {shown}. Далее: gateway key publish {shown}",
        json=json,
    )


def keep_own_certificate(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Keep the key's own certificate: no CA vouches for it. / Оставить самоподписанный сертификат."""
    with database_of(config).begin() as session:
        row = lifecycle.certify(session, kid_of(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"Key {shown} is certified. Next: gateway key publish {shown}",
        f"Ключ {shown}: certified. Далее: gateway key publish {shown}",
        json=json,
    )


def publish(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Show a key in the directory and tell the partners; it does not sign yet. / Опубликовать ключ."""
    with database_of(config).begin() as session:
        row = lifecycle.publish(session, kid_of(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"Key {shown} is published. Who has it: gateway key fetched. Then: gateway key activate {shown}",
        f"Ключ {shown} опубликован. У кого он есть: gateway key fetched. Затем: gateway key activate {shown}",
        json=json,
    )


def activate(
    key: KeyId, actor: Actor, reason: Why = "", config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """Sign with this key from now on; the old one is still accepted. / Подписывать этим ключом."""
    with database_of(config).begin() as session:
        row = lifecycle.activate(session, kid_of(session, key), actor=actor, now=utc_now(), reason=reason)
    shown = row.kid[:16]
    _told(row, f"Key {shown} is active.", f"Ключ {shown} действует.", json=json)


def retire(
    key: KeyId, actor: Actor, reason: Why = "", config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """End the overlap of an old key. / Завершить срок старого ключа."""
    overlap = timedelta(seconds=settings_of(config).key_overlap)
    with database_of(config).begin() as session:
        kid = kid_of(session, key)
        row = lifecycle.retire(session, kid, actor=actor, now=utc_now(), overlap=overlap, reason=reason)
    shown = row.kid[:16]
    _told(row, f"Key {shown} is retired.", f"Ключ {shown} выведен из обращения.", json=json)


def revoke(
    key: KeyId,
    actor: Actor,
    reason: Reason,
    since: Annotated[str, typer.Option(help="Not to be trusted since, ISO 8601. / Недействителен с.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for a key to be revoked; a second person approves. / Отозвать ключ."""
    now = utc_now()
    invalid_since = moment(since) if since else now
    if invalid_since > now:
        raise Misuse(pick("The time is still to come.", "Это время ещё не наступило."), where="--since")
    with database_of(config).begin() as session:
        kid = kid_of(session, key)
        payload = {"kid": kid, "invalid_since": invalid_since.isoformat()}
        asked = approvals.request(session, "key-revoke", kid, payload, actor=actor, reason=reason, now=now)
    tell(
        {"kid": kid, "approval": asked.id},
        f"A second person confirms: gateway approval approve {asked.id}",
        f"Второе лицо подтверждает: gateway approval approve {asked.id}",
        json=json,
    )
