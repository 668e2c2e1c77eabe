"""Step 10: sent = received = stored + unchanged + refused + withheld, for every pair of partners."""

from __future__ import annotations

import httpx

from gateway.demo.stage import Stage, expect
from gateway.sync import reconcile


def run(stage: Stage) -> str:
    """Lay the books of both sides side by side."""
    told = []
    for sender, receiver in (("BLR", "KAZ"), ("BLR", "UZB"), ("KAZ", "UZB")):
        out, came = _books(stage, sender, f"{receiver}/GATE"), _books(stage, receiver, f"{sender}/GATE")
        expect(out.balanced and came.balanced, f"{sender}→{receiver}: {out.as_dict()} {came.as_dict()}")
        became = came.in_stored + came.in_unchanged + came.in_refused + came.in_withheld
        expect(out.sent == came.received == became, f"{sender}→{receiver}: {out.sent} ≠ {came.received} ≠ {became}")
        told.append(
            f"{sender}→{receiver} {out.sent} = {came.received} = {came.in_stored} stored + {came.in_unchanged} "
            f"unchanged + {came.in_refused} refused + {came.in_withheld} withheld"
        )
    for node, partner in (("KAZ", "KGZ/MIG"), ("BLR", "AZE/DMX")):
        book = _books(stage, node, partner)
        expect(book.balanced, f"{node} and {partner}: {book.as_dict()}")
        stats = httpx.get(stage.url(partner[:3]) + "/stats", timeout=10, trust_env=False).json()
        expect(stats["stored"] == book.stored, f"{partner} holds {stats['stored']}, {node} sent {book.stored}")
        taken = f"{partner}→{node} {book.received} = {book.in_stored} stored"
        told.append(f"{taken}; {node}→{partner} {book.stored} = {stats['stored']}")
    return "; ".join(told)


def _books(stage: Stage, state: str, partner: str) -> reconcile.Books:
    with stage.nodes[state].database.read() as session:
        return reconcile.books(session, partner)
