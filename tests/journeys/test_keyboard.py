"""A responder who never touches the mouse."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Person

GERMAN_DAY = re.compile(r"\d{1,2}\. \w+\.? 20\d\d, \d\d:\d\d")

RUNNING = "Checkout is slow"


def focused(page: Page) -> str:
    """Return what has the focus, in the words that a screen reader starts with."""
    script = "e => e.getAttribute('aria-label') || e.title || e.textContent.trim() || e.id"
    return str(page.evaluate_handle("document.activeElement").evaluate(script))


def test_an_incident_is_run_by_keyboard_alone(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")

    ann.keyboard.press("Control+k")
    ann.keyboard.type(RUNNING.lower())
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("heading", level=1)).to_have_text(RUNNING)

    ann.keyboard.press("c")
    ann.keyboard.type("/inc")
    expect(ann.get_by_role("option").first).to_be_visible()
    ann.keyboard.press("Escape")
    for _ in "/inc":
        ann.keyboard.press("Backspace")
    ann.keyboard.type("Taking the database")
    ann.keyboard.press("Enter")
    expect(ann.locator(".post").last).to_contain_text("Taking the database")

    ann.get_by_role("checkbox", name="Find the last change").focus()
    ann.keyboard.press("Space")
    expect(ann.get_by_role("checkbox", name="Find the last change")).to_be_checked()
    assert focused(ann) == "Find the last change"

    ann.keyboard.press("Tab")
    ann.keyboard.press("Enter")
    ann.keyboard.press("Tab")
    ann.keyboard.press("Control+a")
    ann.keyboard.type("Find the last two changes")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("checkbox", name="Find the last two changes")).to_be_checked()

    ann.keyboard.press("Control+k")
    ann.keyboard.type("playbooks")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("heading", level=1)).to_have_text("Playbooks")


def test_the_first_stop_skips_to_the_content(person: Person) -> None:
    ann = person("ann")
    ann.goto("/backstage/incidents")

    ann.keyboard.press("Tab")
    assert focused(ann) == "Skip to the content"
    ann.keyboard.press("Enter")

    assert ann.evaluate("document.activeElement.id") == "content"


def test_a_closed_dialog_gives_the_focus_back(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    ann.locator("#rail").get_by_role("link", name=RUNNING).click()
    ann.locator("#end_incident").focus()

    ann.keyboard.press("Enter")
    expect(ann.get_by_role("dialog")).to_be_visible()
    ann.keyboard.press("Escape")

    expect(ann.get_by_role("dialog")).to_have_count(0)
    assert ann.evaluate("document.activeElement.id") == "end_incident"


def test_what_scripts_say_is_in_the_language_of_the_page(person: Person) -> None:
    page = person("ann")
    page.set_extra_http_headers({"Accept-Language": "de"})
    page.goto("/account")

    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Tasten")
    expect(sheet.get_by_text("Überallhin springen")).to_be_visible()
    expect(sheet.get_by_role("button", name="Schließen")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("time[data-time=datetime]").first).to_have_text(GERMAN_DAY)
