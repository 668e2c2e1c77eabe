"""`gateway key`, the acts: the life of this node's signing keys, step by step (docs/keys.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.algorithms import registry
from gateway.clock import utc_now
from gateway.commands.key import KeyId, app, kid_of, moment, written_to
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
from gateway.exchange import administration, rotation
from gateway.founding import open_node
from gateway.store import tables
from gateway.trust import certificates, certify, lifecycle, tokenkeys

Why = Annotated[str, typer.Option("--reason", help="Why not wait, for the audit. / Почему не ждать, для аудита.")]


def _told(key: tables.Key, english: str, russian: str, *, json: bool) -> None:
    tell(lifecycle.shown(key), english, russian, json=json)


@app.command("generate")
def generate(
    actor: Actor,
    algorithm: Annotated[
        str, typer.Option(help="p256, p384, rsa, ed25519; see gateway key algorithms. / Алгоритм.")
    ] = "p256",
    publish_: Annotated[
        bool, typer.Option("--publish", help="With its own certificate, published at once. / Сразу опубликовать.")
    ] = False,
    in_token: Annotated[
        bool, typer.Option("--token", help="In the token of the settings, never to leave it. / В токене.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Make a key; nobody is shown it yet. / Создать ключ."""
    if algorithm in registry.REGISTRY:
        # A provider that is missing says itself what to install.
        registry.proved(algorithm)
    if algorithm not in registry.makeable(utc_now()):
        raise Misuse("The algorithm is one of " + ", ".join(registry.makeable(utc_now())) + ".", where="--algorithm")
    node, now = open_node(settings_of(config)), utc_now()
    settings = node.settings
    token = tokenkeys.token_of(settings) if in_token else None
    if in_token and token is None:
        raise Misuse("The settings name no token: add the table [token] (docs/tokens.md).", where="--token")
    with node.database.begin() as session:
        made = lifecycle.generate(
            session,
            settings.directory,
            party=settings.node,
            algorithm=algorithm,
            password=settings.key_password(),
            actor=actor,
            now=now,
            token=token,
        )
        if publish_:
            lifecycle.certify(session, made.kid, actor=actor, now=now)
            rotation.publish(session, node, made.kid, actor=actor, now=now)
    shown = made.kid[:16]
    following = f"gateway key {'activate' if publish_ else 'csr'} {shown}"
    _told(
        made,
        f"Key {shown} is {made.status}. Next: {following}" + ("" if publish_ else f", or: gateway key certify {shown}"),
        f"Ключ {shown}: {made.status}. Далее: {following}" + ("" if publish_ else f" или gateway key certify {shown}"),
        json=json,
    )


@app.command("csr")
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


@app.command("import")
def import_certificate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PEM, with its chain. / Сертификат и цепочка.")],
    actor: Actor,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Take in the certificate that a CA has issued for a key of ours. / Принять сертификат."""
    content = read_file(file, certificates.CERTIFICATE_BYTES)
    with written_to(config).begin() as session:
        row = certify.take_in(session, content, actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"The key is certified and is now called {shown}. Next: gateway key publish {shown}",
        f"Ключ получил сертификат и теперь называется {shown}. Далее: gateway key publish {shown}",
        json=json,
    )


@app.command("certify")
def keep_own_certificate(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Keep the key's own certificate: no CA vouches for it. / Оставить самоподписанный сертификат."""
    with written_to(config).begin() as session:
        row = lifecycle.certify(session, kid_of(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"Key {shown} is certified. Next: gateway key publish {shown}",
        f"Ключ {shown}: certified. Далее: gateway key publish {shown}",
        json=json,
    )


@app.command("publish")
def publish(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Show a key in the directory and tell the partners; it does not sign yet. / Опубликовать ключ."""
    node = open_node(settings_of(config))
    with node.database.begin() as session:
        row = rotation.publish(session, node, kid_of(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    _told(
        row,
        f"Key {shown} is published. Who has it: gateway key fetched. Then: gateway key activate {shown}",
        f"Ключ {shown} опубликован. У кого он есть: gateway key fetched. Затем: gateway key activate {shown}",
        json=json,
    )


@app.command("activate")
def activate(
    key: KeyId, actor: Actor, reason: Why = "", config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """Sign with this key from now on; the old one is still accepted. / Подписывать этим ключом."""
    with written_to(config).begin() as session:
        row = lifecycle.activate(session, kid_of(session, key), actor=actor, now=utc_now(), reason=reason)
    shown = row.kid[:16]
    _told(row, f"Key {shown} is active.", f"Ключ {shown} действует.", json=json)


@app.command("retire")
def retire(
    key: KeyId, actor: Actor, reason: Why = "", config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """End the overlap of an old key. / Завершить срок старого ключа."""
    node = open_node(settings_of(config))
    with node.database.begin() as session:
        row = rotation.retire(session, node, kid_of(session, key), actor=actor, now=utc_now(), reason=reason)
    shown = row.kid[:16]
    _told(row, f"Key {shown} is retired.", f"Ключ {shown} выведен из обращения.", json=json)


@app.command("revoke")
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
    with written_to(config).begin() as session:
        asked = administration.propose_revocation(
            session,
            settings_of(config),
            kid_of(session, key),
            invalid_since=invalid_since,
            actor=actor,
            reason=reason,
            now=now,
        )
    tell(
        {"kid": asked.subject, "approval": asked.approval},
        f"A second person confirms: gateway approval approve {asked.approval}",
        f"Второе лицо подтверждает: gateway approval approve {asked.approval}",
        json=json,
    )


@app.command("propose")
def propose(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its certificate, PEM, with its chain. / Сертификат.")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Enter a partner's key that its directory cannot bring; a second person compares it. / Ключ партнёра."""
    content = read_file(file, certificates.CERTIFICATE_BYTES)
    with written_to(config).begin() as session:
        asked = administration.propose_key(
            session, settings_of(config), partner, content, actor=actor, reason=reason, now=utc_now()
        )
    print_ = asked.fingerprint
    tell(
        {"kid": asked.subject, "approval": asked.approval, "fingerprint": print_},
        f"Proposed. A second person compares {print_} and runs: gateway approval approve {asked.approval}",
        f"Предложено. Второе лицо сверяет {print_} и выполняет: gateway approval approve {asked.approval}",
        json=json,
    )
