"""A checklist edited at random behaves like plain lists."""

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commandpost.incidents.errors import ItemNotFound, PositionRefused
from commandpost.incidents.models.checklist import Checklist
from commandpost.incidents.models.incident import Incident

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LISTS = ("A", "B")
spots = st.integers(min_value=-2, max_value=8)
picks = st.integers(min_value=0, max_value=100)


class Editing(RuleBasedStateMachine):
    """`plain` is what the lists must look like, `gone` what was removed and from where."""

    @initialize()
    def start(self) -> None:
        self.ids = (f"item {number}" for number in count())
        self.plain: dict[str, list[str]] = {name: [] for name in LISTS}
        self.gone: dict[str, tuple[str, int]] = {}
        self.checked: set[str] = set()
        self.incident = Incident(
            id="incident",
            is_active=True,
            version=1,
            checklists=[Checklist(id=n, position=p, title=n) for p, n in enumerate(LISTS)],
            items=[],
        )

    def everything(self) -> list[str]:
        return [item for name in LISTS for item in self.plain[name]]

    def pick(self, number: int) -> str:
        shown = self.everything()
        return shown[number % len(shown)]

    def home(self, item: str) -> str:
        return next(name for name in LISTS if item in self.plain[name])

    @rule(name=st.sampled_from(LISTS))
    def add(self, name: str) -> None:
        item = next(self.ids)

        self.incident.add_item(name, item_id=item, title=item)

        self.plain[name].append(item)

    @precondition(lambda self: self.everything())
    @rule(number=picks, name=st.sampled_from(LISTS), position=spots)
    def move(self, number: int, name: str, position: int) -> None:
        item = self.pick(number)
        rest = [each for each in self.plain[name] if each != item]

        if not 0 <= position <= len(rest):
            with pytest.raises(PositionRefused):
                self.incident.move_item(item, position, name)
            return
        moved = self.incident.move_item(item, position, name)

        self.plain[self.home(item)].remove(item)
        self.plain[name].insert(position, item)
        assert moved is None or moved.checklist_id == name

    @precondition(lambda self: self.everything())
    @rule(number=picks)
    def remove(self, number: int) -> None:
        item = self.pick(number)
        home = self.home(item)

        self.incident.remove_item(item, at=NOON)

        self.gone[item] = (home, self.plain[home].index(item))
        self.plain[home].remove(item)
        with pytest.raises(ItemNotFound):
            self.incident.item(item)

    @precondition(lambda self: self.gone)
    @rule(number=picks)
    def restore(self, number: int) -> None:
        item = sorted(self.gone)[number % len(self.gone)]
        home, position = self.gone.pop(item)

        self.incident.restore_item(item)

        self.plain[home].insert(min(position, len(self.plain[home])), item)

    @precondition(lambda self: self.everything())
    @rule(number=picks)
    def check(self, number: int) -> None:
        item = self.pick(number)

        changed = self.incident.check_item(item, by="ann", at=NOON)

        assert (changed is None) == (item in self.checked)
        self.checked.add(item)

    @precondition(lambda self: self.everything())
    @rule(number=picks)
    def uncheck(self, number: int) -> None:
        item = self.pick(number)

        changed = self.incident.uncheck_item(item)

        assert (changed is None) == (item not in self.checked)
        self.checked.discard(item)

    @precondition(lambda self: self.everything())
    @rule(number=picks, title=st.sampled_from(["x", "y"]))
    def rename(self, number: int, title: str) -> None:
        item = self.incident.item(self.pick(number))
        before, version = item.title, self.incident.version

        old = self.incident.rename_item(item.id, title)

        assert old == (None if before == title else before)
        assert self.incident.version == version + (before != title)

    @invariant()
    def looks_like_plain_lists(self) -> None:
        shown = {name: self.incident.items_of(name) for name in LISTS}
        assert {name: [item.id for item in items] for name, items in shown.items()} == self.plain
        for items in shown.values():
            assert [item.position for item in items] == list(range(len(items)))
        checked = {i.id for items in shown.values() for i in items if i.checked}
        assert checked == self.checked & set(self.everything())


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
