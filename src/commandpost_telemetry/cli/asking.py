"""Who does what the command line wants: the process that owns the warehouse, else this one."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

import httpx

from commandpost_telemetry.insights.commands import insights_commands
from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.mail import ways_of
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed, ControlFile
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.commands import next_sync, warehouse_commands
from commandpost_telemetry.warehouse.connect import open_destination, open_sync
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.syncing.syncs import Syncs

_PATIENCE = 3600.0  # seconds: the first sync after a week off takes its time


def answer_to(settings: Settings, command: str, ask: Ask) -> Answer:
    """Return the outcome of the command; raises with a sentence when there is none."""
    running = ControlFile.find_alive(settings.data_dir)
    if running is not None:
        return ask_process(running, command, ask)
    return _ask_here(settings, command, ask)


def ask_process(control: ControlFile, command: str, ask: Ask) -> Answer:
    try:
        response = httpx.post(
            f"{control.url}/control/{command}",
            json=dict(ask),
            headers={"Authorization": f"Bearer {control.token}"},
            timeout=_PATIENCE,
            trust_env=False,
        )
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise CommandFailed(
            f"The process {control.pid} owns the data directory but does not answer at "
            f"{control.url}: {error}. Nothing was done here; stop it, then try again."
        ) from error
    if not isinstance(answer, dict) or response.is_error:
        said = answer.get("error") if isinstance(answer, dict) else None
        raise CommandFailed(str(said or f"The running process answered {response.status_code}."))
    return answer


def _ask_here(settings: Settings, command: str, ask: Ask) -> Answer:
    if command == "sync":
        _call_before_sync(settings)
    destination = open_destination(settings)
    log = open_log(settings.log_url or settings.data_dir / "log")
    try:
        sync = open_sync(settings, log, destination)
        answer = commands_here(settings, destination, sync)[command](ask)
        if command == "sync" and answer.get("loads"):
            destination.compact()
        return answer
    finally:
        log.close()
        destination.close()


def _call_before_sync(settings: Settings) -> None:
    """Let the product post what its outbox still holds."""
    for entry_point in entry_points(group="commandpost_telemetry.before_sync"):
        entry_point.load()(settings)


def commands_here(
    settings: Settings, destination: Destination, sync: Syncs
) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return the commands by name as this process can do them."""
    insights = insights_commands(
        open_source(settings, destination),
        sync_interval=settings.sync_interval,
        suppress_below=settings.suppress_below,
        ways=ways_of(settings),
        summary_language=settings.summary_language,
    )
    return {
        **warehouse_commands(
            destination.query, sync, sync.run, lambda: next_sync(settings, destination)
        ),
        **insights,
    }
