"""Who may open the console: nobody, until they show the secret that lies beside the node's keys.

The secret is exchanged for a signed cookie. The node keeps no sessions, so every worker knows a cookie
made by another, and a new secret ends all sessions at once.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from gateway.errors import Misuse

SECRET_FILE = "console.secret"  # noqa: S105 - the name of the file, not the secret
SESSION = timedelta(hours=8)
"""A working day; then the secret is asked for again."""
FAILURES = 5
"""Wrong secrets one address may show within WINDOW before it has to wait."""
WINDOW = timedelta(minutes=1)
ADDRESSES = 10_000
"""Addresses remembered at most, so that nobody fills the memory from many addresses."""
SHORTEST = 32
"""Characters; a shorter secret was not made by create_secret and might be guessed."""


def create_secret(directory: Path) -> str:
    """Make the console's secret in the node's directory (file mode 0600) and return it.

    A secret that is there already is never replaced (Misuse): that would sign everybody out unasked.
    """
    secret = secrets.token_urlsafe(32)
    path = directory / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Misuse(
            "The console has a secret already; remove the file first to make a new one.", where=str(path)
        ) from error
    except OSError as error:
        raise Misuse("The file with the console's secret cannot be written.", where=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret + "\n")
    return secret


def read_secret(directory: Path) -> str:
    """Read the console's secret; Misuse when it is missing, too short, or open to other users."""
    path = directory / SECRET_FILE
    try:
        readable_by_others = path.stat().st_mode & 0o077
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(
            "The console's secret cannot be read; `gateway init` makes one for a new node.", where=str(path)
        ) from error
    if readable_by_others:
        raise Misuse("The console's secret is open to other users; run `chmod 600` on it.", where=str(path))
    if len(secret) < SHORTEST:
        raise Misuse(f"The console's secret is shorter than {SHORTEST} characters.", where=str(path))
    return secret


class Access:
    """The console's door: compares secrets, signs and reads cookies, slows down whoever guesses."""

    def __init__(self, secret: str, *, clock: Callable[[], datetime], secure: bool = False) -> None:
        self.secure = secure
        """Send cookies over HTTPS only; set it when the node is reached by an https address."""
        self._secret = secret.encode()
        # The cookie's key is derived, so that no cookie ever says anything about the secret itself.
        self._key = hmac.digest(self._secret, b"gateway console session v1", hashlib.sha256)
        self._clock = clock
        self._failures: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def admits(self, secret: str, address: str) -> bool:
        """Whether this is the secret. A wrong one is remembered against the address it came from."""
        if hmac.compare_digest(secret.strip().encode(), self._secret):
            return True
        with self._lock:
            if len(self._failures) >= ADDRESSES:
                self._forget()
            self._failures.setdefault(address, deque(maxlen=FAILURES)).append(self._clock())
        return False

    def wait(self, address: str) -> int:
        """Seconds this address has to wait before its next try is looked at; 0 when it need not."""
        with self._lock:
            failures = self._failures.get(address)
            if failures is None or len(failures) < FAILURES:
                return 0
            left = failures[0] + WINDOW - self._clock()
            return max(0, int(left.total_seconds() + 0.999))

    def cookie(self) -> str:
        """A session that starts now: when it ends, and our signature over that."""
        ends = str(int((self._clock() + SESSION).timestamp()))
        return f"{ends}.{self._sign(ends)}"

    def holds(self, cookie: str) -> bool:
        """Whether a session cookie is ours and has not ended."""
        ends, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(ends).encode()):
            return False
        return self._clock() < datetime.fromtimestamp(int(ends), UTC)

    def _sign(self, ends: str) -> str:
        return hmac.new(self._key, ends.encode(), hashlib.sha256).hexdigest()

    def _forget(self) -> None:
        """Drop addresses whose failures are old; if all are fresh, drop the one that failed first."""
        border = self._clock() - WINDOW
        for address in [address for address, failures in self._failures.items() if failures[-1] < border]:
            del self._failures[address]
        if len(self._failures) >= ADDRESSES:
            del self._failures[next(iter(self._failures))]


def same_site(headers: Mapping[str, str]) -> bool:
    """Whether a form was sent from our own page (keys in lower case, as the web framework gives them).

    Browsers say so in Sec-Fetch-Site, but only over HTTPS and loopback; Origin is there always. A
    request that says neither is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    host = headers.get("host", "")
    return bool(host) and headers.get("origin", "") in {f"http://{host}", f"https://{host}"}
