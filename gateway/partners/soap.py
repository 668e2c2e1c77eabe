"""A register that speaks SOAP, reached with zeep along its own WSDL."""

from __future__ import annotations

from typing import Any, Final, Literal, NoReturn
from urllib.parse import urlsplit

import requests
from lxml import etree
from pydantic import Field
from requests.auth import HTTPBasicAuth
from zeep import Client, Settings
from zeep.cache import InMemoryCache
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError
from zeep.helpers import serialize_object
from zeep.plugins import Plugin
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from gateway.errors import Misuse, Refusal, Unavailable, Unreadable
from gateway.partners.answer import Deadline, bounded, nested, read_delivered, read_page
from gateway.partners.connector import Delivered, Options, Page, Row
from gateway.partners.soap_security import Identities, SignedEnvelopes

WSDL_LIFETIME: Final = 3600
"""Seconds a WSDL is kept; a register's interface changes in years."""


class SoapOptions(Options):
    """How one SOAP register is spoken to."""

    kind: Literal["soap"] = "soap"
    wsdl: str = Field(default="?wsdl", description="What is added to the endpoint for its WSDL.")
    service: str = Field(default="", description="Name of the service in the WSDL; empty: its first.")
    port: str = Field(default="", description="Name of the port; empty: the service's first.")
    fetch_operation: str = Field(min_length=1, description="Operation that lists rows.")
    deliver_operation: str = Field(default="", description="Operation that takes rows; empty: nothing is sent.")
    extra: dict[str, str] = Field(default_factory=dict, description="Further arguments of both operations.")
    user: str = Field(default="", description="Name for Basic authentication or the UsernameToken.")
    security: Literal["none", "basic", "token", "digest"] = Field(
        default="none", description="HTTP Basic, WS-Security UsernameToken in plain text, or with a digest."
    )


class SoapConnector:
    """See gateway.partners.connector.Connector.

    The WSDL is read at the first call, from the endpoint's own host; it may not name another host for its
    imports, and what it says about the service's address is not followed: the endpoint is configuration.
    """

    def __init__(
        self, endpoint: str, options: SoapOptions, secret: str = "", identities: Identities | None = None
    ) -> None:
        """With `identities`, requests are signed with WS-Security and answers have to be."""
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            raise Misuse("The endpoint of a SOAP partner begins with http:// or https://.", where=endpoint)
        if identities is not None and options.security in {"token", "digest"}:
            raise Misuse("A UsernameToken cannot stand beside a signature: use basic or none.", where=endpoint)
        self._identities = identities
        self._endpoint = endpoint
        self._options = options
        self._secret = secret
        self._transport = _BoundedTransport(endpoint, options, secret)
        self._client: Client | None = None
        self._proxy: Any = None

    def fetch(self, bookmark: str, limit: int) -> Page:
        """One page of what the listing operation gives."""
        options = self._options
        limit = min(limit, options.most)
        asked: dict[str, Any] = dict(options.extra)
        if options.bookmark and bookmark:
            asked[options.bookmark] = bookmark
        if options.limit:
            asked[options.limit] = limit
        answer = self._call(options.fetch_operation, asked)
        return read_page(options, answer, bookmark, limit, self._endpoint)

    def deliver(self, rows: list[Row]) -> Delivered:
        """Hand the rows to the receiving operation."""
        options = self._options
        if not options.deliver_operation or not options.sent:
            raise Misuse("This partner's connection says nothing about delivering.", where=self._endpoint)
        first, *deeper = options.sent.split(".")
        content: Any = [nested(row) for row in rows]
        for part in reversed(deeper):
            content = {part: content}
        answer = self._call(options.deliver_operation, {**options.extra, first: content})
        return read_delivered(options, answer, len(rows), self._endpoint)

    def close(self) -> None:
        """Let the connection go."""
        self._transport.session.close()

    def _call(self, operation: str, arguments: dict[str, Any]) -> Any:
        where = f"{self._endpoint} {operation}"
        try:
            if self._proxy is None:
                self._proxy = self._open()
            answer = self._proxy[operation](**arguments)
        except Refusal:
            raise
        except Fault as fault:
            _refuse_fault(fault, where)
        except TransportError as error:
            # zeep raises this for an empty answer and for one that is no XML, whatever its status.
            _refuse_status(error.status_code, where)
            raise Unreadable("The partner's answer is not XML.", where=where) from error
        except AttributeError as error:
            raise Misuse(f"The partner's WSDL has no operation {operation}.", where=where) from error
        except requests.Timeout as error:
            raise Unavailable("The partner's system did not answer in time.", where=where) from error
        except requests.RequestException as error:
            # An answer that breaks off half-way ends here too, as ChunkedEncodingError or ConnectionError.
            reason = type(error).__name__
            raise Unavailable("The partner's system cannot be reached.", where=where, reason=reason) from error
        except (ZeepError, etree.LxmlError, TypeError, ValueError) as error:
            # zeep has no one error for an answer, or an argument, that does not fit the WSDL.
            reason = type(error).__name__
            raise Unreadable("The exchange does not fit the partner's WSDL.", where=where, reason=reason) from error
        return self._wrapped(operation, serialize_object(answer, dict))  # type: ignore[no-untyped-call]

    def _wrapped(self, operation: str, answer: Any) -> Any:
        """A lone part comes from zeep without its name; it is put back, so that paths are always the WSDL's."""
        body = self._proxy._binding.get(operation).output.body  # noqa: SLF001 - as in _open.
        parts = body.type.elements
        return {parts[0][0]: answer} if len(parts) == 1 and not body.type.attributes else answer

    def _open(self) -> Any:
        options = self._options
        self._client = Client(  # type: ignore[no-untyped-call]
            self._endpoint + options.wsdl,
            wsse=self._wsse(),
            plugins=[_AsPromised(self._endpoint)],
            transport=self._transport,
            settings=Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False),
        )
        bound = self._client.bind(options.service or None, options.port or None)
        # zeep offers no public way to keep the binding and set the address.
        binding = str(bound._binding.name)  # noqa: SLF001
        return self._client.create_service(binding, self._endpoint)  # type: ignore[no-untyped-call]

    def _wsse(self) -> UsernameToken | SignedEnvelopes | None:
        options = self._options
        if self._identities is not None:
            return SignedEnvelopes(self._identities)
        if options.security not in {"token", "digest"}:
            return None
        digest = options.security == "digest"
        return UsernameToken(options.user, self._secret, use_digest=digest)  # type: ignore[no-untyped-call]


class _AsPromised(Plugin):
    """Holds an answer to the element its WSDL promises: zeep itself would read any other as an empty one."""

    def __init__(self, where: str) -> None:
        self._where = where

    def ingress(self, envelope: Any, http_headers: Any, operation: Any) -> tuple[Any, Any]:
        """The envelope, when its body holds the promised element or a fault and nothing else."""
        namespace = etree.QName(envelope).namespace
        content = [child.tag for body in envelope.iterfind(f"{{{namespace}}}Body") for child in body]
        promised = str(operation.output.body.qname)
        if content not in ([promised], [f"{{{namespace}}}Fault"]):
            raise Unreadable("The partner's answer is not the one its WSDL promises.", where=self._where)
        return envelope, http_headers


class _BoundedTransport(Transport):
    """zeep's transport, kept to one host, one time and one size."""

    def __init__(self, endpoint: str, options: SoapOptions, secret: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        if options.security == "basic":
            session.auth = HTTPBasicAuth(options.user.encode(), secret.encode())
        super().__init__(  # type: ignore[no-untyped-call]
            cache=InMemoryCache(timeout=WSDL_LIFETIME),  # type: ignore[no-untyped-call]
            timeout=options.timeout,
            operation_timeout=options.timeout,
            session=session,
        )
        self._host = _host(endpoint)
        self._options = options

    def load(self, url: str) -> bytes:
        """The WSDL or a schema it imports, from the endpoint's host only."""
        if _host(url) != self._host:
            raise Unreadable("The partner's WSDL points to another host or to a file.", where=url)
        kept: bytes | None = self.cache.get(url)
        if kept is not None:
            return kept
        response = self._exchange("GET", url)
        _refuse_status(response.status_code, url)
        self.cache.add(url, response.content)
        return response.content

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> requests.Response:
        """One SOAP call."""
        response = self._exchange("POST", address, data=message, headers=headers)
        # A SOAP fault comes with an error status (SOAP 1.1 section 6.2); without an envelope there is no fault.
        if b"Envelope" not in response.content:
            _refuse_status(response.status_code, address)
        return response

    def _exchange(self, method: str, url: str, **request: Any) -> requests.Response:
        options = self._options
        deadline = Deadline(options.timeout, url)
        with self.session.request(
            method, url, timeout=options.timeout, stream=True, allow_redirects=False, **request
        ) as response:
            chunks = response.iter_content(65_536)
            # requests has no public way to say "this is the content, and it was read within our bounds".
            response._content = bounded(chunks, options.answer_bytes, deadline, url)  # noqa: SLF001
        return response


def _host(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _refuse_fault(fault: Fault, where: str) -> NoReturn:
    """A Server (SOAP 1.2: Receiver) fault may pass; any other says that we and the WSDL disagree."""
    code = str(fault.code or "").rpartition(":")[2]
    if code in {"Server", "Receiver"}:
        raise Unavailable("The partner's system reports a fault of its own.", where=where, reason=code) from fault
    raise Unreadable("The partner's system declined the call with a SOAP fault.", where=where, reason=code) from fault


def _refuse_status(status: int, where: str) -> None:
    if status in {401, 403}:
        raise Unavailable("The partner's system does not accept our name and password.", where=where)
    if status == 429 or status >= 500:
        raise Unavailable(f"The partner's system answered with HTTP status {status}.", where=where)
    if not 200 <= status < 300:
        raise Unreadable(f"The partner's system answered with HTTP status {status}.", where=where)
