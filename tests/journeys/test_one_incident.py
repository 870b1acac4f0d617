"""One incident from the slash command to the dashboard, by three people in three browsers."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Person, open_channel
from tests.journeys.product import Product

NAME = "Payments are down"


def say(page: Page, text: str) -> None:
    page.locator("#composer_text").fill(text)
    page.locator("#composer_text").press("Enter")


def checkbox(page: Page, title: str) -> Locator:
    return page.get_by_role("checkbox", name=title, exact=True)


def item(page: Page, title: str) -> Locator:
    return page.locator(".item").filter(has=checkbox(page, title))


def titles(page: Page) -> list[str]:
    """Return the titles of the first checklist in order."""
    return page.locator(".items").first.locator(".item-title").all_inner_texts()


def first_checklist(page: Page) -> Locator:
    return page.locator(".items").first.locator(".item-title")


def start(page: Page, name: str) -> str:
    """Start an incident by the dialog that is open; return the address of its channel."""
    before = page.url
    page.get_by_label("Incident name").fill(name)
    page.get_by_label("Playbook").select_option(index=1)
    page.get_by_role("button", name="Start incident").click()
    page.wait_for_url(lambda address: "/channels/" in address and address != before)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def invite(page: Page, username: str) -> None:
    page.locator(".talk > .bar summary").click()
    page.locator(".bar").get_by_role("link", name="Members", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Invite").select_option(username)
    dialog.get_by_role("button", name="Add to the channel").click()
    expect(dialog.locator("ul")).to_contain_text(f"@{username}")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def numbers(page: Page, product: Product) -> tuple[int, int, int]:
    """Return incidents started, incidents ended and items checked, as Insights shows them."""
    product.run("commandpost-telemetry", "sync", "--now")
    page.goto("/backstage/insights")
    started, ended = (
        int(page.locator(".tile", has_text=label).locator("strong").inner_text())
        for label in ("Incidents started", "Incidents ended")
    )
    tile = page.locator(".tile", has_text="Items checked per incident").inner_text()
    checked = re.search(r"(\d+) checked", tile)
    assert checked, tile
    return started, ended, int(checked[1])


def test_an_unknown_command_is_answered_to_its_writer_alone(person: Person) -> None:
    ann, ben = person("ann"), person("ben")
    for page in (ann, ben):
        page.goto("/")
        open_channel(page, "Town Square")

    say(ann, "/incident nonsense")
    expect(ann.locator(".ephemeral")).to_contain_text("/incident start")
    say(ann, "Good morning")

    expect(ben.locator(".post").last).to_contain_text("Good morning")
    expect(ben.locator(".ephemeral")).to_have_count(0)


def test_posts_are_markdown_and_nothing_more(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    open_channel(ann, "Town Square")

    say(ann, "**bold** <script>alert(1)</script> <img src=x onerror=alert(1)>")

    last = ann.locator(".post").last
    expect(last.locator("strong")).to_have_text("bold")
    expect(last).to_contain_text("<script>")
    assert last.locator("script, img").count() == 0


def test_one_incident_from_the_slash_command_to_the_dashboard(
    person: Person, product: Product
) -> None:
    ann, ben, cid = person("ann"), person("ben"), person("cid")
    before = numbers(ann, product)
    for page in (ann, ben):
        page.goto("/")
        open_channel(page, "Town Square")

    say(ann, "/incident start")
    ann.get_by_label("Incident name").fill("x")
    ann.get_by_label("Incident name").evaluate("field => field.form.noValidate = true")
    ann.get_by_role("button", name="Start incident").click()
    expect(ann.get_by_role("dialog").locator(".error")).to_be_visible()
    channel = start(ann, NAME)
    expect(ann.locator(".post").first).to_contain_text("Incident started by @ann")
    expect(ann.locator("#sidebar")).to_contain_text("Ann Archer")
    expect(ann.locator("#sidebar")).to_contain_text("Ongoing")

    invite(ann, "ben")
    open_channel(ben, NAME)
    work_on_the_checklist(ann, ben)

    assert cid.goto(channel).status == 404  # type: ignore[union-attr]  # a page answers
    cid.goto("/")
    assert NAME not in cid.content()

    item_id = item(ann, "Find the last change").get_attribute("data-item")
    incident_id = re.search("/incidents/([a-z0-9]{26})", ann.content())
    assert incident_id
    say(ann, "/incident end")
    expect(ann.get_by_role("dialog")).to_contain_text("End this incident?")
    ann.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(ann.locator("#sidebar")).to_contain_text("Ended")
    expect(ben.locator("#sidebar")).to_contain_text("Ended")
    refused = ben.request.post(
        f"/incidents/{incident_id[1]}/items/{item_id}/check", headers={"Origin": product.url}
    )
    assert refused.status == 409
    assert "ended" in refused.text()

    after = numbers(ann, product)
    assert [later - sooner for sooner, later in zip(before, after, strict=True)] == [1, 1, 2]


def work_on_the_checklist(ann: Page, ben: Page) -> None:
    """Every kind of change, each seen by the other without reloading."""
    ann.get_by_label("New item of First fifteen minutes").fill("Call the bank")
    ann.keyboard.press("Enter")
    expect(first_checklist(ben)).to_contain_text(["Call the bank"])

    item(ben, "Call the bank").locator("summary").click()
    item(ben, "Call the bank").get_by_label("Title").fill("Call both banks")
    ben.keyboard.press("Enter")
    expect(checkbox(ann, "Call both banks")).to_be_visible()

    checkbox(ann, "Call both banks").click()
    expect(checkbox(ben, "Call both banks")).to_be_checked()
    checkbox(ben, "Call both banks").click()
    expect(checkbox(ann, "Call both banks")).not_to_be_checked()
    for title in ("Page the on-call of the service", "Post to the status page"):
        checkbox(ben, title).click()
        expect(checkbox(ann, title)).to_be_checked()

    move_by_keyboard_and_by_hand(ann, ben)

    item(ann, "Call both banks").locator("summary").click()
    item(ann, "Call both banks").get_by_role("button", name="Remove").click()
    expect(checkbox(ben, "Call both banks")).to_have_count(0)
    ann.get_by_role("button", name="Undo").click()
    expect(checkbox(ben, "Call both banks")).to_be_visible()


def move_by_keyboard_and_by_hand(ann: Page, ben: Page) -> None:
    order = titles(ann)
    item(ann, order[-1]).locator("[data-grip]").focus()
    ann.keyboard.press("Alt+ArrowUp")
    order.insert(len(order) - 2, order.pop())
    expect(first_checklist(ben)).to_have_text(order)

    item(ben, order[0]).hover()
    grip = item(ben, order[0]).locator("[data-grip]").bounding_box()
    goal = item(ben, order[2]).bounding_box()
    assert grip
    assert goal
    ben.mouse.move(grip["x"] + 8, grip["y"] + 8)
    ben.mouse.down()
    ben.mouse.move(goal["x"] + 60, goal["y"] + goal["height"] - 3, steps=8)
    ben.mouse.up()
    order.insert(2, order.pop(0))
    expect(first_checklist(ann)).to_have_text(order)


def test_the_same_way_without_scripts(person: Person) -> None:
    ben = person("ben", javascript=False)
    ben.goto("/")
    open_channel(ben, "Town Square")

    ben.locator("#composer_text").fill("/incident start")
    ben.get_by_role("button", name="Send").click()
    start(ben, "Mail is late")

    ben.get_by_label("New item of First fifteen minutes").fill("Ask the provider")
    ben.keyboard.press("Enter")
    item(ben, "Ask the provider").locator("summary").click()
    item(ben, "Ask the provider").get_by_role("button", name="Move up").click()
    assert titles(ben)[-2] == "Ask the provider"
    item(ben, "Ask the provider").locator("summary").click()
    item(ben, "Ask the provider").get_by_role("button", name="To the start").click()
    assert titles(ben)[0] == "Ask the provider"
    checkbox(ben, "Ask the provider").click()
    expect(checkbox(ben, "Ask the provider")).to_be_checked()
    checkbox(ben, "Ask the provider").click()
    expect(checkbox(ben, "Ask the provider")).not_to_be_checked()
    item(ben, "Ask the provider").locator("summary").click()
    item(ben, "Ask the provider").get_by_label("Title").fill("Ask both providers")
    item(ben, "Ask the provider").get_by_role("button", name="Rename").click()
    item(ben, "Ask both providers").locator("summary").click()
    item(ben, "Ask both providers").get_by_role("button", name="Remove").click()
    expect(checkbox(ben, "Ask both providers")).to_have_count(0)
    ben.get_by_role("link", name="End incident").click()
    ben.get_by_role("button", name="End incident").click()

    expect(ben.locator("#sidebar")).to_contain_text("Ended")
    expect(ben.locator("#sidebar").get_by_role("button", name="Restart incident")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_signing_out_ends_it(person: Person, *, javascript: bool) -> None:
    ben = person("ben", javascript=javascript, fresh=True)
    ben.goto("/")

    ben.get_by_role("button", name="Sign out").click()
    ben.wait_for_url("**/sign-in")
    ben.goto("/")

    expect(ben.get_by_role("heading", level=1)).to_have_text("Sign in to Commandpost")
