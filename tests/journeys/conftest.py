"""A real Chromium, the real product, and people who are signed in to it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from tests.journeys.product import PASSWORD, Product, served
from tools.browser import find_chromium

# Quiet: it must not look for updates or accounts, and a container has no sandbox to offer.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds until a step counts as failed
expect.set_options(timeout=10_000)  # as above, of what is expected

Person = Callable[..., Page]


def open_channel(page: Page, name: str) -> None:
    """Go to a channel, unless the page shows it: the answer to one more click would come late."""
    link = page.locator("#channel_list").get_by_role("link", name=name)
    if link.get_attribute("aria-current") is None:
        link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder: it drives a browser and starts processes."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of journeys; people have contexts of their own.

    It ends with the file: while it runs, a loop runs in this thread, and no test may start its own.
    """
    program = find_chromium()
    if program is None:
        sentence = "no Chromium: set COMMANDPOST_CHROME, or install chromium or google-chrome"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its demo, one for each file of journeys."""
    with served(tmp_path_factory.mktemp("product"), "--demo") as running:
        yield running


@pytest.fixture(scope="module")
def sessions(product: Product) -> dict[str, StorageState]:
    """The cookies of whoever signed in before; signing in is slow on purpose."""
    del product  # they are good for this one alone
    return {}


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Callable[..., Page]]:
    """Open a fresh context at the product; what a page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        *, javascript: bool = True, width: int = 1440, session: StorageState | None = None
    ) -> Page:
        context = browser.new_context(
            storage_state=session,
            base_url=product.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.extend(_refused_by_policy(line.text)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _refused_by_policy(text: str) -> list[str]:
    return [text] if "Content Security Policy" in text else []


@pytest.fixture
def person(visit: Callable[..., Page], sessions: dict[str, StorageState]) -> Person:
    """Somebody of the demo, signed in: `person("ann")`; `fresh=True` for who will sign out."""

    def come(name: str, *, javascript: bool = True, width: int = 1440, fresh: bool = False) -> Page:
        if fresh:
            return sign_in(name, javascript=javascript, width=width)
        if name not in sessions:
            sessions[name] = sign_in(name).context.storage_state()
        return visit(javascript=javascript, width=width, session=sessions[name])

    def sign_in(name: str, *, javascript: bool = True, width: int = 1440) -> Page:
        page = visit(javascript=javascript, width=width)
        page.goto("/sign-in")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: not address.endswith("/sign-in"))
        return page

    return come
