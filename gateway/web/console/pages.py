"""The console's routes: the first page, the sign-in, and the files they need. Nothing here changes the node."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.errors import Refusal
from gateway.settings import Job
from gateway.store.database import Database
from gateway.web.console import attention, chart
from gateway.web.console.access import SESSION, Access, same_site
from gateway.web.console.overview import read_overview
from gateway.web.console.words import LANGUAGES, Words, choose

HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
LANGUAGE_COOKIE = "console-language"
LANGUAGE_KEPT = timedelta(days=365)
FORM_BYTES = 4096
"""The largest form looked at; the secret has 43 characters."""

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms (Fetch, "serializing a
    # request origin"), and the same-site check could not tell them from others.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def router(
    database: Database,
    *,
    node: str,
    contact: str,
    clock: Callable[[], datetime],
    access: Access,
    jobs: Sequence[Job] = (),
) -> APIRouter:
    """The console of one node, to be mounted into the application.

    `contact` is shown to whoever stands before the closed door, `jobs` are those of the settings.
    """
    console = Console(database, node=node, contact=contact, clock=clock, access=access, jobs=tuple(jobs))
    routes = APIRouter(prefix=HOME, include_in_schema=False)
    for method, path, endpoint in (
        ("GET", "", console.home),
        ("GET", "/sign-in", console.show_sign_in),
        ("POST", "/sign-in", console.sign_in),
        ("POST", "/sign-out", console.sign_out),
        ("GET", "/static/{name}", console.static),
    ):
        routes.add_api_route(path, endpoint, methods=[method], response_model=None)
    return routes


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form. What is larger than FORM_BYTES is not ours: it is not read on and has no fields."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


Form = Annotated[dict[str, str], Depends(read_form)]


class Console:
    """The endpoints; plain functions, so the framework runs them in threads."""

    def __init__(
        self,
        database: Database,
        *,
        node: str,
        contact: str,
        clock: Callable[[], datetime],
        access: Access,
        jobs: tuple[Job, ...],
    ) -> None:
        self._database = database
        self._node = node
        self._contact = contact
        self._clock = clock
        self._access = access
        self._jobs = jobs
        # Cookies do not know ports: several nodes on one host would sign each other out under one name.
        self._cookie = f"console-{node.lower().replace('/', '-')}"
        self._words = {language: Words(language) for language in LANGUAGES}
        self._files = {path.name: (path.read_bytes(), KINDS[path.suffix]) for path in sorted(STATIC.iterdir())}
        self._pages = _environment(self._files)

    def home(self, request: Request) -> Response:
        """`GET /console`: the overview; with `?access=SECRET` the exchange of the secret for a session."""
        # 1. A secret in the address opens a session and leaves the address at once.
        if "access" in request.query_params:
            return self._open(request, request.query_params["access"])
        # 2. Nobody else comes in without a session.
        if not self._access.holds(request.cookies.get(self._cookie, "")):
            return _redirect(SIGN_IN)
        # 3. A database that does not answer is told in the page, with the code every interface uses.
        try:
            overview = read_overview(self._database, node=self._node, now=self._clock(), jobs=self._jobs)
        except Refusal as refusal:
            return self._page(request, "refused.html", status=refusal.status, refusal=refusal)
        # 4. What an administrator should look at comes first.
        words = self._spoken(request)
        return self._page(
            request,
            "overview.html",
            overview=overview,
            concerns=attention.concerns(overview),
            chart=chart.draw(overview.hours, words),
            judge=attention,
        )

    def show_sign_in(self, request: Request) -> Response:
        """`GET /console/sign-in`: the form."""
        if self._access.holds(request.cookies.get(self._cookie, "")):
            return _redirect(HOME)
        return self._page(request, "sign_in.html", problem="")

    def sign_in(self, request: Request, form: Form) -> Response:
        """`POST /console/sign-in`: the same exchange from the form, which must be our own."""
        if not same_site(request.headers):
            return self._page(request, "sign_in.html", status=403, problem="sign_in.other_site")
        return self._open(request, form.get("secret", ""))

    def sign_out(self, request: Request) -> Response:
        """`POST /console/sign-out`: forget the session in this browser."""
        answer = _redirect(SIGN_IN)
        if same_site(request.headers):
            answer.delete_cookie(self._cookie, path=HOME, secure=self._access.secure, httponly=True, samesite="strict")
        return answer

    def static(self, name: str) -> Response:
        """`GET /console/static/{name}`: a style, script or picture; read once, so no path leads elsewhere."""
        content, kind = self._files.get(name, (b"", ""))
        if not kind:
            return Response(status_code=404, headers=SECURITY_HEADERS)
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=kind, headers=SECURITY_HEADERS | kept)

    def _open(self, request: Request, secret: str) -> Response:
        """Exchange the secret for a session, unless this address has tried too often."""
        address = request.client.host if request.client else ""
        wait = self._access.wait(address)
        if wait:
            answer = self._page(request, "sign_in.html", status=429, problem="sign_in.wait", seconds=wait)
            answer.headers["Retry-After"] = str(wait)
            return answer
        if not self._access.admits(secret, address):
            return self._page(request, "sign_in.html", status=401, problem="sign_in.wrong")
        answer = _redirect(HOME)
        answer.set_cookie(
            self._cookie,
            self._access.cookie(),
            max_age=int(SESSION.total_seconds()),
            path=HOME,
            secure=self._access.secure,
            httponly=True,
            samesite="strict",
        )
        return answer

    def _spoken(self, request: Request) -> Words:
        return self._words[
            choose(
                request.query_params.get("lang"),
                request.cookies.get(LANGUAGE_COOKIE),
                request.headers.get("accept-language", ""),
            )
        ]

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        words = self._spoken(request)
        content = self._pages.get_template(template).render(
            t=words,
            node=self._node,
            state=self._node.partition("/")[0],
            contact=self._contact,
            now=self._clock(),
            here=request.url.path,
            **values,
        )
        answer = HTMLResponse(content, status_code=status, headers=SECURITY_HEADERS | {"Cache-Control": "no-store"})
        if request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE,
                words.language,
                max_age=int(LANGUAGE_KEPT.total_seconds()),
                path=HOME,
                secure=self._access.secure,
                httponly=True,
                samesite="lax",
            )
        return answer


def _environment(files: dict[str, tuple[bytes, str]]) -> Environment:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The digest in the address lets browsers keep a file for ever and still see a new one at once.
    digests = {name: hashlib.sha256(content).hexdigest()[:12] for name, (content, _) in files.items()}
    pages.globals["static"] = {name: f"{HOME}/static/{name}?v={digest}" for name, digest in digests.items()}
    return pages


def _redirect(place: str) -> Response:
    """Elsewhere, by GET, and never from a cache."""
    return RedirectResponse(place, status_code=303, headers=SECURITY_HEADERS | {"Cache-Control": "no-store"})
