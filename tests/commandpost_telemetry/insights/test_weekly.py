"""The weekly summary leaves once for each week and way, and what became of it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from commandpost_telemetry.insights.commands import insights_commands
from commandpost_telemetry.insights.mail import MailWay, ways_of
from commandpost_telemetry.insights.own_shell import OwnShell
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.summary import Summary, SummaryLine
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.insights.weekly import DeliveryFailed, Weekly
from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import a_month, utc
from tests.commandpost_telemetry.insights.smtp import MailServer, a_certificate, a_mail_server
from tests.commandpost_telemetry.insights.test_web import client_of, text

WEEK = date(2026, 11, 16)
TOLD = Summary(WEEK, date(2026, 11, 22), [SummaryLine("Incidents started", "3", "2 before")])
TO = ("ann@example.org", "ben@example.org")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with a_mail_server() as listening:
        yield listening


@pytest.fixture
def loaded(source: DuckDBSource, warehouse: DuckDBDestination) -> DuckDBSource:
    a_month().into(warehouse.cursor())
    return source


def mail(server: MailServer, to: tuple[str, ...] = TO) -> MailWay:
    return MailWay(f"smtp://127.0.0.1:{server.port}", to, "commandpost@example.org")


def weekly(source: DuckDBSource, *ways: MailWay) -> Weekly:
    return Weekly(source, Upkeep(source), Suppression(), ways)


def states(source: DuckDBSource) -> list[tuple[date, str, int, str]]:
    return [
        (each.week, each.state.value, each.tries, each.said) for each in weekly(source).sendings()
    ]


def test_the_last_week_is_mailed_once_to_everybody(
    loaded: DuckDBSource, server: MailServer
) -> None:
    for _ in range(3):
        weekly(loaded, mail(server)).send_due()

    (message,) = server.mails
    assert message["Subject"] == "Incidents in the week of 16 November 2026"
    assert (message["From"], message["To"]) == ("commandpost@example.org", ", ".join(TO))
    assert message["Message-ID"] == "<summary-2026-11-16@example.org>"
    assert "- Incidents started: 0 (1 before" in message.get_content()
    assert len(server.recipients) == 2
    assert states(loaded) == [(WEEK, "sent", 1, "")]


def test_it_is_told_in_the_language_of_the_setting(
    loaded: DuckDBSource, server: MailServer
) -> None:
    Weekly(loaded, Upkeep(loaded), Suppression(), [mail(server)], "de").send_due()
    command = insights_commands(loaded, sync_interval=1800.0, summary_language="de")["summary"]

    (message,) = server.mails
    told = message.get_content().replace("\r\n", "\n")
    assert message["Subject"] == "Incidents in der Woche vom 16. November 2026"
    assert "- Incidents begonnen: 0 (vorher 1, \N{MINUS SIGN}100 %)" in told
    assert command({})["text"] == told.rstrip("\n")


def test_the_week_after_gets_a_mail_of_its_own(loaded: DuckDBSource, server: MailServer) -> None:
    weekly(loaded, mail(server)).send_due()
    clock.set(utc("2026-11-30 00:10"))

    weekly(loaded, mail(server)).send_due()

    assert [week for week, *_ in states(loaded)] == [date(2026, 11, 23), WEEK]
    assert len(server.mails) == 2


def test_a_failure_is_shown_and_tried_again_until_it_gets_through(
    loaded: DuckDBSource, server: MailServer
) -> None:
    server.answer = "451 come back later"
    weekly(loaded, mail(server)).send_due()
    [(_, state, tries, said)] = states(loaded)
    client = client_of(create_insights(loaded, OwnShell()))
    shown = text(client.get("/backstage/insights/summary").text)
    server.answer = "250 taken"

    weekly(loaded, mail(server)).send_due()

    assert (state, tries) == ("failed", 1)
    assert "did not take the mail" in said
    assert "come back later" in said
    assert "It is tried again after the next sync." in shown
    assert states(loaded) == [(WEEK, "sent", 2, "")]
    assert len(server.mails) == 1


def test_a_server_that_is_not_there_holds_up_no_other_way(
    loaded: DuckDBSource, server: MailServer
) -> None:
    nowhere = MailWay("smtp://127.0.0.1:9", ("cid@example.org",), "commandpost@example.org")

    weekly(loaded, nowhere, mail(server)).send_due()

    assert sorted(state for _, state, *_ in states(loaded)) == ["failed", "sent"]
    assert len(server.mails) == 1


def test_who_is_refused_alone_gets_no_second_mail_for_the_others(
    loaded: DuckDBSource, server: MailServer
) -> None:
    server.refuses = "ben@"
    for _ in range(2):
        weekly(loaded, mail(server)).send_due()

    assert states(loaded) == [(WEEK, "sent", 1, "The server did not take it for ben@example.org.")]
    assert len(server.mails) == 1


@dataclass
class Dies:
    """A way on which the process ends half-way."""

    name: str = "mail to the end"
    label: str = "mail to the end"
    tried: list[Summary] = field(default_factory=list)

    def deliver(self, told: Summary) -> str:
        self.tried.append(told)
        raise KeyboardInterrupt


def test_what_was_on_its_way_when_the_process_ended_is_not_sent_twice(
    loaded: DuckDBSource,
) -> None:
    way = Dies()
    sending = Weekly(loaded, Upkeep(loaded), Suppression(), [way])
    with pytest.raises(KeyboardInterrupt):
        sending.send_due()

    sending.send_due()

    assert len(way.tried) == 1
    assert states(loaded) == [(WEEK, "sending", 1, "")]


def test_before_anything_happened_there_is_nothing_to_tell(
    source: DuckDBSource, warehouse: DuckDBDestination, server: MailServer
) -> None:
    weekly(source, mail(server)).send_due()
    a_month().into(warehouse.cursor())
    clock.set(utc("2026-10-02 12:00"))

    weekly(source, mail(server)).send_due()

    assert server.mails == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_password_goes_over_an_encrypted_connection(
    scheme: str, tmp_path: Path, at_noon: datetime
) -> None:
    del at_noon
    shows, believes = a_certificate(tmp_path)
    with a_mail_server(shows, throughout=scheme == "smtps") as server:
        url = f"{scheme}://ann:p%40ss@localhost:{server.port}"

        MailWay(url, TO, "commandpost@example.org", believes).deliver(TOLD)

    assert server.signed_in == ["\0ann\0p@ss"]
    assert len(server.mails) == 1


def test_a_password_is_not_sent_in_the_clear(server: MailServer) -> None:
    way = MailWay(f"smtp://ann:secret@127.0.0.1:{server.port}", TO, "commandpost@example.org")

    with pytest.raises(DeliveryFailed, match="STARTTLS") as refused:
        way.deliver(TOLD)

    assert server.signed_in == []
    assert "secret" not in f"{refused.value}{way!r}"


def test_the_command_line_prints_the_week_and_sends_it_when_asked(
    loaded: DuckDBSource, server: MailServer
) -> None:
    command = insights_commands(loaded, sync_interval=1800.0, ways=[mail(server)])["summary"]

    printed = command({"send": False})
    sent = command({"send": True})

    assert str(printed["text"]).startswith("**Incidents in the week of 16 November 2026**")
    assert printed["sent"] == []
    assert sent["sent"] == [
        {"way": f"mail to {', '.join(TO)}", "state": "sent", "tries": 1, "note": ""}
    ]


def test_the_settings_name_server_and_readers() -> None:
    settings = Settings.model_validate(
        {"smtp_url": "smtp://127.0.0.1", "summary_to": "ann@example.org, ben@example.org,"}
    )

    (way,) = ways_of(settings)

    assert way.name == "mail to ann@example.org, ben@example.org"
    assert ways_of(Settings.model_validate({"smtp_url": "smtp://127.0.0.1"})) == []
    with pytest.raises(ValidationError, match="write smtp://user"):
        Settings.model_validate({"smtp_url": "mail.example.org"})
