"""Texts that nobody expects: very long words, other scripts, markup. No page breaks on them."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Person, open_channel
from tests.journeys.looks import look
from tests.journeys.product import Product

NAME = "W" * 64
FULL_NAME = "Maximiliane von und zu Hohenstaufen-Wittgenstein"
TITLES = (
    "x" * 256,
    "مرحبا بالعالم هذا نص طويل من اليمين إلى اليسار",
    "<b>bold</b> `tick` %s &amp;",
)
POSTS = (
    "w" * 400,
    "```\n" + "code " * 60 + "\n```",
    "| a | b |\n|---|---|\n| " + "cell" * 30 + " | 2 |",
    "# Heading\n\n- one\n- two\n\n> quote\n\nhttps://example.org/" + "long" * 40,
    "مرحبا بالعالم",
    "![x](http://example.org/b.png) <script>",
)


class Api:
    """The REST routes, called with the session of a page."""

    def __init__(self, page: Page, product: Product) -> None:
        self._request = page.request
        self._headers = {"Origin": product.url}

    def post(self, path: str, data: dict[str, str]) -> dict[str, Any]:
        answer = self._request.post(f"/api/v1{path}", headers=self._headers, data=data)
        assert answer.status == 201, answer.text()
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
def odd(person: Person, product: Product) -> Page:
    """Ann, in the channel of an incident that holds such texts."""
    page = person("ann")
    api = Api(page, product)
    page.request.patch(
        "/api/v1/users/me", headers={"Origin": product.url}, data={"display_name": FULL_NAME}
    )
    teams = page.request.get("/api/v1/teams").json()["items"]
    made = api.post("/incidents", {"team_id": teams[0]["id"], "name": NAME})
    checklists = f"/incidents/{made['id']}/checklists"
    changed = api.post(checklists, {"title": "L" * 100})
    for title in TITLES:
        api.post(f"{checklists}/{changed['id']}/items", {"title": title})
    page.goto("/")
    open_channel(page, NAME)
    channel = page.url.rsplit("/", 1)[1]
    for text in POSTS:
        api.post(f"/channels/{channel}/posts", {"message": text})
    expect(page.locator(".post")).to_have_count(len(POSTS) + 1)
    return page


def test_odd_texts_break_no_page(odd: Page) -> None:
    for title in TITLES:
        expect(odd.locator(".item-title", has_text=title)).to_have_count(1)
    channel = odd.url
    details = odd.get_by_role("link", name="Details").get_attribute("href") or ""

    odd.get_by_role("checkbox", name=TITLES[0]).click()
    expect(odd.locator("#sidebar .item-note")).to_contain_text(FULL_NAME)
    sidebar = odd.locator("#sidebar").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert sidebar, "the sidebar scrolls sideways"
    odd.set_viewport_size({"width": 1440, "height": 300})
    fits = odd.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert fits, "what is below the foot of the sidebar makes the page scroll"

    odd.set_viewport_size({"width": 360, "height": 740})
    odd.goto(channel)
    head, body = (
        odd.locator(f".post {part} > *").last.bounding_box() for part in ("thead", "tbody")
    )
    assert head
    assert body
    assert (head["width"], head["x"]) == (body["width"], body["x"]), "the table lost its headings"
    odd.goto(f"{channel}?show=browse")
    row = odd.get_by_role("dialog").locator("li", has_text=NAME)
    icon, name = (row.locator(part).bounding_box() for part in ("svg", "a"))
    assert icon
    assert name
    assert name["x"] > icon["x"] + icon["width"], "the name stands below its icon"

    odd.set_viewport_size({"width": 1440, "height": 900})
    found = look(odd, "odd-channel")
    odd.goto(channel + "#sidebar")
    found |= look(odd, "odd-sidebar")
    odd.goto(details)
    found |= look(odd, "odd-incident", whole=True)
    odd.goto("/backstage/incidents")
    found |= look(odd, "odd-incidents", whole=True)

    assert found == {}
