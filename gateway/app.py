"""The only wiring of the web: a node becomes an application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from gateway import __version__
from gateway.algorithms import registry
from gateway.exchange.node import Node
from gateway.schedule import Schedule
from gateway.sync import deliver, ping, stamping, witness
from gateway.web import admin, faults, health, ledger, links, messages, persons, records, soap, tokens, watchlist
from gateway.web.console import access as console_access
from gateway.web.console import pages as console

_log = logging.getLogger(__name__)


def create_app(node: Node, *, scheduled: bool = True) -> FastAPI:
    """The application of a node; `scheduled` starts its jobs with it."""

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        _prove_algorithms()
        node.watchlist.refresh()
        schedule = Schedule(node) if scheduled else None
        if schedule is not None:
            schedule.start()
        try:
            yield
        finally:
            if schedule is not None:
                schedule.stop()
            node.database.close()

    app = FastAPI(
        title=f"CIS migration exchange gateway, node {node.settings.node}",
        version=__version__,
        description="Signed exchange of migrant records. Errors are RFC 9457 problems with a stable `code`.",
        docs_url=None,
        redoc_url=None,
        lifespan=running,
    )
    app.state.node = node
    # What calls partners and authorities is given to the web, which lies beside it.
    app.state.ping = ping.test
    app.state.revive = deliver.revive
    app.state.stamp = stamping.stamp_now
    app.state.witness = witness.witness_partners
    faults.install(app, {"/soap": soap.refusal_as_fault})
    for part in (messages, records, watchlist, persons, links, tokens, ledger, health, soap, admin):
        app.include_router(part.router, responses=faults.PROBLEMS if part is not soap else None)
    app.include_router(
        console.router(
            node.database,
            node=node.settings.node,
            contact=node.settings.contact,
            clock=node.clock,
            access=console_access.Access(
                console_access.read_secret(node.settings.directory),
                clock=node.clock,
                secure=node.settings.url.startswith("https:"),
            ),
            jobs=node.settings.jobs,
        )
    )
    _serve_docs(app)
    return app


def _prove_algorithms() -> None:
    """Let every provider show by published examples that it works, before the first message comes.

    One that fails is out of order until the next start. Of what is used by agreement only, and not installed on most
    machines, nothing is said unless somebody looks.
    """
    for name, entry in registry.REGISTRY.items():
        failure = registry.fault(name)
        if failure:
            _log.log(logging.INFO if entry.by_agreement else logging.ERROR, "%s does not work here: %s", name, failure)


def _serve_docs(app: FastAPI) -> None:
    """Interactive documentation from our own files: a page that loads scripts from elsewhere is not ours."""
    files = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs-files", StaticFiles(directory=files), name="docs-files")

    @app.get("/docs", include_in_schema=False)
    def get_docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/docs-files/swagger-ui-bundle.js",
            swagger_css_url="/docs-files/swagger-ui.css",
            swagger_favicon_url="/docs-files/favicon.png",
        )
