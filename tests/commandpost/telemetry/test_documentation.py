"""The public page says everything that is recorded, in the order of the page it descends from."""

from pathlib import Path

from commandpost.telemetry.documentation import telemetry_page_markup, telemetry_page_text
from commandpost.telemetry.record import product_version
from commandpost_telemetry.catalogue.metadata import ENVELOPE, METADATA
from commandpost_telemetry.catalogue.registry import all_events

ROOT = Path(__file__).parents[3]


def test_the_committed_page_is_current():
    committed = (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8")

    assert committed == telemetry_page_text()


def test_the_page_is_stamped_with_the_version():
    assert f"Current Commandpost version: v{product_version()}" in telemetry_page_text()


def test_the_sections_stand_in_the_order_of_the_public_page():
    text = telemetry_page_text()
    headings = [
        "## Why do we track?",
        "## How do we track?",
        "## What do we track?",
        "### Metadata",
        "### The rest of the message",
        "### Events data",
    ]

    places = [text.index(heading) for heading in headings]

    assert places == sorted(places)


def test_every_event_field_and_piece_of_metadata_is_on_the_page():
    text = telemetry_page_text()
    definitions = [event.definition for event in all_events()]
    names = [name for d in definitions for f in d.fields for name in f.wire.names]
    everywhere = [word for e in (*METADATA, *ENVELOPE) for word in (e.name, f"`{e.wire}`")]
    wanted = [*(d.label for d in definitions), *names, *everywhere]

    assert [name for name in wanted if name not in text] == []


def test_the_page_is_served_as_tables():
    with_fields = [event for event in all_events() if event.definition.fields]

    assert telemetry_page_markup().count("<table>") == len(with_fields) + 3
