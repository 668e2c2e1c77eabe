"""Asking a partner node for what it gives to a token: small JSON, bounded in size and time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from gateway.errors import Unavailable, Unreadable
from gateway.exchange.node import Node
from gateway.partners.answer import UNREACHED, Deadline, bounded
from gateway.store import tables
from gateway.sync.calls import caller
from gateway.sync.transport import PartnerRefused, problem_code
from gateway.trust import tokens

_MOST: Final = 1024 * 1024
"""Bytes of an answer."""
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SLACK: Final = timedelta(seconds=30)
"""A token is not used in its last moments."""


class Visitor:
    """This node as a client of a partner."""

    def __init__(self, node: Node, partner: tables.Partner) -> None:
        self._node, self.partner = node, partner
        self._base = partner.endpoint.rstrip("/")
        self._token, self._until = "", node.clock()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """A JSON object from the partner (Unavailable, Unreadable, PartnerRefused with its code as the reason)."""
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        return self._ask("GET", f"{path}{query}", headers=self._bearer())

    def glance(self, path: str) -> dict[str, Any]:
        """What the partner shows to anybody, asked for without a token."""
        return self._ask("GET", path)

    def post(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        """The partner's answer to a JSON object."""
        content = json.dumps(value, ensure_ascii=False).encode()
        headers = {**self._bearer(), "Content-Type": "application/json"}
        return self._ask("POST", path, content=content, headers=headers)

    def _bearer(self) -> dict[str, str]:
        now: datetime = self._node.clock()
        if now >= self._until:
            signer, own = self._node.keyring.signer(), self._node.settings.node
            proof = tokens.assertion(signer, own, audience=f"{self._base}/v1/token", now=now)
            form = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION, "client_assertion": proof}
            token = self._ask("POST", "/v1/token", data=form).get("access_token")
            if not isinstance(token, str) or not token.isascii() or not token.isprintable():
                raise Unreadable("The partner gives no access token.", where=self.partner.id)
            self._token, self._until = token, now + tokens.TOKEN_LIFETIME - _SLACK
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        name = self.partner.id
        deadline = Deadline(self._node.settings.delivery_timeout, name)
        try:
            with (
                caller(self._node, self.partner) as client,
                client.stream(method, f"{self._base}{path}", **request) as response,
            ):
                content = bounded(response.iter_bytes(), _MOST, deadline, name)
        except UNREACHED as error:
            raise Unavailable("The partner does not answer.", where=name, reason=str(error)) from error
        if response.status_code != 200:
            code = problem_code(response.status_code, content)
            refused = 400 <= response.status_code < 500 and response.status_code != 429
            raise (PartnerRefused if refused else Unavailable)(f"The partner answers {code}.", where=name, reason=code)
        try:
            value = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The partner's answer is not JSON.", where=name) from error
        if not isinstance(value, dict):
            raise Unreadable("The partner's answer is not a JSON object.", where=name)
        return value
