"""Every trigger of the catalogue by hand in a browser, captured at the socket of a receiver."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, StorageState, expect
from typer.testing import CliRunner

from commandpost.cli import app
from commandpost_telemetry.catalogue.checklist import (
    AddChecklistItem,
    CheckChecklistItem,
    MoveChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    UncheckChecklistItem,
)
from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.catalogue.playbook import CreatePlaybook, DeletePlaybook, UpdatePlaybook
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.catalogue.telemetry import SendTestEvent
from tests.commandpost.telemetry.receiver import Receiver, a_receiver
from tests.journeys.conftest import Person, open_channel
from tests.journeys.product import Product, served
from tests.journeys.test_one_incident import checkbox, item, say, start, titles
from tests.product.captured import BY_REST, by_rest, names, problems
from tests.product.whole import Person as Responder

SQUARE = "Town Square"
PLAYBOOKS = "/backstage/playbooks"
TEST = SendTestEvent.definition.name
ELSEWHERE = (  # triggers with a door of their own: their events and a part of their sentences
    (TEST, "clicks on “Send a test event”"),
    (TEST, "command line runs commandpost telemetry test"),
    (TEST, "/api/v1/telemetry/test"),
    *((name, "through the REST API") for name in BY_REST if name != TEST),
)

Do = Callable[[Page], None]
Rest = Callable[[str], Responder]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does by hand, the one event that it records, and the trigger it shows."""

    event: str
    trigger: str
    do: Do


DEEDS: list[Deed] = []


def trigger(event: type[Event], says: str) -> Callable[[Do], Do]:
    """Add a deed to those done in order; `says` is a part of the trigger's sentence."""

    def add(do: Do) -> Do:
        DEEDS.append(Deed(event.definition.name, says, do))
        return do

    return add


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with a_receiver() as listening:
        yield listening


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Product]:
    """The product with its demo, sending to the receiver."""
    more = {
        "COMMANDPOST_TELEMETRY_MODE": "send",
        "COMMANDPOST_TELEMETRY_DATA_PLANE_URL": receiver.url,
        "COMMANDPOST_TELEMETRY_WRITE_KEY": "key",
    }
    with served(tmp_path_factory.mktemp("sending"), "--demo", more=more) as running:
        yield running


@trigger(CreateIncident, "/incident start command")
def start_by_command(page: Page) -> None:
    page.goto("/")
    open_channel(page, SQUARE)
    say(page, "/incident start")
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()  # records nothing
    say(page, "/incident start")
    start(page, "By command")


@trigger(CreateIncident, "+ button on the incident list view")
def start_by_plus(page: Page) -> None:
    open_channel(page, SQUARE)
    page.locator("#sidebar").get_by_role("button", name="Start new incident").click()
    start(page, "By the plus")


@trigger(CreateIncident, "drop-down menu of any post")
def start_by_post_menu(page: Page) -> None:
    open_channel(page, SQUARE)
    say(page, "Carts are timing out")
    post = page.locator(".post").filter(has_text="Carts are timing out")
    post.hover()
    post.locator(".post-menu summary").click()
    post.get_by_role("button", name="Start incident").click()
    start(page, "By the menu")


@trigger(AddChecklistItem, "creates a new checklist item")
def add(page: Page) -> None:
    page.get_by_label("New item of First fifteen minutes").fill("Call the bank")
    page.keyboard.press("Enter")
    expect(checkbox(page, "Call the bank")).to_be_visible()


@trigger(RenameChecklistItem, "edits the contents")
def rename(page: Page) -> None:
    item(page, "Call the bank").locator("summary").click()
    item(page, "Call the bank").get_by_label("Title").fill("Call both banks")
    page.keyboard.press("Enter")
    expect(checkbox(page, "Call both banks")).to_be_visible()


@trigger(CheckChecklistItem, "checks an unchecked checklist item through the incident details")
def check(page: Page) -> None:
    checkbox(page, "Call both banks").click()
    expect(checkbox(page, "Call both banks")).to_be_checked()


@trigger(UncheckChecklistItem, "unchecks a checked")
def uncheck(page: Page) -> None:
    checkbox(page, "Call both banks").focus()
    page.keyboard.press("Space")
    expect(checkbox(page, "Call both banks")).not_to_be_checked()


@trigger(CheckChecklistItem, "/incident check command")
def check_by_command(page: Page) -> None:
    say(page, "/incident check 1")
    expect(page.locator(".items").first.get_by_role("checkbox").first).to_be_checked()
    say(page, "/incident check 1")  # is checked already
    expect(page.locator(".ephemeral").last).to_contain_text("checked already")


@trigger(MoveChecklistItem, "moves the position")
def move_by_button(page: Page) -> None:
    wanted = titles(page)
    last = item(page, wanted[-1])
    last.locator("summary").click()
    last.get_by_role("button", name="Move up").click()
    wanted.insert(len(wanted) - 2, wanted.pop())
    expect(page.locator(".items").first.locator(".item-title")).to_have_text(wanted)


@trigger(MoveChecklistItem, "moves the position")
def move_by_keyboard(page: Page) -> None:
    wanted = titles(page)
    item(page, wanted[0]).locator("[data-grip]").focus()
    page.keyboard.press("Alt+ArrowDown")
    wanted.insert(1, wanted.pop(0))
    expect(page.locator(".items").first.locator(".item-title")).to_have_text(wanted)


@trigger(MoveChecklistItem, "moves the position")
def drag(page: Page) -> None:
    wanted = titles(page)
    drag_below(page, wanted[0], wanted[2])
    wanted.insert(2, wanted.pop(0))
    expect(page.locator(".items").first.locator(".item-title")).to_have_text(wanted)


@trigger(MoveChecklistItem, "moves the position")
def drag_to_another_checklist(page: Page) -> None:
    goal = page.locator(".items").nth(1).locator(".item-title").first.inner_text()
    drag_below(page, "Call both banks", goal)
    second = page.locator(".items").nth(1)
    expect(second.locator(".item-title").nth(1)).to_have_text("Call both banks")


def drag_below(page: Page, title: str, goal: str) -> None:
    """Drag an item by its grip to below another one."""
    item(page, goal).scroll_into_view_if_needed()
    item(page, title).hover()
    grip = item(page, title).locator("[data-grip]").bounding_box()
    below = item(page, goal).bounding_box()
    assert grip
    assert below
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(below["x"] + 60, below["y"] + below["height"] - 3, steps=8)
    page.mouse.up()


@trigger(RemoveChecklistItem, "deletes a checklist item")
def remove(page: Page) -> None:
    item(page, "Call both banks").locator("summary").click()
    item(page, "Call both banks").get_by_role("button", name="Remove").click()
    expect(checkbox(page, "Call both banks")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()  # records nothing
    expect(checkbox(page, "Call both banks")).to_be_visible()


@trigger(EndIncident, "End incident button")
def end_by_button(page: Page) -> None:
    page.locator("#end_incident").click()
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()  # records nothing
    page.locator("#end_incident").click()
    page.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(page.locator("#sidebar")).to_contain_text("Ended")


@trigger(EndIncident, "/incident end command")
def end_by_command(page: Page) -> None:
    open_channel(page, "By the plus")
    say(page, "/incident end")
    page.get_by_role("dialog").get_by_role("button", name="End incident").click()
    expect(page.get_by_role("dialog")).to_have_count(0)  # the sidebar may hear of the end before
    expect(page.locator("#sidebar")).to_contain_text("Ended")
    say(page, "/incident end")  # has ended already
    expect(page.locator(".ephemeral").last).to_contain_text("has ended already")


@trigger(CreatePlaybook, "+ New Playbook button")
def create_playbook(page: Page) -> None:
    page.goto(PLAYBOOKS)
    page.get_by_role("link", name="New playbook").first.click()
    page.get_by_label("Name of the playbook").fill("Mail is late")
    page.get_by_role("button", name="Save playbook").click()
    expect(row(page, "Mail is late")).to_be_visible()


@trigger(UpdatePlaybook, "Edit button next to a playbook")
def update_playbook(page: Page) -> None:
    page.get_by_role("link", name="Edit Mail is late").click()
    page.get_by_label("Name of the playbook").fill("Mail is lost")
    page.get_by_role("button", name="Save playbook").click()
    expect(row(page, "Mail is lost")).to_be_visible()


@trigger(CreatePlaybook, "duplicates a playbook on the backstage")
def duplicate_playbook(page: Page) -> None:
    page.get_by_role("button", name="Duplicate Mail is lost").click()
    expect(page.get_by_label("Name of the playbook")).to_have_value("Mail is lost (copy)")
    page.goto(PLAYBOOKS)


@trigger(CreatePlaybook, "imports a playbook")
def import_playbook(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Export Service outage").click()
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(download.value.path())
    page.get_by_role("button", name="Import").click()
    page.goto(PLAYBOOKS)
    expect(page.locator("tr", has_text="Service outage")).to_have_count(2)


@trigger(DeletePlaybook, "Delete button next to a playbook")
def delete_playbook(page: Page) -> None:
    page.get_by_role("link", name="Delete Mail is lost", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete playbook").click()
    expect(row(page, "Mail is lost")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()  # records nothing
    expect(row(page, "Mail is lost")).to_be_visible()


def row(page: Page, title: str) -> Locator:
    return page.locator("tr").filter(has=page.get_by_role("link", name=title, exact=True))


def send_test_event(administrator: Page) -> None:
    """Send one, and wait until the page says that it was sent: so was all before it."""
    administrator.goto("/backstage/telemetry")
    administrator.get_by_role("button", name="Send a test event").click()
    expect(administrator.get_by_text("A test event was recorded")).to_be_visible()
    expect(administrator.locator("#test_event p").last).to_contain_text("sent")


@pytest.fixture
def rest(person: Person, product: Product, sessions: dict[str, StorageState]) -> Iterator[Rest]:
    """Reach REST over HTTP with the cookies of who is signed in."""
    clients: list[httpx2.Client] = []

    def come(name: str) -> Responder:
        person(name)
        cookies = {each["name"]: each["value"] for each in sessions[name]["cookies"]}
        client = httpx2.Client(
            base_url=product.url, cookies=cookies, headers={"Origin": product.url}, trust_env=False
        )
        clients.append(client)
        me = client.get("/api/v1/users/me").raise_for_status().json()
        return Responder(me["id"], name, page=client, rest=client)

    yield come
    for client in clients:
        client.close()


def by_command_line(*words: str, folder: Path) -> None:
    """Run a command beside the product; in this process, which saves starting another one."""
    done = CliRunner().invoke(app, [*words, "--data-dir", str(folder)])
    assert done.exit_code == 0, done.output


def test_every_trigger_sends_one_event_and_nothing_else_does(
    person: Person, product: Product, rest: Rest, receiver: Receiver
) -> None:
    ann, ben = person("ann"), person("ben")
    team = rest("ben").rest.get("/api/v1/teams").json()["items"][0]["id"]
    send_test_event(ann)
    before = len(receiver.messages())

    for deed in DEEDS:
        deed.do(ben)
    by_rest(rest("ben"), rest("ann"), team)
    by_command_line("telemetry", "test", folder=product.folder)
    send_test_event(ann)

    messages = receiver.messages()[before:]
    by_hand, elsewhere = messages[: len(DEEDS)], messages[len(DEEDS) :]
    assert names(by_hand) == [deed.event for deed in DEEDS]
    assert Counter(names(elsewhere)) == BY_REST + Counter({TEST: 2})
    assert problems(messages) == []


def test_every_trigger_of_the_catalogue_is_shown_here() -> None:
    shown = {*((deed.event, deed.trigger) for deed in DEEDS), *ELSEWHERE}

    assert [each for each in sentences() if not shown_by(each, shown)] == []
    assert [each for each in shown if not any(shown_by(one, {each}) for one in sentences())] == []


def sentences() -> list[tuple[str, str]]:
    """Return every trigger of the catalogue with its event."""
    definitions = [event.definition for event in all_events()]
    return [(each.name, sentence) for each in definitions for sentence in each.triggers]


def shown_by(said: tuple[str, str], shown: set[tuple[str, str]]) -> bool:
    event, sentence = said
    return any(event == one and part in sentence for one, part in shown)
