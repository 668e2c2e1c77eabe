"""How the demo speaks to the nodes: as an agency with a token, or as a partner node with a signed message."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import httpx

from gateway.demo.stage import Failed, Stage
from gateway.exchange.node import Node
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import VerifiedMessage, sign
from gateway.partners import directory
from gateway.records.dates import PartialDate
from gateway.records.person import Document, Name, Person, Sex
from gateway.sync.transport import exchange
from gateway.trust import tokens

_TIMEOUT = 120.0
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Caller:
    """An agency of a state, or a partner, calling one node with a token."""

    def __init__(self, stage: Stage, client: str, state: str) -> None:
        node = stage.nodes[state]
        own = next((each for each in stage.nodes.values() if each.settings.node == client), None)
        self._signer = own.keyring.signer() if own else stage.agency(client)
        self._client, self._node = client, node
        self._http = httpx.Client(base_url=stage.url(state), timeout=_TIMEOUT, trust_env=False)
        self._token, self._until = "", datetime.min.replace(tzinfo=node.clock().tzinfo)

    def get(self, path: str) -> Any:
        """JSON from a GET."""
        return self._answer(self._http.get(path, headers=self._headers()))

    def post(self, path: str, content: bytes | None = None, json: Any = None) -> Any:
        """JSON from a POST."""
        return self._answer(self._http.post(path, content=content, json=json, headers=self._headers()))

    def _headers(self) -> dict[str, str]:
        now = self._node.clock()
        if now >= self._until:
            url = f"{self._node.settings.url}/v1/token"
            proof = tokens.assertion(self._signer, self._client, audience=url, now=now)
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION,
                "client_assertion": proof,
            }
            self._token = self._answer(self._http.post("/v1/token", data=form))["access_token"]
            self._until = now + tokens.TOKEN_LIFETIME - timedelta(seconds=30)
        return {"Authorization": f"Bearer {self._token}"}

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.status_code != 200:
            raise Failed(f"{response.request.url.path} answers {response.status_code}: {response.text[:300]}")
        return response.json()


def write_signed(
    sender: Node,
    receiver: str,
    kind: Kind,
    body: str,
    *,
    purpose: str,
    message_id: str = "",
    created: datetime | None = None,
    sequence: int | None = None,
) -> bytes:
    """A signed message of a node, made by hand."""
    now = created or sender.clock()
    message_id = message_id or str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=kind,
        sender=Party.of(sender.settings.node),
        receiver=Party.of(receiver),
        created=now,
        expires=now + timedelta(hours=1),
        purpose=purpose,
        agreement="demo",
        sequence=sequence,
    )
    return sign(write_message(header, body), sender.keyring.signer(), now)


def ask(sender: Node, receiver: str, kind: Kind, body: str, purpose: str) -> tuple[bytes, VerifiedMessage]:
    """A question of one node to another, and the verified answer."""
    with sender.database.read() as session:
        partner = directory.get(session, receiver)
    return exchange(sender, partner, kind, write_signed(sender, receiver, kind, body, purpose=purpose))


def person(query: dict[str, str]) -> Person:
    """A query of the population as a person of the exchange format."""
    number = query.get("document", "")
    return Person(
        ref="",
        names=(Name(query["family_name"], query["given_name"], script="Latn"),),
        birth_date=PartialDate.parse(query["birth_date"]),
        sex=Sex(query["sex"]),
        citizenships=(query["citizenship"],),
        documents=(Document("", "PASSPORT", number),) if number else (),
    )


def border_query(query: dict[str, str]) -> dict[str, Any]:
    """A query of the population as the border's JSON."""
    values: dict[str, Any] = {
        "purpose": "BORDER_CHECK",
        "names": [{"family": query["family_name"], "given": query["given_name"]}],
        "birth_date": query["birth_date"],
        "sex": query["sex"],
        "citizenships": [query["citizenship"]],
    }
    if query.get("document"):
        values["documents"] = [{"country": "", "number": query["document"]}]
    return values
