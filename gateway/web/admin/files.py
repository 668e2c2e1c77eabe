"""Answers of any size: written to a file before anything of them is sent, so that what fails is still a refusal."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask


def handed_over(write: Callable[[TextIO], object], media_type: str, filename: str | None = None) -> FileResponse:
    """What `write` writes as the answer; the file is gone once it is sent."""
    descriptor, name = tempfile.mkstemp(prefix="gateway-answer-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            write(file)
    except BaseException:
        Path(name).unlink()
        raise
    return FileResponse(name, media_type=media_type, filename=filename, background=BackgroundTask(Path(name).unlink))
