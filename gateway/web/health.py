"""Whether the node lives, is ready, and how it fares: for load balancers and monitoring, not for the public."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from gateway.errors import NotPermitted, Refusal, Unavailable
from gateway.exchange.node import Node
from gateway.matching.candidates import CROWDED
from gateway.store import tables
from gateway.trust import alarms, expiry_warnings
from gateway.web.access import CurrentNode

router = APIRouter(tags=["health"])

_LOCAL = frozenset({"127.0.0.1", "::1"})


@router.get("/health/live", summary="The process answers")
def get_live() -> dict[str, str]:
    """Nothing is looked at: a process that answers this lives."""
    return {"status": "live"}


@router.get("/health/ready", summary="The node can do its work")
def get_ready(node: CurrentNode) -> dict[str, Any]:
    """The database has our schema and the signing key can be used; 503 says what is missing."""
    try:
        node.database.check()
        signer = node.keyring.signer()
    except Refusal as refusal:
        raise Unavailable(reason=f"{refusal.code}: {refusal.reason}") from refusal
    return {"status": "ready", "node": node.settings.node, "key": signer.kid[:16], "watchlist": node.watchlist.size}


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def get_metrics(request: Request, node: CurrentNode) -> Response:
    """Only asked from the machine itself; a proxy in front must not pass it on."""
    if request.client is None or request.client.host not in _LOCAL:
        raise NotPermitted(reason="metrics are asked from the machine itself")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(node))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """Counts of messages and work, read from the database when asked.

    Nothing here counts records, persons or protection: a number that grows tells of what made it grow.
    """

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> list[GaugeMetricFamily]:
        """All figures of one moment."""
        with self._node.database.read() as session:
            journal = session.execute(
                select(tables.Journal.channel, tables.Journal.state, tables.Journal.code, func.count()).group_by(
                    tables.Journal.channel, tables.Journal.state, tables.Journal.code
                )
            ).all()
            outbox = session.execute(
                select(tables.Outbox.partner, tables.Outbox.state, func.count()).group_by(
                    tables.Outbox.partner, tables.Outbox.state
                )
            ).all()
            partners = session.scalars(select(tables.Partner)).all()
            retiring = session.scalars(select(tables.Key).where(tables.Key.status == "retiring")).all()
            terms = expiry_warnings.terms(session, self._node.settings)
            reviews = session.scalar(
                select(func.count())
                .select_from(tables.Review)
                .where(tables.Review.state == "open", tables.Review.protected.is_(False))
            )
            crowded = session.scalar(select(tables.Counter.value).where(tables.Counter.name == CROWDED))
            wrong = Counter(alarm.code for alarm in alarms.open_alarms(session))
        now = self._node.clock()
        received = GaugeMetricFamily(
            "gateway_messages_received", "Messages received.", labels=("channel", "state", "code")
        )
        for *labels, count in journal:
            received.add_metric([str(label) for label in labels], count)
        sent = GaugeMetricFamily("gateway_outbox_messages", "Messages of the outbox.", labels=("partner", "state"))
        for *labels, count in outbox:
            sent.add_metric([str(label) for label in labels], count)
        up = GaugeMetricFamily("gateway_partner_up", "1 while the last attempt succeeded.", labels=("partner",))
        for partner in partners:
            up.add_metric([partner.id], float(partner.status == "active" and not partner.trouble))
        expiry = GaugeMetricFamily("gateway_key_days_left", "Days until a key expires.", labels=("party", "kid"))
        for key in retiring:
            expiry.add_metric([key.party, key.kid[:16]], _days(key.not_after - now))
        above = GaugeMetricFamily("gateway_anchor_days_left", "Days until a CA expires.", labels=("party", "anchor"))
        wire = GaugeMetricFamily("gateway_tls_days_left", "Days until a TLS certificate expires.", labels=("party",))
        for term in terms:
            if term.kind == "tls":
                wire.add_metric([term.party], _days(term.ends - now))
            elif term.kind == "anchor":
                above.add_metric([term.party, term.subject[-16:]], _days(term.ends - now))
            else:
                expiry.add_metric([term.party, term.subject[:16]], _days(term.ends - now))
        open_reviews = GaugeMetricFamily("gateway_reviews_open", "Pairs that wait for a human.", value=reviews or 0)
        keys_left_out = GaugeMetricFamily(
            "gateway_match_keys_crowded",
            "Search keys too crowded to be of use.",
            value=crowded or 0,
        )
        alarm = GaugeMetricFamily("gateway_alarms", "Alarms that hold.", labels=("code",))
        for code in alarms.Code:
            alarm.add_metric([code], wrong[code])
        return [received, sent, up, expiry, above, wire, open_reviews, keys_left_out, alarm]


def _days(left: timedelta) -> float:
    return left.total_seconds() / 86_400
