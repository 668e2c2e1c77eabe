"""A long file costs no more memory than a short one, whatever its form. Measured in a process of its own."""

import subprocess
import sys

import pytest

SCRIPT = '''
import io, json, resource, sys
from dataclasses import replace
from gateway.mapping import sources
from gateway.mapping.profile import load
from gateway.mapping.source_form import SourceForm

class Made(io.RawIOBase):
    """A file that is never anywhere: a beginning, a middle as often as wanted, and an end."""
    def __init__(self, head, unit, count, tail):
        self.head, self.unit, self.tail = head, unit, tail
        self.middle = len(unit) * count
        self.size = len(head) + self.middle + len(tail)
        self.at = 0
    def readable(self): return True
    def seekable(self): return True
    def tell(self): return self.at
    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at
    def readinto(self, buffer):
        at, want = self.at, len(buffer)
        if at < len(self.head):
            piece = self.head[at:at + want]
        elif at < len(self.head) + self.middle:
            inside = at - len(self.head)
            start = inside % len(self.unit)
            some = self.unit[start:] + self.unit * (want // len(self.unit) + 1)
            piece = some[:min(want, self.middle - inside)]
        else:
            piece = self.tail[at - len(self.head) - self.middle:][:want]
        buffer[:len(piece)] = piece
        self.at += len(piece)
        return len(piece)

form, garbage = sys.argv[1], len(sys.argv) > 2
profile = load("blr-permits")
columns = profile.columns
cells = [f"значение {place}" for place in range(len(columns))]
if form == "csv":
    source = SourceForm("csv")
    parts = (",".join(columns) + "\\n").encode(), (",".join(cells) + "\\n").encode() * 500, b""
elif form == "fixed":
    source = SourceForm("fixed", columns={name: f"{20*at+1}-{20*at+20}" for at, name in enumerate(columns)})
    parts = b"", ("".join(cell.ljust(20) for cell in cells) + "\\n").encode() * 500, b""
elif form == "jsonl":
    source = SourceForm("jsonl")
    parts = b"", (json.dumps(dict(zip(columns, cells))) + "\\n").encode() * 500, b""
elif form == "json":
    source = SourceForm("json", root="a.b")
    row = json.dumps(dict(zip(columns, cells))).encode()
    parts = b'{"a": {"b": [' + row, (b"," + row) * 500, b"]}}"
else:
    source = SourceForm("xml", rows="/l/r", columns={name: f"f{at}" for at, name in enumerate(columns)})
    row = "<r>" + "".join(f"<f{at}>{cell}</f{at}>" for at, cell in enumerate(cells)) + "</r>\\n"
    row = "<!-- no --><x><y>no row</y></x> text\\n" * 40 if garbage else row
    parts = b"<l>", row.encode() * 500, b"</l>"
profile = replace(profile, source=source)

def peak(megabytes):
    head, unit, tail = parts
    file = Made(head, unit, megabytes * 1_000_000 // len(unit), tail)
    rows = sources.read_stream(profile, io.BufferedReader(file), "made")
    count = sum(1 for _ in rows.rows)
    rows.close()
    return count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

short, low = peak(4)
long, high = peak(40)
print(short, long, low, high)
'''


@pytest.mark.parametrize("form", ["csv", "fixed", "jsonl", "json", "xml", "xml garbage"])
def test_ten_times_as_much_is_read_in_the_same_memory(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *form.split()], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    short, long, low, high = map(int, done.stdout.split())
    assert long >= 9 * short
    assert high - low <= 6, f"{low} MB, then {high} MB"
