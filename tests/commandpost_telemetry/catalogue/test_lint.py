"""The linter of the catalogue: the catalogue passes, and each rule catches its violation."""

from typing import Annotated

import pytest

from commandpost_telemetry.catalogue.event import CatalogueError, Event, event
from commandpost_telemetry.catalogue.field import (
    Count,
    Id,
    Kind,
    Sensitivity,
    Unit,
    Version,
    Wire,
)
from commandpost_telemetry.catalogue.lint import problems
from commandpost_telemetry.catalogue.metadata import METADATA
from commandpost_telemetry.catalogue.registry import all_events

THING = "thingthingthingthingthin01"


def wire(
    *names: str, says: str = "unique identifier of the thing", example: object = THING
) -> Wire:
    return Wire(
        names=names,
        says=says,
        sensitivity=Sensitivity.THING,
        example=example,  # type: ignore[arg-type]  # wrong ones on purpose
    )


def made(
    annotation: object,
    *,
    name: str = "CreateThing",
    doc: str = "A thing was made by somebody.",
    since: str = "0.4.0",
    label: str = "Thing created",
    purpose: str = "Whether anybody makes things.",
) -> type[Event]:
    body = {"__annotations__": {"thing_id": annotation}, "__doc__": doc, "__module__": __name__}
    bare = type(name, (Event,), body)
    return event(
        label=label,
        triggers=("Any user makes a thing.",),
        purpose=purpose,
        owner="things",
        since=since,
    )(bare)


def test_the_catalogue_is_in_order() -> None:
    assert problems(all_events()) == []


def test_an_event_in_order_has_no_problem() -> None:
    assert problems([made(Annotated[Id, wire("ThingID")])]) == []


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (
            made(Annotated[Id, wire("ThingID")], name="ThingCreated"),
            (
                "ThingCreated: an event is named by a known verb and a noun, in capitals like "
                "CreateThing."
            ),
        ),
        (
            made(Annotated[Id, wire("ThingID")], doc="A thing."),
            "CreateThing: the docstring says nothing.",
        ),
        (
            made(Annotated[Id, wire("ThingID")], label=""),
            "CreateThing: label, owner and triggers must be told.",
        ),
        (
            made(Annotated[Id, wire("ThingID")], purpose=""),
            ("CreateThing: why it is recorded, who reads it and how long it is kept must be told."),
        ),
        (
            made(Annotated[Id, wire("ThingID")], since="soon"),
            "CreateThing: since 'soon' is no version.",
        ),
        (
            made(Annotated[Id, wire("ThingID", says="an id")]),
            "CreateThing.thing_id: the description says nothing.",
        ),
        (
            made(Annotated[Id, wire("ThingID", example="thing one")]),
            "CreateThing.thing_id: the example is none.",
        ),
        (
            made(Annotated[Count, wire("NumThings", example=3)]),
            "CreateThing.thing_id: a number has a unit and nothing else has.",
        ),
        (
            made(Annotated[Id, wire("thing_id")]),
            "CreateThing.thing_id: thing_id is no wire name: capitals like ThingID.",
        ),
        (
            made(Annotated[Id, wire("ID")]),
            (
                "CreateThing.thing_id: ID alone would be dropped by the warehouse: "
                "give it a second name."
            ),
        ),
        (
            made(Annotated[Id, wire("ThingID", "ThingID")]),
            "CreateThing: two fields are written as ThingID.",
        ),
    ],
)
def test_a_broken_rule_is_told_in_one_sentence(broken: type[Event], problem: str) -> None:
    assert problems([broken]) == [problem]


def test_names_that_differ_by_a_letter_are_too_much_alike() -> None:
    one, other = (made(Annotated[Id, wire("ThingID")], name=n) for n in ("AddThing", "AddThings"))

    assert problems([one, other]) == ["AddThing and AddThings are too much alike."]


def test_a_wire_name_means_one_thing_in_the_whole_catalogue() -> None:
    number = Wire(
        names=("ThingID",),
        says="number of things",
        sensitivity=Sensitivity.USAGE,
        example=1,
        unit=Unit.ITEMS,
    )
    one = made(Annotated[Id, wire("ThingID")], name="CreateThing")
    other = made(Annotated[Count, number], name="DeleteThing")

    assert problems([one, other]) == [
        "ThingID means one thing in CreateThing, another in DeleteThing."
    ]


@pytest.mark.parametrize("annotation", [str, int, Id, Annotated[str, wire("ThingID")]])
def test_a_field_that_could_hold_what_a_user_wrote_cannot_be_declared(annotation: object) -> None:
    with pytest.raises(CatalogueError) as refused:
        made(annotation)

    assert str(refused.value).startswith("CreateThing.thing_id needs one kind of the catalogue")


@pytest.mark.parametrize(
    ("value", "is_admitted"),
    [("0.4.0-rc.1+5", True), ("", False), ("our server", False), (4, False)],
)
def test_a_version_is_no_free_text(value: object, is_admitted: bool) -> None:
    versioned = made(Annotated[Version, wire("ThingVersion", example="1.0")])

    assert versioned.definition.fields[0].kind is Kind.VERSION
    assert Kind.VERSION.admits(value) is is_admitted


def test_the_metadata_are_those_of_the_page() -> None:
    assert [each.name for each in METADATA] == [
        "diagnosticID",
        "serverVersion",
        "pluginVersion",
        "eventTimeStamp",
        "createdAt",
        "id",
        "event integrations",
        "event originalTimestamp",
        "type",
    ]
