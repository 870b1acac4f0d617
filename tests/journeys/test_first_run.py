"""From an empty installation to the export of an ended incident, as its first user walks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looks import look
from tests.journeys.product import Product, served


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a demo: nobody can sign in yet."""
    with served(tmp_path_factory.mktemp("empty")) as running:
        yield running


def test_the_first_user_gets_from_nothing_to_an_export(
    visit: Callable[..., Page], product: Product, tmp_path: Path
) -> None:
    page = visit()
    (link,) = re.findall(r"http\S+/setup\S+", "\n".join(product.said))

    set_up(page, link)
    found = look(page, "first-home")
    expect(page.locator(".steps a")).to_have_count(2)
    found |= look_at_the_backstage(page)
    page.goto("/")
    page.get_by_role("button", name="Start an incident").click()
    page.get_by_label("Incident name").fill("Mail is late")
    page.get_by_role("button", name="Start incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mail is late")
    page.get_by_placeholder("Add an item").first.fill("Ask the provider")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Ask the provider").click()
    expect(page.get_by_role("checkbox", name="Ask the provider")).to_be_checked()
    page.get_by_role("link", name="End incident").click()
    page.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(page.locator("#sidebar")).to_contain_text("Ended")
    page.get_by_role("link", name="Details").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    download.value.save_as(tmp_path / "incident.md")

    assert found == {}
    text = (tmp_path / "incident.md").read_text("utf-8")
    assert "Mail is late" in text
    assert "Ask the provider" in text


def set_up(page: Page, link: str) -> None:
    page.goto("/")
    expect(page.get_by_text("Nobody has an account here yet")).to_be_visible()
    page.goto(link)
    assert look(page, "first-setup") == {}
    page.get_by_label("User name").fill("dora")
    page.get_by_label("Password").fill("a few words in a row")
    page.get_by_label("Name of the first team").fill("Operations")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Town Square")


def look_at_the_backstage(page: Page) -> dict[str, list[str]]:
    """Every page says what will be there and what to do next."""
    found: dict[str, list[str]] = {}
    for name in ("incidents", "playbooks", "telemetry", "insights"):
        page.goto(f"/backstage/{name}")
        found |= look(page, f"first-{name}", whole=True)
    return found
