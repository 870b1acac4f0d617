"""Each house rule catches what it names and lets its neighbours pass."""

import pytest

from tests.architecture import rules
from tests.architecture.source import Source

ACTIONS = "commandpost/incidents/actions.py"
QUERIES = "commandpost/incidents/queries.py"

CAUGHT = (
    (rules.commits_only_at_the_edge, ACTIONS, "session.commit()"),
    (rules.commits_only_at_the_edge, "commandpost/incidents/actions/end.py", "a.session.commit()"),
    (rules.selects_only_in_queries, ACTIONS, "select(Incident.id)"),
    (rules.selects_only_in_queries, "commandpost/incidents/web.py", "sa.select(Incident.id)"),
    (rules.records_only_in_actions, "commandpost/incidents/web.py", "record(session, event)"),
    (rules.flushes_say_for_which_id, ACTIONS, "session.flush()"),
    (rules.flushes_say_for_which_id, ACTIONS, "self.session.flush()"),
    (rules.markup_is_never_composed, ACTIONS, "Markup(f'<b>{name}</b>')"),
    (rules.markup_is_never_composed, ACTIONS, "markupsafe.Markup('<b>' + name)"),
    (rules.markup_is_never_composed, ACTIONS, "Markup('<b>{}</b>'.format(name))"),
    (rules.sql_is_never_composed, QUERIES, "text(f'select {column}')"),
    (rules.sql_is_never_composed, QUERIES, "connection.execute('drop table ' + name)"),
    (rules.sql_is_never_composed, QUERIES, "cursor.execute('drop table %s' % name)"),
    (rules.time_comes_from_the_clock, ACTIONS, "datetime.now(UTC)"),
    (rules.time_comes_from_the_clock, ACTIONS, "datetime.datetime.utcnow()"),
    (rules.time_comes_from_the_clock, ACTIONS, "time.time()"),
    (rules.files_are_short, ACTIONS, "\n" * 301),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # noqa"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # noqa: S608"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # type: ignore"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # type: ignore[misc]"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # pragma: no cover"),
    (rules.names_say_something, "commandpost/kit/utils.py", ""),
    (rules.names_say_something, "commandpost/helpers/ids.py", ""),
    (rules.names_say_something, ACTIONS, "def handle_click(): ..."),
    (rules.names_say_something, ACTIONS, "async def _process_batch(): ..."),
)
PASSED = (
    (rules.commits_only_at_the_edge, "commandpost/kit/db.py", "session.commit()"),
    (rules.commits_only_at_the_edge, "commandpost_telemetry/log/sqlite.py", "connection.commit()"),
    (rules.selects_only_in_queries, QUERIES, "select(Incident.id)"),
    (rules.selects_only_in_queries, "commandpost/incidents/queries/lists.py", "select(Incident)"),
    (rules.records_only_in_actions, ACTIONS, "record(session, event)"),
    (rules.records_only_in_actions, "commandpost/telemetry/record.py", "outbox.record(session)"),
    (rules.flushes_say_for_which_id, ACTIONS, "session.flush()  # the post needs the channel's id"),
    (rules.flushes_say_for_which_id, ACTIONS, "# the post needs its id\nsession.flush()"),
    (rules.flushes_say_for_which_id, ACTIONS, "file.flush()"),
    (rules.markup_is_never_composed, ACTIONS, "Markup('<b>{}</b>').format(name)"),
    (rules.markup_is_never_composed, ACTIONS, "Markup(nh3.clean(html))"),
    (rules.sql_is_never_composed, QUERIES, "text('select ' 'id from incident')"),
    (rules.sql_is_never_composed, QUERIES, "text('select ' + 'id from ' + 'incident')"),
    (rules.sql_is_never_composed, QUERIES, "session.execute(select(Incident.id))"),
    (rules.sql_is_never_composed, QUERIES, "text(f'select 1')"),
    (rules.sql_is_never_composed, "commandpost_telemetry/log/sqlite.py", "db.execute(f'drop {t}')"),
    (rules.time_comes_from_the_clock, "commandpost/kit/clock.py", "datetime.now(UTC)"),
    (rules.time_comes_from_the_clock, ACTIONS, "clock.now(); time.monotonic()"),
    (rules.files_are_short, ACTIONS, "\n" * 300),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # noqa: S608 - names are quoted above"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # noqa: S608, S603  # quoted above"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # type: ignore[misc]  # no stubs yet"),
    (rules.pardons_carry_code_and_reason, ACTIONS, "x = 1  # pragma: no cover - only on Windows"),
    (rules.names_say_something, ACTIONS, "def end_incident(): ..."),
    (rules.names_say_something, ACTIONS, "@override\ndef process_bind_param(): ..."),
    (rules.names_say_something, "commandpost/kit/ids.py", ""),
)


@pytest.mark.parametrize(("rule", "path", "text"), CAUGHT)
def test_a_broken_rule_is_seen(rule: rules.Rule, path: str, text: str) -> None:
    assert len(rule(Source(path, text))) == 1


@pytest.mark.parametrize(("rule", "path", "text"), PASSED)
def test_what_keeps_the_rule_passes(rule: rules.Rule, path: str, text: str) -> None:
    assert rule(Source(path, text)) == []


def test_every_rule_is_tested_both_ways() -> None:
    assert {rule for rule, _, _ in CAUGHT} == set(rules.RULES)
    assert {rule for rule, _, _ in PASSED} == set(rules.RULES)
