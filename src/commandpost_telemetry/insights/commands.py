"""What the command line may ask of Insights; plain JSON in and out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from commandpost_telemetry.insights.errors import InsightsError, NotFound
from commandpost_telemetry.insights.export import CONTENT_TYPES, metric_file, model_file
from commandpost_telemetry.insights.host import today
from commandpost_telemetry.insights.licences import import_licences
from commandpost_telemetry.insights.metrics.catalogue import all_metrics, get_metric
from commandpost_telemetry.insights.models.catalogue import all_models, find_model
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.quality import are_fine, run_checks
from commandpost_telemetry.insights.scope import read_scope
from commandpost_telemetry.insights.source import Source, SourceRefused, SourceUnavailable
from commandpost_telemetry.insights.summary import last_week, summary
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.insights.weekly import Way, Weekly
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed
from commandpost_telemetry.kit.words import ENGLISH, speaking

Command = Callable[[Ask], Answer]


def insights_commands(
    source: Source,
    *,
    sync_interval: float,
    suppress_below: int = 0,
    ways: Sequence[Way] = (),
    summary_language: str = ENGLISH,
) -> Mapping[str, Command]:
    """Return the commands by name, for `control_routes` or to be called right here.

    What they are told is what `create_insights` is told.
    """
    upkeep, suppression = Upkeep(source, sync_interval), Suppression(suppress_below)
    weekly = Weekly(source, upkeep, suppression, ways, summary_language)

    def check(_ask: Ask) -> Answer:
        findings = run_checks(source, sync_interval)
        return {
            "fine": are_fine(findings),
            "checks": [
                {"check": each.title, "verdict": each.verdict.value, "found": each.sentence}
                for each in findings
            ],
        }

    def licences(ask: Ask) -> Answer:
        return {"imported": import_licences(source, str(ask["text"]))}

    def export(ask: Ask) -> Answer:
        return _export(source, ask, suppression)

    def tell_week(ask: Ask) -> Answer:
        if ask.get("send"):
            weekly.send_due()
        scope = last_week(today())
        sent = [
            {"way": each.way, "state": each.state.value, "tries": each.tries, "note": each.said}
            for each in weekly.sendings()
            if each.week == scope.first
        ]
        with speaking(summary_language):
            return {"text": summary(source, scope, suppression).text(), "sent": sent}

    commands = {"check": check, "licences": licences, "export": export, "summary": tell_week}
    return {name: _with_data(upkeep, command) for name, command in commands.items()}


def _export(source: Source, ask: Ask, suppression: Suppression) -> Answer:
    name, path = str(ask["name"]), Path(str(ask["path"]))
    kind = path.suffix.removeprefix(".")
    if kind not in CONTENT_TYPES:
        raise NotFound(
            "The name of the file must end in .csv, .parquet or .json; nothing was written."
        )
    model = find_model(name)
    if model is not None:
        content = model_file(source, model, kind, suppression)
    elif name in {metric.name for metric in all_metrics()}:
        words = {key: str(ask[key]) for key in ("from", "to", "by") if ask.get(key)}
        scope = read_scope(words, today())
        content = metric_file(source, get_metric(name), scope, kind, suppression)
    else:
        known = sorted({each.name for each in all_metrics()} | {each.name for each in all_models()})
        raise NotFound(f"There is no metric or model “{name[:64]}”. Known are: {', '.join(known)}.")
    path.write_bytes(content)
    return {"path": str(path), "bytes": len(content)}


def _with_data(upkeep: Upkeep, command: Command) -> Command:
    """Bring up the models first, and turn whatever is refused into a sentence."""

    def run(ask: Ask) -> Answer:
        try:
            if not upkeep.refresh():
                raise CommandFailed("Nothing was loaded yet. Run the sync first.")
            return command(ask)
        except (SourceRefused, SourceUnavailable) as error:
            said = " ".join(str(error).split())
            raise CommandFailed(f"The warehouse refused: {said}. Nothing was changed.") from error
        except (InsightsError, OSError) as error:
            raise CommandFailed(str(error)) from error

    return run
