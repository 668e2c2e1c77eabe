"""A register that speaks REST and JSON, reached with httpx."""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from gateway.errors import Misuse, Unavailable, Unreadable
from gateway.partners.answer import UNREACHED, Deadline, bounded, nested, read_delivered, read_page
from gateway.partners.connector import Delivered, Options, Page, Row


class RestOptions(Options):
    """How one REST register is spoken to."""

    kind: Literal["rest"] = "rest"
    fetch_path: str = Field(pattern="^/", description="Path of the collection we read.")
    deliver_path: str = Field(default="", pattern="^(/.*)?$", description="Path we post to; empty: nowhere.")
    secret_header: str = Field(default="", description="Header that carries the API key.")
    extra: dict[str, str] = Field(default_factory=dict, description="Further query parameters of every pull.")


class RestConnector:
    """See gateway.partners.connector.Connector.

    It speaks to the endpoint's own host and to nobody else: redirects are not followed and no proxy of the
    environment is used.
    """

    def __init__(self, endpoint: str, options: RestOptions, secret: str = "") -> None:
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            raise Misuse("The endpoint of a REST partner begins with http:// or https://.", where=endpoint)
        self._endpoint = endpoint.rstrip("/")
        self._options = options
        if not (secret.isascii() and secret.isprintable()):
            raise Misuse("The API key has signs that an HTTP header cannot carry.", where=options.secret_variable)
        headers = {"Accept": "application/json"}
        if options.secret_header and secret:
            headers[options.secret_header] = secret
        self._client = httpx.Client(headers=headers, timeout=options.timeout, follow_redirects=False, trust_env=False)

    def fetch(self, bookmark: str, limit: int) -> Page:
        """One page of the collection."""
        options = self._options
        limit = min(limit, options.most)
        asked = dict(options.extra)
        if options.bookmark and bookmark:
            asked[options.bookmark] = bookmark
        if options.limit:
            asked[options.limit] = str(limit)
        answer = self._call("GET", options.fetch_path, params=asked)
        return read_page(options, answer, bookmark, limit, self._endpoint)

    def deliver(self, rows: list[Row]) -> Delivered:
        """Post the rows as one JSON document."""
        options = self._options
        if not options.deliver_path or not options.sent:
            raise Misuse("This partner's connection says nothing about delivering.", where=self._endpoint)
        body: Any = [nested(row) for row in rows]
        for part in reversed(options.sent.split(".")):
            body = {part: body}
        answer = self._call("POST", options.deliver_path, json=body)
        return read_delivered(options, answer, len(rows), self._endpoint)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _call(self, method: str, path: str, **request: Any) -> Any:
        where = f"{self._endpoint}{path}"
        deadline = Deadline(self._options.timeout, where)
        try:
            with self._client.stream(method, where, **request) as response:
                _check_status(response.status_code, where)
                content = bounded(response.iter_bytes(), self._options.answer_bytes, deadline, where)
        except httpx.TimeoutException as error:
            raise Unavailable("The partner's system did not answer in time.", where=where) from error
        except httpx.DecodingError as error:
            raise Unreadable("The partner's answer is damaged: it cannot be unpacked.", where=where) from error
        except UNREACHED as error:
            # An answer that breaks off half-way ends here too, as RemoteProtocolError.
            reason = type(error).__name__
            raise Unavailable("The partner's system cannot be reached.", where=where, reason=reason) from error
        return _read_json(content, where)


def _check_status(status: int, where: str) -> None:
    if status in {401, 403}:
        raise Unavailable("The partner's system does not accept our key.", where=where)
    if status == 429 or status >= 500:
        raise Unavailable(f"The partner's system answered with HTTP status {status}.", where=where)
    if not 200 <= status < 300:
        raise Unreadable(f"The partner's system answered with HTTP status {status}.", where=where)


def _read_json(content: bytes, where: str) -> Any:
    try:
        # Numbers stay as they were written: a leading sign or a trailing zero may mean something.
        answer = json.loads(content, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The partner's answer is not JSON.", where=where) from error
    if not isinstance(answer, dict):
        raise Unreadable("The partner's answer is not a JSON object.", where=where)
    return answer
