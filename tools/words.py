"""Keeps the catalogues of interface texts equal to what the sources say; `--check` only looks."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import sqlglot
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from sqlglot import exp

from commandpost.kit.words import ENGLISH, LANGUAGES, path_of
from commandpost_telemetry.catalogue.metadata import ENVELOPE, METADATA
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.metrics.catalogue import Metric, all_metrics
from commandpost_telemetry.insights.models.catalogue import all_models
from commandpost_telemetry.insights.quality import all_checks
from commandpost_telemetry.insights.syncs import heading
from commandpost_telemetry.kit import words as telemetry_words
from commandpost_telemetry.warehouse.listings.listings import listings

ROOT = Path(__file__).resolve().parent.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {METHODS[1][0]: {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
    "pgettext": ((1, "c"), 2),
}
AS_HTML = '<>&"'  # texts go into templates as they are


@dataclass(frozen=True)
class Package:
    """Sources with catalogues of their own, and the texts of theirs that no source marks."""

    sources: Path
    path_of: Callable[[str], Path]
    beside: Callable[[], Iterator[str]]


def main(arguments: list[str]) -> int:
    """Bring every catalogue up to date, or say what is wrong with it."""
    wrong = 0
    for package in packages():
        said = found_in(package.sources)
        for text in package.beside():
            said.add(text)
        for language in LANGUAGES:
            if language != ENGLISH:
                path = package.path_of(language)
                if "--check" not in arguments:
                    bring_up(said, path, language)
                wrong += sum(1 for _problem in shown(said, path, language))
    return bool(wrong)


def packages() -> tuple[Package, ...]:
    """Return the packages that say something to readers."""
    source = ROOT / "src"
    return (
        Package(source / "commandpost", path_of, of_events),
        Package(source / "commandpost_telemetry", telemetry_words.path_of, of_insights),
    )


def bring_up(said: Catalog, path: Path, language: str) -> None:
    """Add what is new to a catalogue and take out what nobody says any more."""
    kept = read(path, language)
    kept.update(said, no_fuzzy_matching=True)
    kept.obsolete.clear()
    write(path, language, kept)


def shown(said: Catalog, path: Path, language: str) -> Iterator[str]:
    """Print each problem of a catalogue and yield it."""
    for problem in problems(said, read(path, language)):
        print(f"{path.relative_to(ROOT)}: {problem}")
        yield problem


def found_in(sources: Path) -> Catalog:
    """Return every text that Python and templates mark."""
    found = Catalog()
    for _file, _line, text, _comments, context in extract_from_dir(
        sources, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
    ):
        found.add(text, context=context)
    return found


def of_events() -> Iterator[str]:
    """Yield what the page says of each event and of what accompanies it."""
    for definition in (event.definition for event in all_events()):
        yield from (definition.label, *definition.triggers)
        yield from (definition.purpose, definition.readers, definition.retention)
        for wire in (field.wire for field in definition.fields):
            yield from filter(None, (wire.says, wire.unit, wire.sensitivity))
    for entry in (*METADATA, *ENVELOPE):
        yield from (entry.says, entry.sensitivity)


def of_insights() -> Iterator[str]:
    """Yield what the files of metrics, models and checks say, and the lists of the loader."""
    for metric in all_metrics():
        yield from filter(None, (metric.title, metric.question, metric.note, metric.owner))
        yield from (*metric.labels.values(), *words_of(metric))
    yield from (model.says for model in all_models() if not model.is_staging)
    for check in all_checks():
        yield from (check.title, check.broken)
    for listing in listings:
        yield from (heading(column) for column in listing.columns)


def words_of(metric: Metric) -> Iterator[str]:
    """Yield the words that stand for themselves in the SQL of a metric that has such a column."""
    tree = sqlglot.parse_one(metric.sql, read="duckdb")
    for select in tree.find_all(exp.Select) if metric.words else ():
        for value in (each.unalias() for each in select.expressions):
            if isinstance(value, exp.Literal) and value.is_string:
                yield value.this


def read(path: Path, language: str) -> Catalog:
    """Return a catalogue as it is kept; an empty one for a language that is new."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def write(path: Path, language: str, catalogue: Catalog) -> None:
    """Write a catalogue in the order of its texts, without what changes from day to day."""
    written = BytesIO()
    write_po(written, catalogue, width=100, sort_output=True, omit_header=True, no_location=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Language: {language}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + written.getvalue().decode().strip() + "\n", "utf-8")


def problems(said: Catalog, kept: Catalog) -> Iterator[str]:
    """Yield what keeps a catalogue from being complete, and how to mend it."""
    wanted, there = _keys(said), _keys(kept)
    for key in sorted(wanted - there):
        yield f"{key[0]!r} is missing; run `make words` and translate it"
    for key in sorted(there - wanted):
        yield f"{key[0]!r} is said nowhere; run `make words`"
    for message in kept:
        if message.id and message.fuzzy:
            yield f"{message.id!r} is only guessed; translate it and take out “fuzzy”"
        if message.id and _key(message) in wanted:
            yield from _untrue(message)
    for old in kept.obsolete:
        yield f"{old!r} is obsolete; run `make words`"


def _untrue(message: Message) -> Iterator[str]:
    originals, texts = _forms(message.id), _forms(message.string)
    if not all(texts):
        yield f"{originals[0]!r} is not translated"
    elif any(_names(text) != _names(originals[-1]) for text in texts):
        yield f"{originals[0]!r}: its translation has other placeholders"
    elif errors := message.check():
        yield f"{originals[0]!r}: {errors[0]}"
    else:
        for mark in {mark for text in texts for mark in AS_HTML if mark in text}:
            if not any(mark in text for text in originals):
                yield f"{originals[0]!r}: its translation has a {mark} of its own"


def _forms(said: object) -> tuple[str, ...]:
    return tuple(map(str, said)) if isinstance(said, list | tuple) else (str(said or ""),)


def _names(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def _keys(catalogue: Catalog) -> set[tuple[str, str]]:
    return {_key(message) for message in catalogue if message.id}


def _key(message: Message) -> tuple[str, str]:
    return _forms(message.id)[0], message.context or ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
