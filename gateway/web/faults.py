"""How a refusal looks outside: RFC 9457 problem documents, with the code that SOAP faults carry too.

Outside stand the code, a sentence and a correlation id. The reason stays in our log under the same id.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from gateway.errors import InvalidRequest, NotFound, Refusal

_log = logging.getLogger("gateway.web")
_correlation: ContextVar[str] = ContextVar("correlation", default="")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "A refusal: a problem document (RFC 9457) with a stable code; docs/errors.md lists them.",
        "content": {
            "application/problem+json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string", "description": "English, or Russian by Accept-Language."},
                        "status": {"type": "integer"},
                        "code": {"type": "string", "description": "Stable."},
                        "correlation_id": {"type": "string", "description": "The node's log says more under it."},
                        "detail": {"type": "string"},
                        "where": {"type": "string", "description": "The field or the thing it is about."},
                    },
                    "required": ["type", "title", "status", "code", "correlation_id"],
                }
            }
        },
    }
}
"""What OpenAPI says of every answer that `problem` makes."""


class InternalError(Refusal):
    """A bug of ours; nothing about it is shown outside but the id under which we find it."""

    code = "internal-error"
    status = 500
    title_en = "The node failed; the operator finds the cause under the correlation id."
    title_ru = "Сбой узла; оператор найдёт причину по идентификатору корреляции."


class WrongMethod(Refusal):
    """An endpoint asked in a way it does not offer."""

    code = "method-not-allowed"
    status = 405
    title_en = "The endpoint does not offer this method."
    title_ru = "Этот адрес не поддерживает такой метод."


class Correlation:
    """Gives every request an id that its answer, its faults and our log share (pure ASGI: it is on every path)."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under a fresh id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = str(uuid.uuid4())
        _correlation.set(identifier)

        async def send_with_id(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event.setdefault("headers", []).append((b"x-correlation-id", identifier.encode()))
            await send(event)

        await self._app(scope, receive, send_with_id)


def correlation_id() -> str:
    """The id of the request that is being answered."""
    return _correlation.get()


def note(refusal: Refusal) -> None:
    """Write the inner reason of a refusal into our log, under the correlation id."""
    level = logging.ERROR if refusal.status >= 500 else logging.INFO
    _log.log(level, "%s %s: %s", correlation_id(), refusal.code, refusal.reason)


def problem(refusal: Refusal, language: str = "en") -> JSONResponse:
    """The problem document of a refusal, in the reader's language."""
    note(refusal)
    document = {
        "type": f"urn:cis:migration-exchange:problem:{refusal.code}",
        "title": refusal.title(language),
        "status": refusal.status,
        "code": refusal.code,
        "correlation_id": correlation_id(),
    }
    if refusal.detail:
        document["detail"] = refusal.detail
    if refusal.where:
        document["where"] = refusal.where
    headers = {"WWW-Authenticate": "Bearer"} if refusal.code == "not-authenticated" else {}
    return JSONResponse(document, refusal.status, headers, media_type="application/problem+json")


def status_of(code: str) -> int:
    """The HTTP status that belongs to a refusal code; 200 for none."""
    return _STATUS.get(code, 400) if code else 200


def language_of(request: Request) -> str:
    """`ru` or `en`, whichever the reader named first."""
    accepted = request.headers.get("accept-language", "").lower()
    return "ru" if accepted.startswith("ru") else "en"


def misfit(problems: Sequence[Any]) -> InvalidRequest:
    """What pydantic finds wrong with a request, as our refusal: the sentences, and the fields they are about."""
    where = "; ".join(".".join(str(part) for part in problem["loc"]) for problem in problems)[:200]
    return InvalidRequest("; ".join(problem["msg"] for problem in problems)[:400], where=where)


def install(app: FastAPI, elsewhere: Mapping[str, Callable[[Request, Refusal], Response]]) -> None:
    """The one table from exceptions to answers; `elsewhere` are the paths whose refusals look otherwise."""

    def say(request: Request, refusal: Refusal) -> Response:
        render = elsewhere.get(request.url.path)
        return render(request, refusal) if render else problem(refusal, language_of(request))

    def refused(request: Request, error: Exception) -> Response:
        return say(request, error if isinstance(error, Refusal) else InternalError())

    def unfit(request: Request, error: Exception) -> Response:
        return say(request, misfit(error.errors() if isinstance(error, RequestValidationError) else []))

    def plain(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        kinds: dict[int, Refusal] = {404: NotFound(where=request.url.path), 405: WrongMethod(where=request.method)}
        return say(request, kinds.get(status, InvalidRequest()))

    def broken(request: Request, error: Exception) -> Response:
        _log.error("%s internal error", correlation_id(), exc_info=error)
        answer = say(request, InternalError())
        # This one handler lies outside of Correlation, which therefore cannot put the id on its answer.
        answer.headers["X-Correlation-Id"] = correlation_id()
        return answer

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, broken)
    app.add_middleware(Correlation)


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


_STATUS = {kind.code: kind.status for kind in _kinds(Refusal)}
