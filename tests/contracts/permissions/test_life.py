"""The life of incidents, lived at random by everybody: a model says what each is answered.

What happens in any order is compared by REST: who may, which state refuses, and what is then there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.gate import COOKIE
from tests.commandpost.accounts import given
from tests.conftest import Make
from tests.contracts.permissions.cast import SITE, Cast, a_cast

NAMES = ("ann", "bea", "ben", "dan", "cid")
ADMINISTRATOR = "ann"
STAGES = count()
somebody = st.sampled_from(NAMES)
others = st.sampled_from(NAMES[1:])


@dataclass
class Model:
    """What must be true: who is where, and how the incident that was started last stands."""

    team: set[str] = field(default_factory=lambda: {"bea", "ben", "dan"})
    gone: set[str] = field(default_factory=set)  # deactivated
    members: set[str] = field(default_factory=set)
    commander: str = ""
    is_active: bool = False
    items: dict[str, bool] = field(default_factory=dict)  # title -> checked

    def knows(self, who: str) -> bool:
        return who == ADMINISTRATOR or who in self.team

    def is_in(self, who: str) -> bool:
        """Who left the team or the company is in no channel, whatever its list of members says."""
        return who in self.members and self.knows(who) and who not in self.gone

    def looks(self, who: str) -> int:
        return 401 if who in self.gone else 200 if self.knows(who) else 404

    def deed(self, who: str, *, needs: bool | None = None, done: int = 200) -> int:
        """Return what a deed is answered that needs an ongoing (or ended, or any) incident."""
        if self.looks(who) != 200:
            return self.looks(who)
        if who != ADMINISTRATOR and not self.is_in(who):
            return 403
        return done if needs in {None, self.is_active} else 409

    def reads_channel(self, who: str) -> int:
        if who in self.gone:
            return 401
        return 200 if who == ADMINISTRATOR or self.is_in(who) else 404


class Life(RuleBasedStateMachine):
    """Five people, one team, one incident after the other."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.client, self.database = cast.client, cast.database
        self.said = count()
        self.model = Model()

    @initialize()
    def meet(self) -> None:
        stage = next(STAGES)
        with self.database.transaction() as session:
            self.team_id = given.a_team(session, f"team-{stage}")
            self.ids = {
                name: given.a_user(
                    session,
                    f"{name}-{stage}",
                    teams=[self.team_id] if name in self.model.team else [],
                    is_admin=name == ADMINISTRATOR,
                )
                for name in NAMES
            }
        self.cookies = {name: self._signed_in(name) for name in NAMES}
        self.start("bea")
        self.let_in("bea", "ben")

    def _signed_in(self, who: str) -> str:
        with self.database.transaction() as session:
            return start_session(session, self.ids[who])

    def _send(self, who: str, method: str, path: str, **body: Any) -> Any:
        headers = {"Origin": SITE, "cookie": f"{COOKIE}={self.cookies[who]}"}
        return self.client.request(method, path, headers=headers, **body)

    def _ask(self, who: str, method: str, path: str, json: object = None) -> Any:
        return self._send(who, method, f"/api/v1{path}", json=json)

    @rule(who=somebody)
    def start(self, who: str) -> None:
        new = {"team_id": self.team_id, "name": f"Incident {next(self.said)}"}

        answer = self._ask(who, "POST", "/incidents", new)

        expected = self.model.looks(who)
        assert answer.status_code == (201 if expected == 200 else expected)
        if expected == 200:
            made = answer.json()
            self.incident, self.channel = made["id"], made["channel_ids"][0]
            self.checklist = made["checklists"][0]["id"]
            self.item_ids: dict[str, str] = {}
            self.model.members, self.model.commander = {who}, who
            self.model.is_active, self.model.items = True, {}

    @rule(who=somebody)
    def end(self, who: str) -> None:
        answer = self._ask(who, "POST", f"/incidents/{self.incident}/end")

        assert answer.status_code == self.model.deed(who, needs=True)
        self.model.is_active &= answer.status_code != 200

    @rule(who=somebody)
    def restart(self, who: str) -> None:
        answer = self._ask(who, "POST", f"/incidents/{self.incident}/restart")

        assert answer.status_code == self.model.deed(who, needs=False)
        self.model.is_active |= answer.status_code == 200

    @rule(who=somebody, whom=somebody)
    def hand_over(self, who: str, whom: str) -> None:
        change = {"user_id": self.ids[whom]}

        answer = self._ask(who, "POST", f"/incidents/{self.incident}/commander", change)

        expected = self.model.deed(who)
        if expected == 200 and not self.model.is_in(whom):
            expected = 403 if whom in self.model.team - self.model.gone else 404
        elif expected == 200:
            expected = self.model.deed(who, needs=True)
        assert answer.status_code == expected
        if expected == 200:
            self.model.commander = whom

    @rule(who=somebody)
    def add_an_item(self, who: str) -> None:
        title = f"item {next(self.said)}"
        path = f"/incidents/{self.incident}/checklists/{self.checklist}/items"

        answer = self._ask(who, "POST", path, {"title": title})

        assert answer.status_code == self.model.deed(who, needs=True, done=201)
        if answer.status_code == 201:
            self.model.items[title] = False
            self.item_ids[title] = answer.json()["id"]

    @precondition(lambda self: self.model.items)
    @rule(who=somebody, checks=st.booleans(), number=st.integers(0, 9))
    def check_or_uncheck(self, who: str, checks: bool, number: int) -> None:
        title = list(self.model.items)[number % len(self.model.items)]
        path = f"/incidents/{self.incident}/checklists/{self.checklist}/items"
        deed = "check" if checks else "uncheck"

        answer = self._ask(who, "POST", f"{path}/{self.item_ids[title]}/{deed}")

        assert answer.status_code == self.model.deed(who, needs=True)
        if answer.status_code == 200:
            self.model.items[title] = checks

    @rule(who=somebody, whom=somebody)
    def let_in(self, who: str, whom: str) -> None:
        answer = self._send(
            who, "POST", f"/incidents/{self.incident}/members", data={"user_id": self.ids[whom]}
        )

        expected = self.model.deed(who, done=303)
        if expected == 303 and whom not in self.model.team - self.model.gone:
            expected = 404
        assert answer.status_code == (303 if expected == 401 else expected)
        if expected == 303:
            self.model.members.add(whom)

    @rule(who=somebody)
    def join(self, who: str) -> None:
        answer = self._ask(who, "POST", f"/channels/{self.channel}/join")

        assert answer.status_code == self.model.reads_channel(who)
        if answer.status_code == 200:
            self.model.members.add(who)

    @rule(who=somebody)
    def leave(self, who: str) -> None:
        answer = self._ask(who, "POST", f"/channels/{self.channel}/leave")

        expected = self.model.reads_channel(who)
        if expected == 200:
            expected = 204 if who in self.model.members else 403
        assert answer.status_code == expected
        if expected == 204:
            self.model.members.discard(who)

    @rule(whom=others)
    def leave_or_enter_the_team(self, whom: str) -> None:
        method = "DELETE" if whom in self.model.team else "PUT"
        path = f"/teams/{self.team_id}/members/{self.ids[whom]}"

        assert self._ask(ADMINISTRATOR, method, path).status_code == 204

        self.model.team ^= {whom}

    @rule(whom=others)
    def be_deactivated_or_come_back(self, whom: str) -> None:
        deed = "activate" if whom in self.model.gone else "deactivate"

        answer = self._ask(ADMINISTRATOR, "POST", f"/users/{self.ids[whom]}/{deed}")

        assert answer.status_code == 200
        self.model.gone ^= {whom}
        if whom not in self.model.gone:
            self.cookies[whom] = self._signed_in(whom)  # the old session stays ended

    @rule(who=somebody)
    def look(self, who: str) -> None:
        incident = self._ask(who, "GET", f"/incidents/{self.incident}")
        details = self._ask(who, "GET", f"/incidents/{self.incident}/details")

        assert incident.status_code == self.model.looks(who)
        assert details.status_code == self.model.reads_channel(who)

    @invariant()
    def is_as_the_model_says(self) -> None:
        shown = self._ask(ADMINISTRATOR, "GET", f"/incidents/{self.incident}/details").json()

        items = {i["title"]: i["checked"] for i in shown["checklists"][0]["items"]}
        assert items == self.model.items
        assert shown["is_active"] == self.model.is_active == (shown["ended_at"] is None)
        assert shown["commander_user_id"] == self.ids[self.model.commander]
        inside = {who for who in NAMES if self.model.is_in(who)}
        assert shown["num_members"] == len(inside)


@pytest.fixture
def cast(make_database: Make) -> Iterator[Cast]:
    with make_database() as database, a_cast(database) as made:
        yield made


def test_everybody_is_answered_as_the_model_says(cast: Cast) -> None:
    run_state_machine_as_test(
        lambda: Life(cast),  # type: ignore[arg-type]  # it calls whatever makes a machine
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
