"""The only parser: what it refuses, and that nothing it accepts means something else to another reader."""

from __future__ import annotations

import codecs
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.errors import MalformedXml, Refusal, TooLarge
from gateway.message.parse import DEPTH, TAG_BYTES, parse

LIMIT = 20_000_000
ATTACKS = Path(__file__).parents[2] / ".." / "shared" / "data" / "xml" / "entity-attacks"


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(path.name for path in ATTACKS.glob("*.xml")) or ["absent"])
def test_published_entity_attacks_are_refused(name):
    if name == "absent":
        pytest.skip("the published attacks are not beside the project")
    with pytest.raises(MalformedXml):
        parse((ATTACKS / name).read_bytes(), limit=LIMIT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \n",
        b"<a>",
        b"<a></b>",
        b"<a/><a/>",
        b"<a b='1' b='2'/>",
        b"text",
        b"<a>&nbsp;</a>",
        b"<a>&#0;</a>",
        b"<x:a/>",
        b"<a>\x01</a>",
        b"<a",
        b"\xef\xbb\xbf",
        b"%PDF-1.7",
    ],
)
def test_what_is_not_xml_is_malformed(raw):
    with pytest.raises(MalformedXml) as refusal:
        parse(raw, limit=LIMIT)
    assert refusal.value.detail


@pytest.mark.parametrize(
    "raw",
    [
        b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b/+AD4-</a>',
        b'<?xml version="1.0" encoding = "UTF-7"?><a>+ADw-b/+AD4-</a>',
        b"<?xml version='1.0'\tencoding\n=\n'utf-7'?><a>+ADw-b/+AD4-</a>",
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        b'<?xml version="1.0" encoding="windows-1251"?><a/>',
        b'<?xml version="1.1"?><a/>',
        b'<?xml encoding="UTF-8"?><a/>',
        b' <?xml version="1.0"?><a/>',
        '<?xml version="1.0"?><a/>'.encode("utf-16"),
        '<?xml version="1.0"?><a/>'.encode("utf-16-le"),
        '<?xml version="1.0"?><a/>'.encode("utf-16-be"),
        "<a/>".encode("utf-16-le"),
        '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16-be"),
        "<a/>".encode("utf-32"),
        '<?xml version="1.0"?><a/>'.encode("cp500"),
        codecs.BOM_UTF16_LE + b"<a/>",
        "<a>Ж</a>".encode("cp1251"),
    ],
)
def test_every_encoding_but_utf_8_is_refused(raw):
    with pytest.raises(MalformedXml):
        parse(raw, limit=LIMIT)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\xef\xbb\xbf",
        b'<?xml version="1.0"?>',
        b'<?xml version="1.0" encoding="UTF-8"?>\n',
        b"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n",
        b'\xef\xbb\xbf<?xml version="1.0" encoding = "UTF-8"?>',
    ],
)
def test_utf_8_is_read_with_and_without_mark_and_declaration(start):
    assert parse(start + "<а>Ёж! Что?</а>".encode(), limit=LIMIT).text == "Ёж! Что?"


@pytest.mark.parametrize(
    "raw",
    [
        b"<a>x<!-- c -->y</a>",
        b"<!-- c --><a/>",
        b"<a/><!-- c -->",
        b"<a><![CDATA[x]]></a>",
        b"<a><?p?></a>",
        b"<a/><?p?>",
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>',
    ],
)
def test_what_splits_texts_or_defines_them_is_refused(raw):
    with pytest.raises(MalformedXml):
        parse(raw, limit=LIMIT)


@settings(max_examples=500, deadline=None)
@given(
    head=st.binary(max_size=3), junk=st.binary(min_size=1, max_size=4), place=st.sampled_from(["text", "value", "name"])
)
@example(head=b"", junk=b"\xc0\x80", place="text")
@example(head=b"", junk=b"\xed\xa0\x80", place="value")
@example(head=b"", junk=b"\xf5\x80\x80\x80", place="name")
def test_no_byte_that_is_not_utf_8_gets_through_anywhere(head, junk, place):
    part = head + junk
    raw = {
        "text": b"<a>" + part + b"</a>",
        "value": b"<a b='" + part + b"'/>",
        "name": b"<a" + part + b"></a" + part + b">",
    }[place]
    try:
        parse(raw, limit=LIMIT)
    except Refusal:
        return
    raw.decode("utf-8")


def test_size_depth_and_text_have_limits():
    with pytest.raises(TooLarge):
        parse(b"<a/>", limit=3)
    assert parse(b"<a>" * DEPTH + b"</a>" * DEPTH, limit=LIMIT) is not None
    with pytest.raises(TooLarge):
        parse(b"<a>" * (DEPTH + 1) + b"</a>" * (DEPTH + 1), limit=LIMIT)
    with pytest.raises(TooLarge):
        parse(b"<a>" + b"x" * 10_000_001 + b"</a>", limit=LIMIT)


def test_the_number_of_tags_has_a_limit():
    with pytest.raises(TooLarge):
        parse(b"<a>" + b"<b/>" * 6_000_001, limit=10**9)


@pytest.mark.parametrize("inside", [b" a%d='>'", b' a%d="x"', b" xmlns:a%d='u:x'"])
def test_a_tag_with_a_thousand_attributes_is_refused(inside):
    attributes = b"".join(inside % number for number in range(1000))
    for raw in (b"<a" + attributes + b"/>", b"<b><a" + attributes + b"/>" + b"<c/>" * 1000 + b"</b>"):
        with pytest.raises(TooLarge):
            parse(raw, limit=LIMIT)


@pytest.mark.parametrize("length", [TAG_BYTES - 10, TAG_BYTES, 3 * TAG_BYTES, 100_000])
def test_long_texts_are_no_long_tags(length):
    text = "ж>" * (length // 3)
    raw = f"<a b='>' c=\"'\">{text}<b/>{text}</a>{' ' * length}".encode()
    assert parse(raw, limit=LIMIT).text == text


def test_refusing_is_quick():
    # Each of these would take minutes if it reached C14N or were looked at twice for each byte.
    for raw in (
        b"<a " + b"".join(b"a%d='' " % n for n in range(300_000)) + b"/>",
        b"<" * 3_000_000,
        b"<a '" * 500_000,
        b'<a b="' + b"'>" * 1_000_000,
    ):
        start = time.process_time()
        with pytest.raises(Refusal):
            parse(raw, limit=LIMIT)
        assert time.process_time() - start < 2


def test_a_refusal_never_quotes_the_document():
    with pytest.raises(MalformedXml) as refusal:
        parse("<a>Аманов</b>".encode(), limit=LIMIT)
    assert "Аманов" not in refusal.value.detail
    assert "line 1" in refusal.value.detail
