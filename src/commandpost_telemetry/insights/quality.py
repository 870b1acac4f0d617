"""Whether the numbers can be trusted: checks both ways, run after each sync and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.models.catalogue import split_head
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.source import Answer, Parameter, Source
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.formats import minute
from commandpost_telemetry.kit.words import _, gettext
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal

_FOLDER = Path(__file__).parent / "checks"
_ALLOWED_BESIDE = timedelta(minutes=5)  # a load itself takes a while
_KEPT = timedelta(days=90)
_HISTORY = """
SELECT checked_at, check_name, verdict, found, sentence
FROM quality_runs
ORDER BY checked_at DESC, check_name
LIMIT 200
"""

_LOADER = """
SELECT COUNT(*) AS tables FROM information_schema.tables
WHERE LOWER(table_schema) = 'loader' AND LOWER(table_name) = 'loads'
"""


class Verdict(StrEnum):
    """What a check found."""

    FINE = "fine"
    ADVICE = "advice"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that should never be found."""

    name: str
    title: str
    broken: str
    sql: str
    advises: bool
    reads_loader: bool

    def sentence(self, found: int, sample: str) -> str:
        """Return what is wrong, in English."""
        return self.broken % {"found": found, "sample": sample}

    def sample_of(self, sentence: str, found: int) -> str | None:
        """Return the sample that a sentence was made with, None if it is none of this check."""
        before, after = self.sentence(found, "\0").split("\0")
        is_ours = bool(sentence) and sentence.startswith(before) and sentence.endswith(after)
        return sentence.removeprefix(before).removesuffix(after) if is_ours else None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found at one time."""

    checked_at: datetime
    name: str
    verdict: Verdict
    found: int
    sentence: str

    @property
    def title(self) -> str:
        """Return what should be true."""
        check = _find_check(self.name)
        return gettext(check.title) if check else self.name

    @property
    def said(self) -> str:
        """Return the sentence in the reader's language; the warehouse keeps it in English."""
        check = _find_check(self.name)
        sample = check.sample_of(self.sentence, self.found) if check else None
        if check is None or sample is None:
            return self.sentence  # of an earlier version
        return gettext(check.broken) % {"found": self.found, "sample": sample}


@cache
def all_checks() -> tuple[Check, ...]:
    """Return every check by name."""
    files = sorted(_FOLDER.glob("*.sql"))
    return tuple(_read(path.stem, path.read_text(encoding="utf-8")) for path in files)


def _find_check(name: str) -> Check | None:
    return next((check for check in all_checks() if check.name == name), None)


def run_checks(source: Source, sync_interval: float) -> list[Finding]:
    """Run every check and keep what it found; `sync_interval` is in seconds."""
    at = now()
    has_loads = has_loader(source)
    checks = [check for check in all_checks() if has_loads or not check.reads_loader]
    findings = [_run(source, check, at, sync_interval) for check in checks]
    source.change(_kept(findings, at))
    return findings


def has_loader(source: Source) -> bool:
    """Whether the warehouse keeps the account of the loads."""
    return bool(ask(source, _LOADER, {}).rows[0][0])


def history_table(source: Source) -> Answer:
    """Return what was found as a table of its own."""
    return ask(source, _HISTORY, {})


def history(source: Source) -> list[Finding]:
    """Return what was found, newest first."""
    return [
        Finding(
            checked_at.replace(tzinfo=UTC),
            str(name),
            Verdict(str(verdict)),
            found if isinstance(found, int) else 0,
            str(sentence),
        )
        for checked_at, name, verdict, found, sentence in ask(source, _HISTORY, {}).rows
        if isinstance(checked_at, datetime)
    ]


def latest(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of the newest run only."""
    return [each for each in findings if each.checked_at == findings[0].checked_at]


def runs(findings: Sequence[Finding]) -> list[list[str]]:
    """Return one line for each run: when, how many checks were fine, and what was found."""
    by_time: dict[datetime, list[Finding]] = {}
    for finding in findings:
        by_time.setdefault(finding.checked_at, []).append(finding)
    return [
        [
            minute(at),
            _(
                "%(fine)s of %(all)s",
                fine=sum(each.verdict is Verdict.FINE for each in run),
                all=len(run),
            ),
            " ".join(each.said for each in run if each.sentence) or _("nothing"),
        ]
        for at, run in by_time.items()
    ]


def are_fine(findings: Sequence[Finding]) -> bool:
    """Whether nothing is broken; advice does not count."""
    return all(finding.verdict is not Verdict.BROKEN for finding in findings)


def _run(source: Source, check: Check, at: datetime, sync_interval: float) -> Finding:
    allowed = timedelta(seconds=sync_interval) + _ALLOWED_BESIDE
    parameters: Mapping[str, Parameter] = {
        "known": "," + ",".join(event.definition.name for event in all_events()) + ",",
        "now": at.astimezone(UTC).replace(tzinfo=None),
        "allowed_seconds": round(allowed.total_seconds()),
    }
    [(found, sample)] = ask(source, check.sql, parameters).rows
    if not isinstance(found, int) or found == 0:
        return Finding(at, check.name, Verdict.FINE, 0, "")
    verdict = Verdict.ADVICE if check.advises else Verdict.BROKEN
    sentence = check.sentence(found, str(sample)[:300])
    return Finding(at, check.name, verdict, found, sentence)


def _kept(findings: Sequence[Finding], at: datetime) -> list[str]:
    rows = join(", ", (_row(finding) for finding in findings))
    return [
        compose(
            "DELETE FROM insights.quality_runs WHERE checked_at < CAST({before} AS TIMESTAMP)",
            before=_moment(at - _KEPT),
        ),
        compose("INSERT INTO insights.quality_runs VALUES {rows}", rows=rows),
    ]


def _row(finding: Finding) -> Sql:
    return compose(
        "(CAST({at} AS TIMESTAMP), {name}, {verdict}, {found}, {sentence})",
        at=_moment(finding.checked_at),
        name=literal(finding.name),
        verdict=literal(finding.verdict.value),
        found=literal(finding.found),
        sentence=literal(finding.sentence[:2000]),
    )


def _moment(at: datetime) -> Sql:
    return literal(at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" "))


def _read(name: str, text: str) -> Check:
    head, sql = split_head(text)
    return Check(
        name, head["title"], head["broken"], sql, "advises" in head, "reads_loader" in head
    )
