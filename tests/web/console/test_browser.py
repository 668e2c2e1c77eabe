"""The console in a real Chromium: it needs nothing from elsewhere, fits small screens and can be read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

pytestmark = pytest.mark.browser

SECRET = "synthetic-console-secret-for-the-tests-0001"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CONTRAST = """() => {
  const shine = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
  const ground = node => {
    if (!node) return [255, 255, 255];
    const colour = parse(getComputedStyle(node).backgroundColor);
    return colour[3] === 0 ? ground(node.parentElement) : over(colour, ground(node.parentElement));
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest(".skip")) continue;
    const style = getComputedStyle(node);
    const ink = parse(node.closest("svg") ? style.fill : style.color);
    const [light, dark] = [shine(ink), shine(ground(node))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) poor.push(`${node.className.baseVal ?? node.className} ${node.textContent} ${ratio}`);
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("The console's tests need a browser: sudo apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_console(chromium, serve, busy_node):
    """Opens the console signed in; afterwards nothing may have gone elsewhere or been complained of."""
    complaints: list[str] = []
    hosts: set[str | None] = set()
    contexts = []
    url = serve(busy_node).url

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def start(language: str, *, width: int = 1280, node=None, **options) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.goto(f"{serve(node).url if node else url}/console/sign-in?lang={language}")
        page.fill("#secret", SECRET)
        page.click("main button")
        page.wait_for_selector("#messages")
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("language", "heading", "verdict"),
    [("en", "What needs attention", "Needs action"), ("ru", "Что требует внимания", "Требует действий")],
)
def test_the_first_page_shows_the_whole_node_in_either_language(open_console, language, heading, verdict):
    page = open_console(language)
    assert page.locator("html").get_attribute("lang") == language
    assert page.inner_text("h1") == "BLR/GATE"
    assert page.inner_text("#concerns") == heading
    assert verdict in page.inner_text(".verdict")
    sections = [heading.get_attribute("id") for heading in page.locator("h2").all()]
    assert sections == ["concerns", "flows", "backlog", "partners", "keys", "schedule", "messages"]
    assert page.locator("[aria-labelledby=messages] tbody tr").count() == 20


def test_no_trace_of_the_asylum_unit_is_on_the_page_but_its_name(open_console):
    page = open_console("en")
    row = page.locator("[aria-labelledby=partners] tbody tr", has_text="BLR/REFU").inner_text()
    assert "not shown" in row
    assert "ago" not in row
    assert page.content().count("BLR/REFU") == 1
    assert "asylum" not in page.content()
    assert "777,777" not in page.content()


def test_the_language_is_switched_on_the_page(open_console):
    page = open_console("en")
    page.click("text=Русский")
    assert page.inner_text("#keys") == "Ключи"
    page.goto(page.url.split("?")[0])
    assert page.inner_text("#keys") == "Ключи"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [360, 900, 901, 1100, 1260])
def test_no_width_needs_scrolling_sideways(open_console, language, width):
    page = open_console(language, width=width)
    page.click("summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spilled = """panel => [...panel.querySelectorAll('*')].some(
        e => e.checkVisibility() && e.getBoundingClientRect().width > 1
            && e.getBoundingClientRect().right > panel.getBoundingClientRect().right)"""
    assert [panel.evaluate(spilled) for panel in page.locator(".panel").all()] == [False] * 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast_in_light_and_dark(open_console, scheme):
    page = open_console("en", color_scheme=scheme)
    page.click("summary")
    assert page.evaluate(CONTRAST) == []


def test_every_table_has_a_caption_and_every_heading_a_scope(open_console):
    page = open_console("en")
    assert page.locator("table").count() == page.locator("table > caption").count() == 6
    assert page.locator("th:not([scope])").count() == 0


def test_the_chart_has_a_name_and_a_table_with_the_same_figures(open_console):
    page = open_console("en")
    described = page.locator("#flow-desc").text_content()
    received = int(re.search(r"Received ([\d,]+)", described)[1].replace(",", ""))
    cells = page.locator("#flow-table tbody tr td:nth-of-type(1)").all_text_contents()
    assert len(cells) == 24
    assert sum(int(cell.replace(",", "")) for cell in cells) == received > 500


def test_the_keyboard_reaches_the_content_first_and_then_everything_else(open_console):
    page = open_console("en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#partners"


def test_it_works_without_javascript(open_console):
    page = open_console("en", java_script_enabled=False)
    assert page.locator(".refresh").is_hidden()
    page.click("text=Sign out")
    assert page.url.endswith("/console/sign-in")


def test_the_page_refreshes_itself_until_told_not_to(open_console, sqlite, now):
    from gateway.store.tables import LogCheckpoint  # noqa: PLC0415 - only this test writes a row

    page = open_console("en", node=sqlite)
    page.clock.install()
    page.reload()
    assert "none signed yet" in page.inner_text(".figures")
    with sqlite.begin() as session:
        session.add(LogCheckpoint(party="BLR/GATE", size=31, root="ab" * 32, at=now, signed=""))
    page.uncheck("#refresh")
    page.clock.run_for(31_000)
    assert "none signed yet" in page.inner_text(".figures")
    page.check("#refresh")
    page.clock.run_for(31_000)
    page.locator(".figures", has_text="abababababab").wait_for()


def test_a_new_node_shows_what_to_do_first(open_console, empty_node):
    page = open_console("en", node=empty_node)
    assert "gateway partner add" in page.inner_text("[aria-labelledby=partners]")
    assert "No messages yet" in page.inner_text("[aria-labelledby=messages]")
