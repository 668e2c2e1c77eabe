"""The `source:` part of a profile is checked word by word, with line and column."""

import pytest

from gateway.mapping import source_form
from gateway.mapping.nodes import Problems, Value, compose


def check(text: str) -> tuple[source_form.SourceForm, list[tuple[int, str, str]]]:
    problems = Problems()
    root = compose(text, problems)
    assert isinstance(root, Value)
    form = source_form.read(problems, root)
    return form, [(found.line, found.path, found.message_en) for found in problems.findings]


XML = """format: xml
rows: /a:list/a:case
namespaces: {a: 'urn:a'}
columns:
  uid: a:uid
  family: a:person/a:lastName
"""


def test_a_whole_source_has_no_problem() -> None:
    form, problems = check(XML)
    assert problems == []
    assert form.columns == {"uid": "a:uid", "family": "a:person/a:lastName"}


BAD = [
    ("format: cvs", 1, "did you mean `csv`?"),
    ("format: csv\nencoding: utf-9", 2, "unknown encoding"),
    ("format: csv\nencoding: rot13", 2, "unknown encoding"),
    ("format: csv\ndelimiter: ';;'", 2, "one character"),
    ("format: csv\nquote: ab", 2, "one character"),
    ("format: csv\nheader_row: 0", 2, "from 1 to"),
    ("format: csv\nskip_rows: many", 2, "from 0 to"),
    ("format: csv\nrows: /a", 2, "has no meaning in csv"),
    ("format: csv\nsheat: x", 2, "did you mean `sheet`?"),
    ("format: json\nroot: 'a['", 2, "is no JMESPath"),
    ("format: json\ncolumns: {a: 'b..c'}", 2, "is no JMESPath"),
    ("format: fixed", 1, "`columns` is missing"),
    ("format: fixed\ncolumns: {a: 1-4, b: 5+2}", 2, "the first and the last character"),
    ("format: fixed\ncolumns: {a: 1-4, b: 4-9}", 2, "overlap"),
    ("format: xml\ncolumns: {a: b}", 1, "`rows` is missing"),
    ("format: csv\nmember: ''", 2, "pattern of file names"),
    (XML.replace("/a:list/a:case", "a:case[1]"), 2, "path of names"),
    (XML.replace("/a:list/a:case", "/b:list"), 2, "prefix `b` is not declared"),
    (XML.replace("a:uid", "b:uid"), 5, "prefix `b` is not declared"),
    (XML.replace("a:uid", "a:uid["), 5, "is no XPath"),
    (XML.replace("a:uid", "document('file:///etc/passwd')"), 5, "`document()` is not allowed"),
    (XML.replace("a:uid", "a:f()"), 5, "`a:f()` is not allowed"),
    (XML.replace("a:uid", "id('x')"), 5, "`id()` is not allowed"),
    (XML.replace("a:uid", "/a:list/a:case"), 5, "leads out of its row"),
    (XML.replace("a:uid", "../a:uid"), 5, "leads out of its row"),
    (XML.replace("a:uid", "following::a:uid"), 5, "leads out of its row"),
    (XML.replace("a:uid", "a:uid" + "[a:b]" * 9), 5, "too long to be quick"),
    (XML.replace("a:uid", "descendant::*[descendant::*]"), 5, "too long to be quick"),
    (XML.replace("a:uid", ".//a:b[.//a:c]"), 5, "too long to be quick"),
    (XML.replace("a:uid", "a:" + "u" * 500), 5, "too long to be quick"),
    (XML.replace("urn:a", ""), 3, "a prefix and its namespace"),
    (XML + "payload: /Envelope/x", 7, "begins with `/soap:Envelope/soap:Body/`"),
]


@pytest.mark.parametrize(("text", "line", "said"), BAD)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, said: str) -> None:
    _, problems = check(text)
    assert any(at == line and said in sentence for at, _, sentence in problems), problems


@pytest.mark.parametrize("expression", ["a:b/@c", "string(a:b)", "concat(a:b, ' ', a:c)", "a:b[a:c='x']/a:d", ".//a:b"])
def test_useful_expressions_are_allowed(expression: str) -> None:
    assert check(XML.replace("a:uid", f'"{expression}"'))[1] == []
