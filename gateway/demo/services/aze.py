"""The work permit service of Azerbaijan as the demo imagines it: REST, JSON, Azerbaijani words.

    python -m gateway.demo.services.aze --port 9102 --data aze/data.json

`GET /api/v1/icazeler?since=&limit=` gives pages, `POST /api/v1/icazeler` takes permits, `GET /stats` counts.
With AZE_API_KEY set, callers show it in the header X-Api-Acari.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Query
from pydantic import BaseModel, Field

from gateway.demo.services.register import Register, Row, login, serve

_NEEDED = ("soyad", "dogum_tarixi", "icazenin_nomresi")


class Permits(BaseModel):
    """What is posted."""

    icazeler: list[dict[str, Any]] = Field(max_length=1000)


def create_app(register: Register) -> FastAPI:
    """The service over a register."""
    app = FastAPI(title="DMX iş icazələri", docs_url=None, redoc_url=None)
    key = login("AZE_API_KEY")

    def check(shown: str) -> None:
        if key and not secrets.compare_digest(shown.encode(), key.encode()):
            raise HTTPException(401, "açar yanlışdır")

    @app.get("/api/v1/icazeler")
    def permits(
        since: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
        x_api_acari: Annotated[str, Header()] = "",
    ) -> dict[str, Any]:
        check(x_api_acari)
        rows, following, more = register.page(since, limit)
        return {"icazeler": rows, "novbeti": following, "davami": more}

    @app.post("/api/v1/icazeler")
    def receive(permits: Permits, x_api_acari: Annotated[str, Header()] = "") -> dict[str, Any]:
        check(x_api_acari)
        taken, refused, receipt = register.receive(permits.icazeler, _fault)
        return {
            "qebul": taken,
            "imtina": [{"sira": position, "sebeb": reason} for position, reason in refused],
            "qebz": f"AZ-{receipt}",
        }

    @app.get("/stats")
    def stats() -> dict[str, int]:
        return register.stats()

    return app


def _fault(row: Row) -> str:
    missing = [name for name in _NEEDED if not row.get(name)]
    if missing:
        return f"{missing[0]} yoxdur"
    return "" if row.get("cins", "K") in {"K", "Q"} else "cins yanlışdır"


if __name__ == "__main__":
    serve("Work permits, Azerbaijan", "icazeler", "icazenin_nomresi", create_app)
