"""`gateway link --private` and `--private-with`: linking two states' registers by keys that show no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.commands.terminal import drafted, pick, progress, tell
from gateway.errors import Misuse


@dataclass(frozen=True, slots=True)
class Keys:
    """What the command was given."""

    source: Path
    """The register, or one's own keys."""
    output: Path
    columns: Mapping[str, str]
    identity: str
    encoding: str


def run(keys: Keys, secret: Path | None, other: Path | None, *, private: bool, json: bool) -> None:
    """Make keys, or compare two files of them (Misuse)."""
    if private == (other is not None):
        raise Misuse(
            "Keys are made with --private --secret FILE, and compared with --private-with OTHER_KEYS.",
            where="--private",
        )
    if len({path.resolve() for path in (keys.source, keys.output, other or secret) if path is not None}) < (
        3 if other or secret else 2
    ):
        raise Misuse("What is read and what is written need a file each.", where=str(keys.output))
    if other is None:
        _make(keys, secret, json=json)
    elif secret is not None:
        raise Misuse("Comparing keys needs no secret; keep it where it is.", where="--secret")
    else:
        _compare(keys, other, json=json)


def _make(keys: Keys, secret: Path | None, *, json: bool) -> None:
    from gateway.linkage.clk import write_keys  # noqa: PLC0415 - DuckDB takes its time, and few commands need it.
    from gateway.linkage.secret import read_secret  # noqa: PLC0415

    if secret is None:
        raise Misuse("Keys are made under the secret that both states share: --secret FILE.", where="--secret")
    shared = read_secret(secret)
    with drafted(keys.output) as draft, progress(pick("Making keys", "Создание ключей"), 100) as moved:
        made = write_keys(
            keys.source,
            draft.path,
            shared,
            declared=keys.columns,
            identity=keys.identity,
            encoding=keys.encoding,
            moved=lambda share: moved(int(100 * share)),
        )
    tell(
        {"rows": made.rows, "keys": made.written, "left_out": made.left_out, "columns": dict(made.columns)},
        f"{made.written} keys of {made.rows} rows from {', '.join(made.columns)}; {made.left_out} rows say too little. "
        "Agree on the same columns with the other state.",
        f"Ключей: {made.written}, строк: {made.rows}, столбцы: {', '.join(made.columns)}; строк с недостаточными "
        f"данными: {made.left_out}. Согласуйте с другим государством одни и те же столбцы.",
        json=json,
    )


def _compare(keys: Keys, other: Path, *, json: bool) -> None:
    from gateway.linkage.private import link_keys  # noqa: PLC0415 - as above.

    with drafted(keys.output) as draft, progress(pick("Comparing keys", "Сравнение ключей"), 100) as moved:
        found = link_keys(keys.source, other, draft.path, lambda share: moved(int(100 * share)))
    tell(
        {
            "left": found.left,
            "right": found.right,
            "pairs": found.pairs,
            "compared": found.compared,
            "threshold": found.threshold,
            "bands": {"white": 0, "yellow": found.pairs, "green": 0},
        },
        f"{found.pairs} pairs among {found.left} and {found.right} keys may be one person each. All are yellow: a "
        "human looks before anything follows.",
        f"Пар, которые могут относиться к одному лицу: {found.pairs} (ключей: {found.left} и {found.right}). Все "
        "жёлтые: до любых действий их проверяет человек.",
        json=json,
    )
