"""Every page at 1440 and 360 pixels, light and dark: pictures, axe clean, nothing sideways."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from commandpost_telemetry.insights.pages import SECTIONS
from tests.journeys.conftest import Person
from tests.journeys.looks import look
from tests.journeys.product import Product

RUNNING = "Checkout is slow"


def running(page: Page) -> str:
    """Return the address of the demo's running incident's channel."""
    page.goto("/")
    return page.get_by_role("link", name=RUNNING).first.get_attribute("href") or ""


def panel(name: str) -> Callable[[Page], None]:
    """Open one of the channel's own dialogs."""

    def go(page: Page) -> None:
        page.goto(f"{running(page)}?show={name}")

    return go


def channel(page: Page) -> None:
    page.goto(running(page))


def sidebar(page: Page) -> None:
    page.goto(running(page) + "#sidebar")


def list_of_incidents(page: Page) -> None:
    page.goto(running(page) + "?sidebar=list#sidebar")


def start_dialog(page: Page) -> None:
    page.goto(running(page))
    page.locator("#composer_text").fill("/incident start")
    page.locator("#composer_text").press("Enter")
    page.get_by_role("dialog").wait_for()


def end_dialog(page: Page) -> None:
    page.goto(running(page))
    page.get_by_role("link", name="End incident").click()
    page.get_by_role("dialog").wait_for()


def help_text(page: Page) -> None:
    page.goto(running(page))
    page.locator("#composer_text").fill("/incident nonsense")
    page.locator("#composer_text").press("Enter")
    page.locator(".ephemeral").wait_for()


def first_row(address: str) -> Callable[[Page], None]:
    """Open what the first row of a list leads to."""

    def go(page: Page) -> None:
        page.goto(address)
        page.goto(page.locator("td.main a").first.get_attribute("href") or "")

    return go


def asked_in(address: str) -> Callable[[Page], None]:
    """Open what is asked about the running incident, as a page of its own."""

    def go(page: Page) -> None:
        page.goto(running(page))
        end = page.get_by_role("link", name="End incident").get_attribute("href") or ""
        page.goto(end.replace("/end", address))

    return go


def delete_dialog(page: Page) -> None:
    first_row("/backstage/playbooks")(page)
    page.goto(f"{page.url}/delete")


def password_link(page: Page) -> None:
    """Open the link by which somebody chooses a password."""
    users = page.request.get("/api/v1/users").json()["items"]
    cid = next(user["id"] for user in users if user["username"] == "cid")
    page.goto("/account")
    origin = {"Origin": page.evaluate("location.origin")}
    made = page.request.post(f"/api/v1/users/{cid}/password-link", headers=origin).json()
    page.context.clear_cookies()  # who follows it is not signed in
    page.goto(made["address"])


PAGES: dict[str, str | Callable[[Page], None]] = {
    "channel": channel,
    "channel-sidebar": sidebar,
    "channel-list": list_of_incidents,
    "channel-start": start_dialog,
    "channel-end": end_dialog,
    "channel-help": help_text,
    "channel-members": panel("members"),
    "channel-browse": panel("browse"),
    "channel-leave": panel("leave"),
    "channel-message": panel("message"),
    "incidents": "/backstage/incidents",
    "incident": first_row("/backstage/incidents"),
    "playbooks": "/backstage/playbooks",
    "playbook": first_row("/backstage/playbooks"),
    "telemetry": "/backstage/telemetry",
    "telemetry-public": "/telemetry",
    "insights": "/backstage/insights",
    "insights-quality": "/backstage/insights/quality",
    "insights-metrics": "/backstage/insights/metrics",
    "account": "/account",
    "people": "/backstage/people",
    "person": first_row("/backstage/people"),
    "teams": "/backstage/people/teams",
    "missing": "/nowhere",
}


BRIEFLY: dict[str, str | Callable[[Page], None]] = {
    "new-person": "/backstage/people/new",
    "team": first_row("/backstage/people/teams"),
    "new-playbook": "/backstage/playbooks/new",
    "import-playbook": "/backstage/playbooks/import",
    "delete-playbook": delete_dialog,
    "end-page": asked_in("/end"),
    "commander-page": asked_in("/commander"),
    "password-link": password_link,
    "telemetry-events": "/backstage/telemetry/events",
    "telemetry-batches": "/backstage/telemetry/batches",
    "telemetry-catalogue": "/backstage/telemetry/catalogue",
    "data-plane": "/backstage/data-plane",
    **{f"insights/{each.path}": f"/backstage/insights/{each.path}" for each in SECTIONS[1:-1]},
    "insights-summary": "/backstage/insights/summary",
    "insights-syncs": "/backstage/insights/syncs",
    "insights-server": first_row("/backstage/insights/servers"),
    "insights-metric": first_row("/backstage/insights/metrics"),
}


@pytest.fixture(scope="module")
def synced(product: Product) -> Product:
    """The demo's events are in the warehouse."""
    product.run("commandpost-telemetry", "sync", "--now")
    return product


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_pleasant_for_everybody(person: Person, name: str) -> None:
    page = person("ann")
    wanted = PAGES[name]
    if isinstance(wanted, str):
        page.goto(wanted)
    else:
        wanted(page)

    found = look(page, name, whole=not page.locator("body.workspace").count())

    assert found == {}


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("name", BRIEFLY)
def test_every_other_page_can_be_used_by_everybody(person: Person, name: str) -> None:
    page = person("ann")
    wanted = BRIEFLY[name]
    if isinstance(wanted, str):
        page.goto(wanted)
    else:
        wanted(page)

    assert look(page, name, briefly=True) == {}


def test_the_way_in_is_pleasant_for_everybody(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()

    assert look(page, "sign-in") == {}
