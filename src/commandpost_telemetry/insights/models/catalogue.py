"""Reads the model files: what each says, what it is kept by, and on which others it stands."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

SCHEMA = "insights"
_FOLDERS = ("staging", "marts")
# in the order in which they are made; a model reads only from those before it
_ORDER = (
    "stg_incident_events",
    "stg_playbook_events",
    "stg_events",
    "incidents",
    "server_days",
    "user_days",
    "user_weeks",
    "user_months",
    "playbooks",
    "server_life",
    "server_versions",
    "servers",
    "active_users",
    "checklist_activity",
)


@dataclass(frozen=True, slots=True)
class Model:
    """One SELECT. With a key it is kept as a table and only what changed is made anew."""

    name: str
    says: str
    sql: str
    key: tuple[str, ...] = ()
    reads: str = ""  # the relation to narrow to the changed keys
    asked_by: tuple[str, ...] = ()  # columns that ranges are asked by; PostgreSQL indexes them
    dirty: str = ""  # where the changed keys are found

    @property
    def is_staging(self) -> bool:
        return self.name.startswith("stg_")


@cache
def all_models() -> tuple[Model, ...]:
    """Return every model in the order in which they are made."""
    found = {
        path.stem: read_model(path.stem, path.read_text(encoding="utf-8"))
        for folder in _FOLDERS
        for path in sorted((Path(__file__).parent / folder).glob("*.sql"))
    }
    return tuple(found[name] for name in _ORDER)


def find_model(name: str) -> Model | None:
    """Return the model of this name, None if there is none."""
    return next((model for model in all_models() if model.name == name), None)


def read_model(name: str, text: str) -> Model:
    """Split a file into its head (`-- word: text`) and its SELECT."""
    head, sql = split_head(text)
    return Model(
        name=name,
        says=head["says"],
        sql=sql,
        key=_words(head.get("key", "")),
        reads=head.get("from", ""),
        asked_by=_words(head.get("asked_by", "")),
        dirty=head.get("dirty", head.get("from", "")),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def split_head(text: str) -> tuple[dict[str, str], str]:
    """Return the words of the comment lines at the top, and the statement below them."""
    head: dict[str, str] = {}
    lines = text.splitlines()
    while lines and lines[0].startswith("-- "):
        word, _, rest = lines.pop(0).removeprefix("-- ").partition(": ")
        head[word] = rest.strip()
    return head, "\n".join(lines).strip() + "\n"
