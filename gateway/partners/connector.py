"""Connectors: how rows are fetched from, and delivered to, a system that knows nothing of this gateway.

A connector speaks the foreign system's protocol and nothing more. It yields and takes flat rows in the
system's own words; what the words mean is said by a mapping profile. Which operations, paths and fields a
system has is configuration (see gateway/partners/connections), so that the next one needs no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.errors import Misuse

Row = dict[str, str]
"""One row in the foreign system's own words; nested fields are joined by dots, absent ones left out."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a pull."""

    rows: list[Row]
    bookmark: str
    """Where the next pull begins; to be kept only after the rows are safely stored."""
    more: bool
    """Whether another page waits already."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that the foreign system did not take."""

    row: int
    """Position among the rows delivered, from 0."""
    reason: str
    """The foreign system's own word for it: for our log, never for a third party."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the foreign system says of the rows delivered to it."""

    accepted: int
    refused: tuple[RefusedRow, ...] = ()
    receipt: str = ""
    """Its own number for the delivery, where it gives one."""


class Connector(Protocol):
    """A foreign system, spoken to in its own way. Not to be shared between threads."""

    def fetch(self, bookmark: str, limit: int) -> Page:
        """At most `limit` rows after `bookmark` (empty: from the beginning).

        Raises Unavailable when the system is down, slow or declines us, Unreadable when its answer is not
        what it promised, TooLarge when the answer is beyond the limit. Nothing is half taken: it is a whole
        page or a refusal.
        """
        ...

    def deliver(self, rows: list[Row]) -> Delivered:
        """Hand rows over; raises as `fetch` does. After Unavailable the rows may or may not have arrived."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


class Options(BaseModel):
    """What every connection has to say about a foreign system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bookmark: str = Field(default="", description="Name of the argument that says where a page begins.")
    limit: str = Field(default="", description="Name of the argument for the number of rows.")
    most: int = Field(default=1_000, gt=0, description="The most rows the system gives in one page.")
    rows: str = Field(min_length=1, description="Path of the rows in the answer, parts joined by dots.")
    next: str = Field(default="", description="Path of the next bookmark in the answer; empty: rows are counted.")
    more: str = Field(default="", description="Path of the flag that more is waiting; empty: a full page says so.")
    sent: str = Field(default="", description="Path of the rows in what we deliver; empty: nothing is delivered.")
    accepted: str = Field(default="", description="Path of the number of rows taken; empty: all but the refused.")
    refused: str = Field(default="", description="Path of the list of rows refused.")
    refused_row: str = Field(default="", description="Field of a refused row with its position.")
    refused_first: int = Field(default=0, ge=0, le=1, description="Whether positions are counted from 0 or 1.")
    refused_reason: str = Field(default="", description="Field of a refused row with the reason.")
    receipt: str = Field(default="", description="Path of the system's own number for a delivery.")
    secret_variable: str = Field(default="", description="Environment variable with the password or API key.")
    timeout: float = Field(default=30.0, gt=0, le=600, description="Seconds for one whole call.")
    answer_bytes: int = Field(default=32 * 1024 * 1024, gt=0, description="Size of one answer.")


Kind = TypeVar("Kind", bound=Options)


def read_options(kind: type[Kind], values: Mapping[str, Any], *, where: str) -> Kind:
    """Options from plain values; Misuse names every one that does not fit."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
        )
        raise Misuse(f"The options of the connection do not fit: {wrong}.", where=where) from error
