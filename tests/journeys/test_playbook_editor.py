"""The playbook editor: what is typed, added, dragged and removed is what is saved."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Person


def titles(page: Page) -> list[list[str]]:
    """Return what the item fields of each checklist hold."""
    lists: list[list[str]] = page.locator("ul.items").evaluate_all(
        "lists => lists.map(l => [...l.querySelectorAll('[name=item_title]')].map(i => i.value))"
    )
    return lists


def edit(page: Page) -> None:
    page.goto("/backstage/playbooks")
    page.get_by_role("link", name="Service outage", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit playbook")


def test_what_the_editor_shows_is_what_is_saved(person: Person) -> None:
    ann = person("ann")
    edit(ann)
    first, second = titles(ann)

    ann.locator("ul.items input[name=item_title]").nth(1).fill("Tell the customers")
    ann.get_by_role("button", name="Add an item").first.click()
    expect(ann.locator("ul.items").first.locator("[name=item_title]")).to_have_count(5)
    assert titles(ann)[0][1] == "Tell the customers"
    ann.locator("ul.items").first.locator("[name=item_title]").nth(4).fill("Write it all down")
    ann.locator("ul.items").first.locator("[data-grip]").nth(4).focus()
    ann.keyboard.press("Alt+Home")
    ann.keyboard.press("Alt+ArrowDown")
    ann.keyboard.press("Alt+ArrowDown")
    drag_to_the_second_list(ann)
    wanted = [
        ["Tell the customers", "Write it all down", first[2], first[3]],
        [second[0], first[0], second[1]],
    ]
    assert titles(ann) == wanted
    ann.get_by_role("button", name="Save playbook").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Playbooks")

    edit(ann)
    assert titles(ann) == wanted


def drag_to_the_second_list(page: Page) -> None:
    """Drag the first item between the two of the second checklist."""
    item = page.locator("ul.items").first.locator("li").first
    item.hover()
    grip = item.locator("[data-grip]").bounding_box()
    goal = page.locator("ul.items").nth(1).locator("li").first.bounding_box()
    assert grip
    assert goal
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + goal["height"] - 4, steps=10)
    page.mouse.up()


def test_a_refused_playbook_keeps_what_was_typed(person: Person) -> None:
    ann = person("ann")
    ann.goto("/backstage/playbooks")
    ann.get_by_role("link", name="New playbook").first.click()
    ann.get_by_label("Name of the playbook").fill("   ")

    ann.get_by_role("button", name="Save playbook").click()

    expect(ann.get_by_role("alert")).to_be_visible()
    expect(ann.get_by_role("heading", level=1)).to_have_text("New playbook")


def test_leaving_with_changes_asks_first(person: Person) -> None:
    ann = person("ann")
    edit(ann)
    ann.get_by_role("link", name="Cancel").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Playbooks")  # nothing was changed

    edit(ann)
    ann.get_by_label("Name of the playbook").fill("Another name")
    question = ann.get_by_role("dialog", name="Discard changes?")
    ann.get_by_role("link", name="Cancel").click()
    question.get_by_role("button", name="Keep editing").click()
    expect(question).to_have_count(0)
    expect(ann.get_by_label("Name of the playbook")).to_have_value("Another name")
    ann.get_by_role("link", name="Telemetry").click()
    question.get_by_role("button", name="Discard changes").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Telemetry")

    edit(ann)
    expect(ann.get_by_label("Name of the playbook")).to_have_value("Service outage")


def test_a_list_is_written_without_leaving_the_keyboard(person: Person) -> None:
    ann = person("ann")
    ann.goto("/backstage/playbooks")
    ann.get_by_role("link", name="New playbook").first.click()

    ann.get_by_label("Name of the playbook").fill("Night shift")
    ann.keyboard.press("Enter")
    ann.keyboard.press("Enter")
    for line in ("Read the handover", "Look at the queue", ""):
        ann.keyboard.type(line)
        ann.keyboard.press("Enter")
    ann.keyboard.press("Backspace")
    ann.keyboard.press("Backspace")
    expect(ann.get_by_label("Item 2", exact=True)).to_be_focused()
    ann.keyboard.type(" twice")
    ann.get_by_role("button", name="Add a checklist").press("Enter")
    expect(ann.locator("[name=checklist_title]").last).to_be_focused()
    for line in ("Morning", "Hand over"):
        ann.keyboard.type(line)
        ann.keyboard.press("Enter")
    ann.keyboard.press("Backspace")
    wanted = [["Read the handover", "Look at the queue twice"], ["Hand over"]]
    assert titles(ann) == wanted
    ann.keyboard.press("Control+Enter")
    expect(ann.get_by_role("heading", level=1)).to_have_text("Playbooks")

    ann.get_by_role("link", name="Night shift", exact=True).click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Edit playbook")
    assert titles(ann) == wanted


def test_a_file_brought_in_goes_out_byte_for_byte(person: Person, tmp_path: Path) -> None:
    ann = person("ann")
    ann.goto("/backstage/playbooks")
    ann.get_by_role("link", name="New playbook").first.click()
    ann.get_by_label("Name of the playbook").fill("Round trip")
    ann.get_by_role("button", name="Save playbook").click()

    first = exported(ann, tmp_path / "first.yaml")
    ann.get_by_role("link", name="Import").click()
    ann.get_by_label("File").set_input_files(tmp_path / "first.yaml")
    ann.get_by_role("button", name="Import").click()
    expect(ann.get_by_role("link", name="Export Round trip")).to_have_count(2)

    again = {exported(ann, tmp_path / f"{n}.yaml", n) for n in range(2)}

    assert again == {first}


def exported(page: Page, path: Path, which: int = 0) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="Export Round trip").nth(which).click()
    download.value.save_as(path)
    return path.read_bytes()
