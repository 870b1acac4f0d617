"""A responder who never touches the mouse."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Person, open_channel

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
    ann.wait_for_load_state()  # keys are heard once the scripts run

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

    ann.get_by_text("Add a checklist").focus()
    ann.keyboard.press("Enter")
    expect(ann.locator("#new_checklist_title")).to_be_focused()
    ann.keyboard.type("Second night")
    ann.keyboard.press("Enter")
    expect(ann.get_by_label("New item of Second night")).to_be_visible()

    ann.keyboard.press("Control+k")
    ann.keyboard.type("playbooks")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("heading", level=1)).to_have_text("Playbooks")


def test_keys_lead_from_channel_to_channel_and_to_what_is_unread(person: Person) -> None:
    ann, ben = person("ann"), person("ben")
    ann.goto("/")
    heading, box = ann.get_by_role("heading", level=1), ann.locator("#composer_text")
    open_channel(ann, "Town Square")
    ann.wait_for_load_state()  # keys are heard once the scripts run
    ben.goto(ann.url)
    names = ann.locator("#channel_list a[href^='/channels/']:not([href*='show='])")
    order = names.locator(".rail-text").all_inner_texts()
    at = order.index("Town Square")

    ann.keyboard.press("Alt+ArrowUp")
    expect(heading).to_have_text(order[at - 1])
    expect(box).to_be_focused()
    box.fill("kept")
    box.press("Alt+ArrowDown")
    expect(heading).to_have_text("Town Square")
    expect(box).to_be_focused()
    box.press("Alt+ArrowUp")
    expect(box).to_have_value("kept")
    box.fill("")

    open_channel(ann, RUNNING)
    ann.wait_for_load_state("networkidle")  # what she read until now is noted
    ben.locator("#composer_text").fill("Something new")
    ben.locator("#composer_text").press("Enter")
    expect(ann.get_by_role("link", name="Town Square unread")).to_be_visible()
    here = order.index(RUNNING)
    above = [*reversed(order[:here]), *reversed(order[here + 1 :])]
    marked = ann.locator("#channel_list a.unread .rail-text")
    expect(marked.filter(has_text="Town Square")).to_have_count(1)
    unread = marked.all_inner_texts()
    ann.keyboard.press("Alt+Shift+ArrowUp")
    expect(heading).to_have_text(next(name for name in above if name in unread))


def test_a_slash_begins_a_command_and_on_a_list_a_search(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    box = ann.locator("#composer_text")
    ann.wait_for_load_state()

    ann.locator("#posts").focus()
    ann.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("/")
    expect(ann.get_by_role("option").first).to_be_visible()
    box.fill("")
    ann.locator("#posts").focus()
    ann.keyboard.press("s")
    expect(ann.locator("#channel_search")).to_be_focused()
    ann.locator("#posts").focus()
    ann.keyboard.press("c")
    expect(box).to_be_focused()
    expect(box).to_have_value("")

    ann.goto("/backstage/incidents")
    ann.wait_for_load_state()
    ann.keyboard.press("/")
    expect(ann.get_by_placeholder("Search by name")).to_be_focused()
    ann.locator("#content").focus()
    ann.keyboard.press("?")
    sheet = ann.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    listed = (sheet.locator(part).all_inner_texts() for part in ("dt", "dd"))
    assert (
        dict(zip(*listed, strict=True)).items()
        >= {
            "/": "Write a command; on a list, search",
            "s": "Search",
            "c": "Write a message",
            "Alt ↑ ↓": "The channel before or after; with Shift, the unread one",
            "↑": "Edit your last message, while the box is empty",
            "Ctrl Enter": "Save the message or playbook that is being edited",
        }.items()
    )


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
    open_channel(ann, RUNNING)
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


def start_from_town_square(ann: Page, name: str) -> None:
    ann.goto("/")
    open_channel(ann, "Town Square")
    ann.locator("#composer_text").fill(f"/incident start {name}")
    ann.locator("#composer_text").press("Enter")
    ann.get_by_role("button", name="Start incident").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text(name)


def test_the_focus_goes_to_the_message_box_of_a_new_incident(person: Person) -> None:
    ann = person("ann")

    start_from_town_square(ann, "Mail is stuck")

    expect(ann.locator("#composer_text")).to_be_focused()


def test_a_dialog_of_the_address_gives_the_focus_to_the_link_that_led_to_it(
    person: Person,
) -> None:
    ann = person("ann")
    ann.goto("/")

    for name in ("Browse channels", "New message"):
        ann.get_by_role("link", name=name).press("Enter")
        expect(ann.locator("dialog:modal")).to_be_visible()
        ann.keyboard.press("Escape")

        expect(ann.get_by_role("dialog")).to_have_count(0)
        expect(ann.get_by_role("link", name=name)).to_be_focused()


def test_what_one_does_from_a_menu_leaves_the_focus_near(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    open_channel(ann, RUNNING)
    item = ann.locator(".item").nth(1)
    after = ann.locator(".item").nth(2).get_attribute("id")

    item.locator("summary").press("Enter")
    item.get_by_label("Title").fill("Renamed with the keyboard")
    ann.keyboard.press("Enter")
    expect(item.get_by_role("checkbox")).to_have_accessible_name("Renamed with the keyboard")
    expect(item.locator("summary")).to_be_focused()

    item.locator("summary").press("Enter")
    item.get_by_role("button", name="Remove").press("Enter")
    expect(ann.locator("#undo")).to_be_visible()
    expect(ann.locator(f"#{after} summary")).to_be_focused()
    ann.locator("#undo").get_by_role("button", name="Undo").click()


def test_a_post_gives_the_focus_back_to_its_menu_or_to_the_message_box(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")
    ann.locator("#composer_text").fill("To be deleted")
    ann.locator("#composer_text").press("Enter")
    post = ann.locator(".post", has_text="To be deleted")
    menu = post.locator("summary")

    menu.press("Enter")
    post.get_by_role("button", name="Start incident").press("Enter")
    expect(ann.get_by_role("dialog")).to_be_visible()
    ann.keyboard.press("Escape")
    expect(menu).to_be_focused()

    menu.press("Enter")
    post.get_by_role("link", name="Delete").press("Enter")
    expect(ann.locator("dialog:modal")).to_be_visible()
    ann.keyboard.press("Escape")
    expect(menu).to_be_focused()

    menu.press("Enter")
    post.get_by_role("link", name="Delete").press("Enter")
    ann.get_by_role("button", name="Delete").press("Enter")
    expect(post).to_have_count(0)
    expect(ann.locator("#composer_text")).to_be_focused()


def test_letting_somebody_in_is_seen_at_once_and_leaves_the_focus_in_the_sidebar(
    person: Person,
) -> None:
    ann, ben = person("ann"), person("ben")
    ben.goto("/")
    start_from_town_square(ann, "Login fails")
    expect(ben.locator("#rail").get_by_role("link", name="more ongoing")).to_be_visible()
    ben.keyboard.press("Control+k")
    ben.keyboard.type("login")
    expect(ben.get_by_role("option")).to_have_text("Login fails · details, ongoing")
    ben.keyboard.press("Enter")
    ben.wait_for_url("**/backstage/incidents/*")
    ben.get_by_role("button", name="Ask").click()

    ann.get_by_role("button", name="Let in").press("Enter")

    expect(ann.get_by_role("button", name="Let in")).to_have_count(0)
    assert ann.evaluate("document.activeElement.closest('#sidebar') !== null")
    expect(ann.locator("#channel_facts")).to_contain_text("2 members")
    expect(ann.locator(".post").last).to_contain_text("@ben asked to be let into this incident")
    expect(ann.locator(".post").last).to_contain_text("@ann let them in.")
    expect(ben.get_by_role("link", name="Go to the channel")).to_be_visible()


def test_the_palette_says_when_it_found_nothing(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")

    ann.keyboard.press("Control+k")
    ann.keyboard.type("qqqq")
    expect(ann.get_by_text("Nothing found")).to_be_visible()
    for _letter in "qqqq":
        ann.keyboard.press("Backspace")

    expect(ann.get_by_text("Nothing found")).to_have_count(0)


def test_the_palette_starts_an_incident_and_finds_people(person: Person) -> None:
    ann = person("ann")
    ann.goto("/")

    ann.keyboard.press("Control+k")
    ann.keyboard.type("start new")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("dialog", name="Start an incident")).to_be_visible()
    expect(ann.locator("dialog:modal")).to_be_visible()  # Escape is heard once it is modal
    ann.keyboard.press("Escape")
    expect(ann.get_by_role("dialog")).to_have_count(0)

    ann.keyboard.press("Control+k")
    ann.keyboard.type("brook")
    palette = ann.get_by_role("dialog", name="Go anywhere")  # lists of the page have options too
    expect(palette.get_by_role("option")).to_have_text("@ben · Ben Brook")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("checkbox", name="Ben Brook")).to_be_checked()
    ann.get_by_role("searchbox", name="Search people by name").fill("ann")
    expect(ann.get_by_role("checkbox", name="Ann Archer")).to_be_visible()
    expect(ann.get_by_role("checkbox", name="Ben Brook")).to_be_checked()
