"""Findings on the terminal: one line each, or JSON."""

from __future__ import annotations

from gateway.commands.terminal import as_json, pick, remark, say
from gateway.findings import Finding


def report(findings: list[Finding], *, json: bool, file: str) -> None:
    """Findings for people or machines."""
    if json:
        as_json([{"file": file, **item.as_dict()} for item in findings])
        return
    for item in findings:
        text = pick(item.message_en, item.message_ru)
        remark(f"{file}:{item.line}: {item.severity} {item.code} {item.path}: {text}")
    if not findings:
        say(f"{file}: nothing to object to.", f"{file}: замечаний нет.")
