"""Changes reach every open page, and a page that can hear nothing more says so."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.journeys.conftest import Person, open_channel
from tests.journeys.test_one_incident import say

RUNNING = "Checkout is slow"
COUNT_ANSWERS = """() => {
    window.answers = 0;
    document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
        if (ctx.sourceEvent?.type !== "live") window.answers += 1;
    });
}"""
NOTE_THE_END = """address => {
    document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
        if (ctx.request.action.endsWith(address)) window.hasEnded = true;
    });
}"""
TABS = 20  # more than the connections that a browser keeps to one server


def open_incident(page: Page) -> Page:
    page.goto("/")
    open_channel(page, RUNNING)
    return page


def tick(page: Page, title: str) -> None:
    page.get_by_role("checkbox", name=title).click()


@pytest.fixture
def tabs(person: Person) -> Iterator[Callable[[str, int], list[Page]]]:
    """Open so many tabs of one browser at the running incident."""
    opened: list[Page] = []

    def open_tabs(name: str, count: int) -> list[Page]:
        first = open_incident(person(name, fresh=True))
        more = [first.context.new_page() for _ in range(count - 1)]
        for page in more:
            page.goto(first.url, wait_until="domcontentloaded")
        opened.extend(more)
        return [first, *more]

    yield open_tabs
    for page in opened:
        page.close()


def test_twenty_tabs_of_one_browser_all_see_a_change(
    person: Person, tabs: Callable[[str, int], list[Page]]
) -> None:
    ann, pages = open_incident(person("ann")), tabs("ben", TABS)

    tick(ann, "Find the last change")

    for page in pages:
        expect(page.get_by_role("checkbox", name="Find the last change")).to_be_checked()


def test_the_list_in_the_sidebar_and_the_rail_follow(person: Person) -> None:
    ann, ben = open_incident(person("ann")), person("ben")
    ben.goto("/")
    open_channel(ben, "Town Square")
    expect(ben.locator("#sidebar")).to_contain_text(RUNNING)

    ann.locator("#composer_text").fill("/incident end")
    ann.locator("#composer_text").press("Enter")
    ann.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(ben.locator("#sidebar")).not_to_contain_text(RUNNING)
    ann.locator("#sidebar").get_by_role("button", name="Restart incident").click()

    expect(ben.locator("#sidebar")).to_contain_text(RUNNING)


def test_who_signs_out_in_one_tab_is_told_in_the_others(
    tabs: Callable[[str, int], list[Page]],
) -> None:
    here, there = tabs("ben", 2)

    here.get_by_role("button", name="Sign out").click()

    expect(there.locator("#connection")).to_contain_text("You are signed out")
    tick(there, "Post to the status page")
    there.wait_for_url("**/sign-in*")


def test_two_people_who_rename_one_item_see_both_titles_and_choose(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    for page, title in ((ann, "Ann's title"), (ben, "Ben's title")):
        page.locator("summary[title='Change: Decide: roll back or forward']").click()
        page.locator("details[open] .menu-form input[name=title]").fill(title)

    ben.locator("details[open] .menu-form").get_by_role("button", name="Rename").click()
    expect(ann.get_by_role("checkbox", name="Ben's title")).to_be_visible()
    ann.locator("details[open] .menu-form").get_by_role("button", name="Rename").click()

    dialog = ann.get_by_role("dialog", name="The title was not saved")
    expect(dialog).to_contain_text("Ben's title")
    expect(dialog.get_by_label("Yours")).to_have_value("Ann's title")
    expect(dialog.get_by_role("link", name="Keep theirs")).to_be_focused()
    expect(ben.get_by_role("checkbox", name="Ben's title")).to_be_visible()
    dialog.get_by_role("button", name="Save mine").click()
    expect(ben.get_by_role("checkbox", name="Ann's title")).to_be_visible()
    expect(ann.get_by_role("checkbox", name="Ann's title")).to_be_visible()


def test_what_is_asked_about_an_incident_follows_what_others_do_to_it(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    side, choices, ending = (
        ann.locator("#sidebar"),
        ann.get_by_role("dialog"),
        ben.get_by_role("dialog"),
    )
    side.get_by_role("link", name="Change", exact=True).click()
    ben.locator("#sidebar").get_by_role("link", name="End incident").click()
    expect(choices.get_by_role("status")).to_have_text("Commander now: @ann")

    for name in ("ben", "ann"):
        ben.request.post(
            f"/api/v1{urlsplit(ben.url).path}/commands",
            data={"command": f"/incident commander @{name}"},
            headers={"Origin": ben.evaluate("location.origin")},
        )
        expect(choices.get_by_role("status")).to_have_text(f"Commander now: @{name}")
    ann.keyboard.press("Escape")
    side.get_by_role("link", name="End incident").click()
    ann.get_by_role("dialog").get_by_role("button", name="End incident").click()

    expect(ending.get_by_role("alert")).to_contain_text("This incident has ended already")
    expect(ending.get_by_role("link", name="Close").last).to_be_focused()
    side.get_by_role("button", name="Restart incident").click()
    expect(ending.get_by_role("button", name="End incident")).to_be_focused()


def test_who_is_about_to_leave_or_to_hand_over_sees_what_others_do_meanwhile(
    person: Person,
) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    asked, search = ben.get_by_role("dialog"), ben.get_by_role("searchbox", name="people")

    def command(line: str) -> None:
        answer = ann.request.post(
            f"/api/v1{urlsplit(ann.url).path}/commands",
            data={"command": line},
            headers={"Origin": ann.evaluate("location.origin")},
        )
        assert answer.ok

    ben.locator(".talk > .bar summary").click()
    ben.locator(".bar").get_by_role("link", name="Leave").click()
    expect(asked).to_contain_text("Leave this channel?")
    expect(asked).not_to_contain_text("You command")
    command("/incident commander @ben")
    expect(asked.get_by_role("link", name="Hand over command first")).to_be_visible()
    command("/incident commander @ann")
    expect(asked).not_to_contain_text("You command")
    ben.keyboard.press("Escape")

    ben.locator("#sidebar").get_by_role("link", name="Change", exact=True).click()
    expect(search).to_be_focused()
    end(ann)
    expect(asked.get_by_role("link", name="Close").last).to_be_focused()
    expect(search).to_be_hidden()
    ann.locator("#sidebar").get_by_role("button", name="Restart incident").click()
    expect(search).to_be_visible()


def end(page: Page) -> None:
    page.locator("#sidebar").get_by_role("link", name="End incident").click()
    page.get_by_role("dialog").get_by_role("button", name="End incident").click()


def test_a_refusal_is_said_in_the_dialog_that_it_answers(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    ben.locator("#composer_text").fill("/incident end")
    ben.locator("#composer_text").press("Enter")
    asked = ben.get_by_role("dialog").get_by_role("button", name="End incident")
    expect(asked).to_be_focused()

    ann.locator("#sidebar").get_by_role("link", name="End incident").click()
    ann.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(ben.locator("#sidebar")).to_contain_text("Restart incident")
    asked.click()

    said = ben.get_by_role("dialog").get_by_role("status")
    expect(said).to_contain_text("This incident has ended already")
    ann.locator("#sidebar").get_by_role("button", name="Restart incident").click()
    expect(ben.locator("#sidebar")).to_contain_text("End incident")


def test_who_is_brought_in_sees_the_incident_at_once_and_who_looks_at_the_members_sees_them(
    person: Person,
) -> None:
    ann, ben = person("ann"), person("ben")
    ann.goto("/")
    origin = {"Origin": ann.evaluate("location.origin")}
    ask = ann.request
    team_id = ask.get("/api/v1/teams").json()["items"][0]["id"]
    wanted = {"team_id": team_id, "name": "Pager is silent"}
    made = ask.post("/api/v1/incidents", data=wanted, headers=origin).json()
    ben.goto("/")
    open_channel(ben, "Town Square")
    ben.locator("#sidebar").get_by_role("link", name="Pager is silent").click()
    expect(ben.locator("#sidebar")).to_contain_text("You are not in this incident's channel")
    members = f"/channels/{made['channel_ids'][0]}?show=members"
    ann.goto(members)
    there = ann.context.new_page()
    there.goto(members)
    chosen = ann.get_by_role("dialog").get_by_label("Invite")

    chosen.select_option("ben")
    abe = ask.post("/api/v1/users", data={"username": "abe"}, headers=origin).json()
    ask.put(f"/api/v1/teams/{team_id}/members/{abe['id']}", headers=origin)
    expect(chosen.get_by_role("option")).to_have_text(
        ["Choose somebody", "abe (@abe)", "Ben Brook (@ben)"]
    )
    expect(chosen).to_have_value("ben")
    there.get_by_role("dialog").get_by_label("Invite").select_option("ben")
    there.get_by_role("button", name="Add to the channel").click()

    expect(ann.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)
    expect(chosen.get_by_role("option")).to_have_text(["Choose somebody", "abe (@abe)"])
    expect(chosen).to_have_value("")
    rail = ben.locator("#channel_list")
    expect(rail.get_by_role("link", name="Pager is silent")).to_be_visible()
    expect(ben.locator("#sidebar")).to_contain_text("Go to the incident's channel")
    there.close()


def test_a_mention_shows_in_the_title_until_it_is_read(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    ann.goto("/backstage/playbooks")
    expect(ann).to_have_title("Playbooks · Commandpost")

    ben.locator("#composer_text").fill("@ann the pool is full")
    ben.locator("#composer_text").press("Enter")

    expect(ann).to_have_title("(1) Playbooks · Commandpost")
    ann.goto("/")
    open_channel(ann, RUNNING)
    expect(ann).to_have_title(f"{RUNNING} · Commandpost")
    ann.goto("/backstage/playbooks")
    expect(ann).to_have_title("Playbooks · Commandpost")


def test_what_waits_shows_beside_the_menu_of_a_phone(person: Person) -> None:
    ann, ben = person("ann", width=360), open_incident(person("ben"))
    ann.goto("/")
    unread = "links => links.map(link => link.getAttribute('href'))"
    for address in ann.locator("#rail a.unread").evaluate_all(unread):
        ann.goto(address)
    town = ann.locator("#rail").get_by_role("link", name="Town Square", include_hidden=True)
    ann.goto(town.get_attribute("href") or "")
    menu = ann.get_by_role("button", name="Menu")
    expect(menu).to_have_css("content", "none", pseudo="after")

    say(ben, "the pool is full")
    expect(menu).to_have_css("content", '""', pseudo="after")
    say(ben, "@ann look")
    expect(menu).to_have_accessible_name("Menu 1 unread mentions")

    expect(menu.locator(".count")).to_be_visible()
    expect(menu).to_have_css("content", "none", pseudo="after")
    menu.click()
    ann.locator("#rail").get_by_role("link", name=RUNNING).click()
    expect(menu).to_have_accessible_name("Menu")


def test_the_line_above_what_is_new_stays_where_it_is_until_one_leaves(person: Person) -> None:
    ann, ben = open_incident(person("ann")), person("ben")
    ben.goto("/backstage/playbooks")
    below = ben.locator("#new_posts ~ .post").first
    line = ben.locator("#new_posts")

    def write(page: Page, text: str) -> None:
        page.locator("#composer_text").fill(text)
        page.locator("#composer_text").press("Enter")
        for each in (ann, ben):
            expect(each.locator(".post").filter(has_text=text)).to_be_visible()

    ann.locator("#composer_text").fill("The first that he missed")
    ann.locator("#composer_text").press("Enter")
    expect(ben).to_have_title("Playbooks · Commandpost")
    open_incident(ben)
    expect(below).to_contain_text("The first that he missed")
    write(ann, "He sees it come")
    wait_until_read(ben)
    write(ann, "Another that he sees come")
    expect(below).to_contain_text("The first that he missed")
    write(ben, "His own")
    expect(below).to_contain_text("The first that he missed")
    ben.get_by_role("link", name="2 members").click()
    ben.get_by_role("dialog").press("Escape")
    expect(below).to_contain_text("The first that he missed")

    set_hidden(ben, hidden=True)
    ann.locator("#composer_text").fill("Said behind his back")
    ann.locator("#composer_text").press("Enter")
    expect(ann.locator(".post").last).to_contain_text("Said behind his back")
    set_hidden(ben, hidden=False)
    expect(below).to_contain_text("Said behind his back")
    wait_until_read(ben)
    open_channel(ben, "Town Square")
    open_incident(ben)
    expect(ben.locator(".post").last).to_contain_text("Said behind his back")
    expect(line).to_have_count(0)


def test_an_answer_from_before_one_left_does_not_hold_the_line_back(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    below, held = ben.locator("#new_posts ~ .post").first, list[tuple[Route, APIResponse]]()

    def answer_later(route: Route) -> None:
        answer = route.fetch()
        if held or "He leaves while this comes" not in answer.text():
            route.fulfill(response=answer)
        else:
            held.append((route, answer))

    ben.route("**/posts*", answer_later)
    ann.locator("#composer_text").fill("He leaves while this comes")
    ann.locator("#composer_text").press("Enter")
    while not held:
        ben.wait_for_timeout(20)
    set_hidden(ben, hidden=True)
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(ben.locator(".post").last).to_contain_text("He leaves while this comes")
    wait_until_read(ben)
    say(ann, "Said while he was away")
    set_hidden(ben, hidden=False)

    expect(below).to_contain_text("Said while he was away")
    ben.unroute("**/posts*")


def test_on_a_phone_what_is_said_on_the_other_pane_stays_unread(person: Person) -> None:
    ann, ben = person("ann", width=360), open_incident(person("ben"))
    ann.goto(ben.url)
    expect(ann.locator(".post").last).to_be_visible()
    wait_until_read(ann)
    ann.get_by_role("link", name="Incident", exact=True).click()
    expect(ann.locator("#posts")).to_be_hidden()

    say(ben, "@ann this is for you")
    expect(ann).to_have_title(f"(1) {RUNNING} · Commandpost")
    expect(ann.get_by_role("button", name="Menu")).to_contain_text("1")
    ann.get_by_role("link", name="Channel", exact=True).click()

    expect(ann.locator(".post").last).to_contain_text("@ann this is for you")
    expect(ann).to_have_title(f"{RUNNING} · Commandpost")


def wait_until_read(page: Page) -> None:
    """Wait until the server holds all of the channel for read, so that it would move the line."""
    channel = "/api/v1" + urlsplit(page.url).path
    while page.request.get(channel).json()["unread"]:
        page.wait_for_timeout(50)


def set_hidden(page: Page, *, hidden: bool) -> None:
    """Let the tab be in the background, or in front again."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_dialog_stays_when_the_answer_to_something_before_it_comes(person: Person) -> None:
    ann, held = open_incident(person("ann")), list[Route]()
    box = ann.get_by_role("checkbox", name="Post to the status page")
    after = "false" if box.is_checked() else "true"

    def hold(route: Route) -> None:
        held.append(route)

    ann.route("**/items/**", hold)
    box.click()
    ann.locator("#end_incident").click()
    cancel = ann.get_by_role("dialog").get_by_role("link", name="Cancel")
    expect(cancel).to_be_visible()
    with ann.expect_response(ann.url):  # the page that the answer leads to
        held[0].continue_()
    expect(box).to_have_attribute("aria-checked", after)

    expect(cancel).to_be_visible()
    cancel.click()
    expect(ann.get_by_role("dialog")).to_have_count(0)
    ann.unroute("**/items/**")


def test_what_others_did_meanwhile_outlasts_the_answer_to_ones_own_deed(person: Person) -> None:
    ann, ben = open_incident(person("ann")), open_incident(person("ben"))
    theirs, held = "Write the customer note", list[tuple[Route, APIResponse]]()
    box = ann.get_by_role("checkbox", name=theirs)
    after = "false" if box.is_checked() else "true"
    ann.evaluate(COUNT_ANSWERS)

    def answer_later(route: Route) -> None:
        held.append((route, route.fetch()))

    ann.route("**/items/**", answer_later, times=1)
    tick(ann, "Book the review")
    while not held:
        ann.wait_for_timeout(20)
    tick(ben, theirs)
    expect(box).to_have_attribute("aria-checked", after)
    route, answer = held[0]
    route.fulfill(response=answer)
    while not ann.evaluate("window.answers"):
        ann.wait_for_timeout(20)

    expect(box).to_have_attribute("aria-checked", after)


def test_a_list_that_comes_late_does_not_cover_what_was_chosen_from_it(person: Person) -> None:
    ann, ben = person("ann"), person("ben")
    ben.goto("/")
    open_channel(ben, "Town Square")
    listed = ben.locator("#incident_sidebar").get_attribute("hx-get") or ""
    held = list[tuple[Route, APIResponse]]()

    def answer_later(route: Route) -> None:
        held.append((route, route.fetch()))

    ben.route(f"**{listed}", answer_later, times=1)
    ann.goto("/")
    origin, ask = {"Origin": ann.evaluate("location.origin")}, ann.request
    team_id = ask.get("/api/v1/teams").json()["items"][0]["id"]
    wanted = {"team_id": team_id, "name": "The queue is full"}
    assert ask.post("/api/v1/incidents", data=wanted, headers=origin).ok
    while not held:
        ben.wait_for_timeout(20)
    ben.locator("#sidebar").get_by_role("link", name=RUNNING).click()
    chosen = ben.locator("#sidebar").get_by_role("heading", level=2).first
    expect(chosen).to_have_text(RUNNING)
    ben.evaluate(NOTE_THE_END, listed)
    held[0][0].fulfill(response=held[0][1])
    while not ben.evaluate("window.hasEnded"):
        ben.wait_for_timeout(20)

    expect(chosen).to_have_text(RUNNING)


def test_letters_typed_when_the_incident_is_ended_are_not_posted(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    origin, ask = {"Origin": ann.evaluate("location.origin")}, ann.request
    team_id = ask.get("/api/v1/teams").json()["items"][0]["id"]
    wanted = {"team_id": team_id, "name": "Letters are spilled"}
    made = ask.post("/api/v1/incidents", data=wanted, headers=origin).json()
    ann.goto(f"/channels/{made['channel_ids'][0]}")
    ann.get_by_text("Add a checklist").click()
    field = ann.get_by_placeholder("Title of the checklist")
    field.press_sequentially("Call the ")

    assert ask.post(f"/api/v1/incidents/{made['id']}/end", headers=origin).ok
    expect(field).to_have_count(0)
    ann.keyboard.type("customer")
    ann.keyboard.press("Enter")

    expect(ann.locator("#flash p")).to_contain_text("You had written: Call the")
    expect(ann.locator("#flash p")).to_be_focused()
    expect(ann.locator("#composer_text")).to_have_value("")
    expect(ann.locator(".post", has_text="ustomer")).to_have_count(0)
