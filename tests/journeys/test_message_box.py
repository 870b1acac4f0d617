"""The message box: what is written to a channel is kept, and names are completed."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Person, open_channel
from tests.journeys.product import PASSWORD

RUNNING = "Checkout is slow"
OTHER = "Town Square"
ESCAPE_AT_ONCE = """button => { // before the page has taken away what was closed
    button.click();
    const escape = new KeyboardEvent("keydown", {key: "Escape", bubbles: true, cancelable: true});
    return !document.activeElement.dispatchEvent(escape);
}"""
SAY = """async parts => {
    const connection = document.getElementById("connection");
    document.getElementById("flash").innerHTML = "<p>The message was changed.</p>";
    do { // the page takes it away when it begins to listen, and scrolls once it was drawn
        connection.textContent = "The connection is gone.";
        for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    } while (!connection.textContent);
    return parts.map(part => document.querySelector(part).getBoundingClientRect())
        .flatMap(({ top, bottom }) => [top, bottom]);
}"""


def drafts(page: Page) -> list[str]:
    """Return what this browser keeps of messages that were not sent."""
    script = "Object.keys(localStorage).filter(key => key.startsWith('commandpost-draft'))"
    return list(page.evaluate(script))


@pytest.fixture
def ann(person: Person) -> Page:
    page = person("ann")
    page.goto("/")
    open_channel(page, RUNNING)
    return page


def test_what_is_being_written_outlives_its_page(ann: Page) -> None:
    box = ann.locator("#composer_text")
    box.fill("The pool on pay-db-2 is")

    ann.reload()
    expect(box).to_have_value("The pool on pay-db-2 is")
    open_channel(ann, OTHER)
    expect(box).to_have_value("")
    box.fill("Not for that channel")
    ann.get_by_role("link", name="Browse channels").click()
    expect(box).to_have_value("Not for that channel")
    expect(ann.locator("dialog:modal")).to_be_visible()
    ann.keyboard.press("Escape")
    expect(ann.get_by_role("dialog")).to_have_count(0)
    open_channel(ann, RUNNING)
    expect(box).to_have_value("The pool on pay-db-2 is")

    box.press("Enter")
    expect(ann.locator(".post").last).to_contain_text("The pool on pay-db-2 is")
    ann.reload()
    expect(box).to_have_value("")
    open_channel(ann, OTHER)
    expect(box).to_have_value("Not for that channel")


def test_what_was_refused_is_still_kept(ann: Page) -> None:
    box = ann.locator("#composer_text")
    box.fill("A thought that does not arrive")
    ann.context.set_offline(True)
    box.press("Enter")
    expect(ann.locator("#flash")).to_contain_text("did not answer")
    ann.context.set_offline(False)

    ann.reload()

    expect(box).to_have_value("A thought that does not arrive")


def test_lines_that_meet_no_server_are_all_given_back_or_said(ann: Page) -> None:
    box, held = ann.locator("#composer_text"), list[Route]()

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    ann.route("**/posts", hold)
    lines = ("The pool is full", "Draining it", "Who knows more?")
    for text in lines:
        box.fill(text)
        box.press("Enter")
        expect(box).to_have_value("")
    for number in range(len(lines)):
        while len(held) <= number:
            ann.wait_for_timeout(20)
        held[number].abort()

    expect(box).to_have_value("The pool is full")
    for text in ("Draining it", "Who knows more?"):
        expect(ann.locator("#flash")).to_contain_text(f"This may not have been sent: {text}")
    ann.unroute("**/posts")


def test_what_is_sent_again_since_its_answer_was_lost_is_posted_once(ann: Page) -> None:
    box, text = ann.locator("#composer_text"), "Said once, whatever the network does"

    lost = list[Route]()

    def lose_the_answer(route: Route) -> None:
        if lost or route.request.method == "GET":
            route.continue_()
            return
        lost.append(route)
        route.fetch(max_redirects=0)
        route.abort()

    ann.route("**/posts", lose_the_answer)
    box.fill(text)
    box.press("Enter")
    expect(ann.locator("#flash")).to_contain_text("The server did not answer")
    expect(box).to_have_value(text)

    with ann.expect_response(lambda answer: answer.request.method == "POST") as answer:
        box.press("Enter")
    assert answer.value.ok

    expect(box).to_have_value("")
    said = ann.locator(".post").filter(has_text=text)
    expect(said).to_have_count(1)
    ann.reload()
    expect(said).to_have_count(1)
    ann.unroute("**/posts")


def test_what_is_sent_when_ones_session_is_over_is_there_after_the_next_sign_in(
    person: Person,
) -> None:
    ben = person("ben")
    ben.goto("/")
    open_channel(ben, OTHER)
    ben.context.clear_cookies()

    ben.locator("#composer_text").fill("It was the certificate")
    ben.locator("#composer_text").press("Enter")
    ben.wait_for_url("**/sign-in*")
    ben.get_by_label("User name").fill("ben")
    ben.get_by_label("Password").fill(PASSWORD)
    ben.get_by_role("button", name="Sign in").click()

    expect(ben.get_by_role("heading", level=1)).to_have_text(OTHER)
    expect(ben.locator("#composer_text")).to_have_value("It was the certificate")


def test_an_edit_that_the_server_would_not_take_stays_until_it_does(
    person: Person,
) -> None:
    ben = person("ben")
    ben.goto("/")
    open_channel(ben, OTHER)
    ben.locator("#composer_text").fill("It was the certificates")
    ben.locator("#composer_text").press("Enter")
    expect(ben.locator(".post").last).to_contain_text("It was the certificates")
    ben.locator("#composer_text").press("ArrowUp")
    field = ben.get_by_role("dialog", name="Edit message").get_by_label("Message")
    field.fill("It was the certificate")
    said = ben.get_by_role("dialog").get_by_role("status")
    ben.context.set_offline(True)
    ben.keyboard.press("Control+Enter")
    expect(said).to_contain_text("The server does not answer. Nothing was changed")
    ben.context.set_offline(False)
    said.get_by_role("button").click()
    ben.route("**/mentions", lambda route: route.fulfill(status=502), times=1)
    field.press("Control+Enter")
    expect(said).to_contain_text("The server does not answer. Nothing was changed")
    ben.context.clear_cookies()
    field.press("Control+Enter")
    expect(said).to_contain_text("You are signed out and nothing was changed.")

    with ben.expect_popup() as opened:
        said.get_by_role("link", name="Sign in").click()
    opened.value.get_by_label("User name").fill("ben")
    opened.value.get_by_label("Password").fill(PASSWORD)
    opened.value.get_by_role("button", name="Sign in").click()
    expect(opened.value.locator("#composer_text")).to_be_visible()
    opened.value.close()
    expect(field).to_have_value("It was the certificate")
    field.press("Control+Enter")

    expect(ben.get_by_role("dialog")).to_have_count(0)
    expect(ben.locator(".post").last).to_contain_text("It was the certificate")


def test_what_is_typed_into_a_list_stays_when_ones_session_is_over(person: Person) -> None:
    ben = person("ben")
    ben.goto("/")
    open_channel(ben, RUNNING)
    field = ben.get_by_placeholder("Add an item").first
    field.fill("Call the provider")
    ben.context.clear_cookies()

    field.press("Enter")

    said = ben.get_by_text("You are signed out and nothing was changed.")
    expect(said.get_by_role("link", name="Sign in")).to_have_attribute("href", "/sign-in")
    expect(field).to_have_value("Call the provider")
    said.get_by_role("button").click()
    ben.get_by_role("checkbox", name="Post to the status page").click()
    expect(said).to_be_visible()
    expect(field).to_have_value("Call the provider")


def test_a_draft_is_its_writers_alone_and_goes_with_them(person: Person) -> None:
    ben = person("ben", fresh=True)
    ben.goto("/")
    open_channel(ben, OTHER)
    ben.locator("#composer_text").fill("Nobody else's business")
    assert len(drafts(ben)) == 1
    ben.evaluate("localStorage.setItem('commandpost-draft:another:channel', 'of another person')")

    ben.reload()
    expect(ben.locator("#composer_text")).to_have_value("Nobody else's business")
    assert len(drafts(ben)) == 1
    ben.get_by_role("button", name="Sign out").click()
    ben.wait_for_url("**/sign-in")

    assert drafts(ben) == []


def test_a_name_is_completed_from_the_keyboard(ann: Page) -> None:
    box = ann.locator("#composer_text")
    offered = ann.get_by_role("listbox", name="People").get_by_role("option")

    box.press_sequentially("Over to @")
    expect(offered.nth(0)).to_have_text("@annAnn Archer")
    expect(offered.nth(1)).to_have_text("@benBen Brook")
    expect(offered.nth(0)).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion_1")
    box.press("Enter")
    expect(box).to_have_value("Over to @ben ")

    box.press_sequentially("and @arch")
    expect(offered).to_have_count(1)
    box.press("Tab")
    expect(box).to_have_value("Over to @ben and @ann ")

    box.press_sequentially("not @be")
    expect(offered).to_have_count(1)
    box.press("Escape")
    expect(offered).to_have_count(0)
    box.press("Enter")

    expect(ann.locator(".post").last).to_contain_text("Over to @ben and @ann not @be")
    expect(ann.locator(".ephemeral")).to_contain_text("Nobody here is called @be")


@pytest.mark.parametrize("width", [1440, 360])
def test_what_is_said_covers_no_post_and_leaves_the_message_box_where_it_is(
    person: Person, width: int
) -> None:
    ann = person("ann", width=width)
    ann.goto("/")
    box = ann.locator("#composer_text")
    before = box.bounding_box()
    box.fill("/incident info 2")
    box.press("Enter")
    expect(ann.locator(".ephemeral")).to_be_visible()
    box.fill("")
    assert box.bounding_box() == before

    parts = ["#connection", ".bar h1", ".ephemeral", "#flash p", "#composer_text"]
    edges = ann.evaluate(SAY, parts)

    assert box.bounding_box() == before
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= (ann.viewport_size or {"height": 0})["height"]


@pytest.mark.parametrize(
    "text",
    [
        "/incident begin the long name",
        "/incident check 99",
        "/incident commander @nobody",
        "x" * 16_001,
    ],
)
def test_what_the_server_refuses_stays_in_the_box(ann: Page, text: str) -> None:
    box = ann.locator("#composer_text")
    box.fill(text)
    box.press("Enter")

    expect(ann.get_by_text("Only you see this")).to_be_visible()
    expect(box).to_have_value(text)


def test_what_is_written_below_found_posts_is_seen_and_is_no_draft_any_more(ann: Page) -> None:
    box = ann.locator("#composer_text")
    ann.locator("#channel_search").fill("command")
    ann.locator("#channel_search").press("Enter")
    expect(ann.get_by_text("Show all posts")).to_be_visible()

    box.fill("Said below what was found")
    box.press("Enter")

    expect(ann.locator(".post").last).to_contain_text("Said below what was found")
    expect(ann.locator("#channel_search")).to_have_value("")
    expect(box).to_have_value("")
    assert drafts(ann) == []


def test_the_last_own_message_is_edited_from_the_keyboard(ann: Page, person: Person) -> None:
    box = ann.locator("#composer_text")
    for text in ("The pol is full", "Draining it"):
        box.fill(text)
        box.press("Enter")
        expect(ann.locator(".post").last).to_contain_text(text)
    ben = person("ben")
    ben.goto(ann.url)
    ben.locator("#composer_text").fill("On it")
    ben.locator("#composer_text").press("Enter")
    expect(ann.locator(".post").last).to_contain_text("On it")
    field = ann.get_by_role("dialog", name="Edit message").get_by_label("Message")
    asked = ann.get_by_role("dialog", name="Discard changes?")

    box.press("ArrowUp")
    expect(field).to_have_value("Draining it")
    expect(field).to_be_focused()
    ann.keyboard.press("Escape")
    expect(ann.get_by_role("dialog")).to_have_count(0)
    expect(box).to_be_focused()

    box.press("ArrowUp")
    field.fill("Draining it now")
    ann.keyboard.press("Escape")
    asked.get_by_role("button", name="Keep editing").press("Enter")
    expect(field).to_have_value("Draining it now")
    ann.keyboard.press("Escape")
    ann.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(field).to_have_value("Draining it now")
    ann.keyboard.press("Escape")
    assert asked.get_by_role("button", name="Keep editing").evaluate(ESCAPE_AT_ONCE)
    asked.get_by_role("button", name="Keep editing").press("Enter")
    ann.keyboard.press("Control+Enter")
    expect(ann.locator(".post", has_text="Draining it now")).to_contain_text("edited")
    expect(box).to_be_focused()

    box.press("ArrowUp")
    field.fill("")
    field.press("Control+Enter")
    field.fill("Something else")
    ann.keyboard.press("Escape")
    asked.get_by_role("button", name="Discard changes").press("Enter")
    expect(ann.get_by_role("dialog")).to_have_count(0)
    expect(box).to_be_focused()
    expect(ann.locator(".post", has_text="Draining it now")).to_be_visible()

    box.fill("a draft")
    box.press("ArrowUp")
    expect(box).to_have_value("a draft")
    expect(ann.get_by_role("dialog")).to_have_count(0)
    box.fill("")


def test_a_text_is_selected_where_nothing_may_be_copied(ann: Page) -> None:
    ann.goto("/account")
    ann.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    ann.evaluate("""() => {
        const [text, button] = ["code", "button"].map(name => document.createElement(name));
        button.dataset.copy = text.textContent = "a-token";
        button.textContent = "Copy it";
        document.querySelector("main").append(text, button);
    }""")

    ann.get_by_role("button", name="Copy it").click()

    expect(ann.get_by_text("Press Ctrl+C to copy")).to_be_visible()
    assert ann.evaluate("String(getSelection())") == "a-token"
