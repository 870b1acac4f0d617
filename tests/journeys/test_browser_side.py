"""What scripts add to the pages, each in a real browser and without any feature around it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.looks import violations
from tests.journeys.stage import Item, Stage, staged

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.fixture
def look(browser: Browser, stage: Stage) -> Iterator[Callable[..., Page]]:
    """Open the stage in a fresh context."""
    contexts = []

    def open_stage(path: str = "/", *, javascript: bool = True, width: int = 1440) -> Page:
        context = browser.new_context(
            base_url=stage.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            timezone_id="America/Lima",  # never the zone of the server
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.goto(path)
        if javascript:
            page.wait_for_function("() => document.querySelector('#posts')._htmx")
        return page

    yield open_stage
    for context in contexts:
        context.close()


def eventually(page: Page, holds: Callable[[], object]) -> None:
    """Let the page go on until something holds."""
    for _ in range(250):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("that never came to hold")


def wait_for_listener(page: Page, stage: Stage) -> None:
    """Wait until the page listens and has caught up with what came before."""
    eventually(page, lambda: stage.listening)
    page.wait_for_timeout(250)  # longer than SETTLED_AFTER of live.js
    page.wait_for_function("() => document.querySelectorAll('.htmx-request').length === 0")


def shown(page: Page) -> dict[str, str]:
    """Return the ids of each list as the page shows them."""
    return {
        name: "".join(
            page.locator(f"#{name} .item").evaluate_all("x => x.map(e => e.dataset.item)")
        )
        for name in ("first", "second")
    }


def test_a_deed_is_seen_by_the_other_without_reloading(look: Callable[..., Page]) -> None:
    ann, ben = look(), look()

    ann.get_by_role("checkbox", name="Beta").click()

    expect(ben.get_by_role("checkbox", name="Beta")).to_be_checked()
    expect(ann.get_by_role("checkbox", name="Beta")).to_be_checked()


def test_a_change_between_page_and_stream_is_seen(look: Callable[..., Page], stage: Stage) -> None:
    stage.refuse = True
    page = look()

    stage.lists["first"][0].title = "Changed before anybody listened"
    stage.refuse = False

    expect(page.get_by_text("Changed before anybody listened", exact=True)).to_be_visible()


@pytest.mark.parametrize("leaves", [False, True])
def test_a_change_while_an_answer_is_on_its_way_is_seen(
    look: Callable[..., Page], stage: Stage, *, leaves: bool
) -> None:
    page = look("/?dialog=start" if leaves else "/")
    wait_for_listener(page, stage)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/fragment/incident", hold, times=1)
    stage.poke("incident")
    eventually(page, lambda: held)
    old = held[0].fetch()

    if leaves:
        page.get_by_label("Channel name").fill("mail")
        page.keyboard.press("Enter")
        page.wait_for_url("**/other")
    stage.find("b")[1].title = "Changed meanwhile"
    stage.poke("incident")
    held[0].fulfill(response=old)

    expect(page.get_by_text("Changed meanwhile", exact=True)).to_be_visible()


def test_what_is_being_typed_outlives_a_change(look: Callable[..., Page], stage: Stage) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.locator("#item_b summary").click()
    page.locator("#rename_b").fill("Better")
    page.locator("#new_second").fill("half a thought")

    stage.find("b")[1].title = "Renamed by another"
    stage.poke("incident")

    expect(page.get_by_text("Renamed by another", exact=True)).to_be_visible()
    assert page.locator("#rename_b").input_value() == "Better"
    assert page.locator("#new_second").input_value() == "half a thought"
    assert page.evaluate("document.activeElement.id") == "new_second"


def test_what_is_typed_into_something_removed_is_given_back(
    look: Callable[..., Page], stage: Stage
) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.locator("#item_b summary").click()
    page.locator("#rename_b").fill("Precious words")

    stage.lists["first"].pop(1)
    stage.poke("incident")

    expect(page.locator("#flash")).to_contain_text("You had written: Precious words")
    expect(page.locator("#flash p")).to_be_focused()


@pytest.mark.parametrize("ends", ["click", "Escape", "pause"])
def test_keys_meant_for_a_field_that_went_away_do_nothing(
    look: Callable[..., Page], stage: Stage, ends: str
) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.clock.set_fixed_time(NOON)
    page.locator("#item_b summary").click()
    page.locator("#rename_b").press_sequentially(" is ")

    stage.lists["first"].pop(1)
    stage.poke("incident")
    expect(page.locator("#rename_b")).to_have_count(0)
    expect(page.locator("#flash p")).to_be_focused()
    page.keyboard.type("checked ?")
    page.keyboard.press("Enter")

    expect(page.locator("#flash p")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.locator("[data-composer] textarea").input_value() == ""
    if ends == "click":
        page.locator("#flash p").click(position={"x": 5, "y": 5})
    elif ends == "Escape":
        page.keyboard.press("Escape")
    else:
        page.clock.set_fixed_time(NOON + timedelta(seconds=3))
    page.keyboard.press("c")
    expect(page.locator("[data-composer] textarea")).to_be_focused()


def test_who_had_not_begun_to_type_in_what_was_removed_is_left_at_the_content(
    look: Callable[..., Page], stage: Stage
) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.locator("#item_b summary").click()
    page.locator("#rename_b").focus()

    stage.lists["first"].pop(1)
    stage.poke("incident")
    expect(page.locator("#rename_b")).to_have_count(0)
    page.keyboard.press("c")

    expect(page.locator("#content")).to_be_focused()
    expect(page.locator("#flash p")).to_have_count(0)


def test_renaming_shows_the_new_name_in_its_field_too(look: Callable[..., Page]) -> None:
    page = look()
    page.locator("#item_b summary").click()
    page.locator("#rename_b").fill("Better")
    page.locator("#rename_b").press("Enter")

    expect(page.get_by_role("checkbox", name="Better")).to_be_visible()
    expect(page.locator("#item_b details")).not_to_have_attribute("open", "")
    assert page.locator("#rename_b").input_value() == "Better"


def test_lines_sent_faster_than_they_are_answered_all_arrive_once_in_order(
    look: Callable[..., Page], stage: Stage
) -> None:
    page = look()
    lines = [f"line {number}" for number in range(12)]

    for line in lines:
        page.locator("#composer_text").fill(line)
        page.locator("#composer_text").press("Enter")

    expect(page.locator(".post")).to_have_count(13)
    assert stage.posts == ["Hello", *lines]
    assert len(set(stage.keys)) == len(lines)
    assert page.locator("#composer_text").input_value() == ""


def test_a_refused_line_is_explained_and_given_back(look: Callable[..., Page]) -> None:
    page = look()

    page.locator("#composer_text").fill("forbidden")
    page.locator("#composer_text").press("Enter")

    expect(page.locator("#flash")).to_contain_text("Only members write here.")
    assert page.locator("#composer_text").input_value() == "forbidden"


def test_shift_enter_makes_a_line(look: Callable[..., Page], stage: Stage) -> None:
    page = look()

    page.locator("#composer_text").press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    page.locator("#composer_text").press_sequentially("two")
    page.keyboard.press("Enter")

    expect(page.locator(".post")).to_have_count(2)
    assert stage.posts == ["Hello", "one\ntwo"]


def test_a_slash_lists_commands_and_tab_takes_one(look: Callable[..., Page]) -> None:
    page = look()

    page.locator("#composer_text").press_sequentially("/inc")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")

    assert page.locator("#composer_text").input_value() == "/incident end "
    assert violations(page) == []


def test_a_command_opens_a_dialog_that_keeps_what_was_refused(look: Callable[..., Page]) -> None:
    page = look()
    page.locator("#composer_text").fill("/incident start")
    page.locator("#composer_text").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.get_by_label("Channel name").fill("x")
    page.keyboard.press("Enter")

    expect(page.get_by_text("A name has at least 2 characters.")).to_be_visible()
    assert page.get_by_label("Channel name").input_value() == "x"
    assert page.get_by_role("dialog").evaluate("dialog => dialog.matches(':modal')")
    assert violations(page) == []


@pytest.mark.parametrize(("name", "path"), [("mail", "/other"), ("partly", "/partly")])
def test_an_accepted_dialog_leads_to_its_whole_page(
    look: Callable[..., Page], name: str, path: str
) -> None:
    page = look("/?dialog=start")

    page.get_by_label("Channel name").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#posts")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#posts")).to_be_visible()


def test_escape_closes_a_dialog_and_its_address(look: Callable[..., Page], stage: Stage) -> None:
    page = look("/?dialog=start")

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == f"{stage.url}/"


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (["Alt+ArrowDown"], {"first": "bac", "second": "d"}),
        (["Space", "ArrowDown", "ArrowDown", "Space"], {"first": "bca", "second": "d"}),
        (["Space", *["ArrowDown"] * 4, "Space"], {"first": "bc", "second": "da"}),
        (["Alt+End"], {"first": "bca", "second": "d"}),
        (["Space", "End", "Home", "End", "Space"], {"first": "bca", "second": "d"}),
        (["Space", "ArrowDown", "Escape"], {"first": "abc", "second": "d"}),
    ],
)
def test_items_are_moved_by_keyboard(
    look: Callable[..., Page], stage: Stage, keys: list[str], order: dict[str, str]
) -> None:
    page = look()
    page.locator("#item_a [data-grip]").focus()

    for key in keys:
        page.keyboard.press(key)

    eventually(page, lambda: stage.order() == order == shown(page))
    assert page.evaluate("document.activeElement.closest('li').id") == "item_a"


def test_items_are_dragged_between_lists(look: Callable[..., Page], stage: Stage) -> None:
    page = look()
    page.locator("#item_a").hover()
    grip = page.locator("#item_a [data-grip]").bounding_box()
    goal = page.locator("#item_d").bounding_box()
    assert grip
    assert goal

    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(goal["x"] + 30, goal["y"] + goal["height"] - 2, steps=8)
    page.mouse.up()

    eventually(page, lambda: stage.order() == {"first": "bc", "second": "da"} == shown(page))


def test_an_item_that_is_held_at_the_edge_of_its_pane_scrolls_it(
    look: Callable[..., Page], stage: Stage
) -> None:
    stage.lists["first"][1:1] = [Item(f"x{number}", f"Item {number}") for number in range(60)]
    page = look()
    last = page.locator("#item_c")
    page.locator("#item_a").hover()
    grip = page.locator("#item_a [data-grip]").bounding_box()
    assert grip

    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, 790)
    expect(page.locator("#new_second")).to_be_in_viewport()
    goal = last.bounding_box()
    assert goal
    page.mouse.move(grip["x"] + 8, goal["y"] + goal["height"] - 2)
    page.mouse.up()

    eventually(page, lambda: [each.id for each in stage.lists["first"]][-2:] == ["c", "a"])


def test_an_answer_on_its_way_leaves_a_held_item_in_the_hand(
    look: Callable[..., Page], stage: Stage
) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.locator("#item_a [data-grip]").focus()

    stage.lists["first"].pop(1)
    page.evaluate(  # both at once: no answer comes in between
        "document.querySelector('#incident').dispatchEvent(new CustomEvent('live'));"
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: ' ', bubbles: true}))"
    )
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(150)
    held = shown(page)
    page.keyboard.press("Escape")

    assert held == {"first": "bac", "second": "d"}
    eventually(page, lambda: shown(page) == {"first": "ac", "second": "d"})


def test_a_change_waits_while_an_item_is_held(look: Callable[..., Page], stage: Stage) -> None:
    page = look()
    wait_for_listener(page, stage)
    page.locator("#item_a [data-grip]").focus()
    page.keyboard.press("Space")

    stage.lists["second"].append(stage.lists["first"].pop(1))
    stage.poke("incident")
    page.wait_for_timeout(150)
    held = shown(page)
    page.keyboard.press("Escape")

    assert held == {"first": "abc", "second": "d"}
    expect(page.locator("#second .item")).to_have_count(2)


def test_a_lost_stream_is_said_and_comes_back_with_what_was_missed(
    look: Callable[..., Page], stage: Stage
) -> None:
    page = look()
    wait_for_listener(page, stage)

    stage.refuse = True
    stage.cut()
    expect(page.locator("#connection")).to_contain_text("The connection is gone")
    stage.lists["first"][0].title = "Changed meanwhile"
    stage.refuse = False

    expect(page.get_by_text("Changed meanwhile", exact=True)).to_be_visible(timeout=10_000)
    expect(page.locator("#connection")).to_have_text("")


@pytest.mark.parametrize(
    "fail",
    [lambda route: route.fulfill(status=503), lambda route: route.abort()],
    ids=["the server can't", "nobody answers"],
)
def test_a_change_that_could_not_be_fetched_is_fetched_again_and_said(
    look: Callable[..., Page], stage: Stage, fail: Callable[[Route], None]
) -> None:
    page = look()
    wait_for_listener(page, stage)

    page.route("**/fragment/*", fail)
    stage.lists["first"][0].title = "Changed meanwhile"
    stage.poke("incident")
    expect(page.locator("#connection")).to_contain_text("could not show what changed")
    before = page.get_by_text("Changed meanwhile", exact=True).count()
    page.unroute("**/fragment/*")

    expect(page.get_by_text("Changed meanwhile", exact=True)).to_be_visible(timeout=10_000)
    expect(page.locator("#connection")).to_have_text("")
    assert before == 0


def test_a_count_that_could_not_be_fetched_is_fetched_again_in_a_hidden_tab_too(
    look: Callable[..., Page], stage: Stage
) -> None:
    page, asked = look(), list[Route]()
    wait_for_listener(page, stage)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")

    def answer(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.fulfill(json={"mentions": 2})
        else:
            route.fulfill(status=503)

    page.route("**/mentions*", answer)
    stage.poke("mentions:ann")

    expect(page).to_have_title("(2) Stage · Commandpost")
    assert len(asked) == 2
    expect(page.locator("#connection")).to_have_text("")


def test_new_regions_are_listened_to(look: Callable[..., Page], stage: Stage) -> None:
    page = look()
    wait_for_listener(page, stage)

    page.evaluate("document.querySelector('#flash').dataset.topics = 'one more'")

    wanted = [{"incident", "more", "one", "posts", "user:ann", "mentions:ann"}]
    eventually(page, lambda: list(stage.listening.values()) == wanted)


def test_posts_stay_at_their_end_unless_the_reader_scrolled_up(
    look: Callable[..., Page], stage: Stage
) -> None:
    stage.posts[:] = [f"post {number}" for number in range(60)]
    page = look()
    wait_for_listener(page, stage)
    page.wait_for_function(
        "() => (e => e.scrollHeight - e.scrollTop - e.clientHeight < 1)"
        "(document.querySelector('#posts'))"
    )

    stage.posts.append("at the end")
    stage.poke("posts")
    expect(page.get_by_text("at the end")).to_be_in_viewport()
    page.locator("#posts").evaluate("posts => posts.scrollTo(0, 0)")
    page.wait_for_timeout(100)
    stage.posts.append("out of sight")
    del stage.posts[0]  # no more than so many are shown
    stage.poke("posts")

    expect(page.get_by_role("button", name="1 new post")).to_be_visible()
    assert page.locator("#posts").evaluate("posts => posts.scrollTop") == 0
    page.get_by_role("button", name="1 new post").click()
    expect(page.get_by_text("out of sight")).to_be_in_viewport()
    expect(page.get_by_role("button", name="1 new post")).to_have_count(0)


def test_times_are_local_with_utc_on_hover(look: Callable[..., Page]) -> None:
    time = look().locator(".post time").first

    assert time.inner_text() == "Nov 24, 07:00" or time.inner_text() == "07:00"
    assert time.get_attribute("title") == "2026-11-24 12:00:00 UTC"


def test_keys_open_the_sheet_and_can_be_switched_off(look: Callable[..., Page]) -> None:
    page = look()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Shortcuts of a single key").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")

    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_palette_goes_where_its_letters_say(look: Callable[..., Page]) -> None:
    page = look()

    page.keyboard.press("Control+k")
    page.keyboard.type("rel")
    assert violations(page) == []
    page.keyboard.press("Enter")

    page.wait_for_url("**/other")


def test_without_scripts_everything_is_a_form(look: Callable[..., Page], stage: Stage) -> None:
    page = look(javascript=False)

    page.get_by_role("checkbox", name="Beta").click()
    page.locator("#new_second").fill("Epsilon")
    page.locator("#new_second").press("Enter")
    page.locator("#composer_text").fill("Plain")
    page.get_by_role("button", name="Send").click()
    page.goto("/?dialog=start")
    page.get_by_label("Channel name").fill("x")
    page.get_by_role("button", name="Start incident").click()

    expect(page.get_by_text("A name has at least 2 characters.")).to_be_visible()
    assert stage.find("b")[1].checked
    assert [item.title for item in stage.lists["second"]] == ["Delta", "Epsilon"]
    assert stage.posts == ["Hello", "Plain"]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_phone_has_a_drawer_and_tabs(look: Callable[..., Page], *, javascript: bool) -> None:
    page = look(javascript=javascript, width=360)
    expect(page.locator("#rail")).to_be_hidden()
    expect(page.locator("#sidebar")).to_be_hidden()

    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="releases")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Incident").click()

    expect(page.locator("#sidebar")).to_be_visible()
    expect(page.locator("#content")).to_be_hidden()
