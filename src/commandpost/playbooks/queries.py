"""Every question about playbooks; what a viewer may not know of does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import get_team_for, may_see_team
from commandpost.kit.clock import now
from commandpost.kit.paging import Page, PageRequest
from commandpost.playbooks.errors import PlaybookNotFound
from commandpost.playbooks.models import Playbook, PlaybookChecklist, PlaybookItem
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft

UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PlaybookHeader:
    """A playbook as lists and selects show it."""

    id: str
    team_id: str
    title: str
    updated_at: datetime
    num_checklists: int
    num_items: int


@dataclass(frozen=True, slots=True)
class StoredPlaybook:
    """A playbook as it is read: a value, no row."""

    id: str
    team_id: str
    title: str
    version: int
    checklists: tuple[ChecklistDraft, ...]


def get_playbook(session: Session, viewer: Actor, playbook_id: str) -> StoredPlaybook:
    """Return a playbook with its checklists, in two queries."""
    row = session.execute(
        select(Playbook.id, Playbook.team_id, Playbook.title, Playbook.version).where(
            Playbook.id == playbook_id, Playbook.deleted_at.is_(None)
        )
    ).first()
    if row is None or not may_see_team(session, viewer, row.team_id):
        raise PlaybookNotFound
    checklists = _checklists(session, [playbook_id]).get(playbook_id, ())
    return StoredPlaybook(row.id, row.team_id, row.title, row.version, checklists)


def get_playbook_for_update(
    session: Session, actor: Actor, playbook_id: str, *, deleted: bool = False
) -> Playbook:
    """Return the row locked, with every part; `deleted` looks among the deleted ones."""
    playbook = session.scalars(
        select(Playbook)
        .where(
            Playbook.id == playbook_id,
            Playbook.deleted_at.is_not(None) if deleted else Playbook.deleted_at.is_(None),
        )
        .options(selectinload(Playbook.checklists).selectinload(PlaybookChecklist.items))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if playbook is None or not may_see_team(session, actor, playbook.team_id):
        raise PlaybookNotFound
    return playbook


def list_deleted_before(session: Session, team_id: str, moment: datetime) -> Sequence[Playbook]:
    """Return the playbooks of a team that were deleted too long ago to be restored."""
    return session.scalars(
        select(Playbook)
        .where(Playbook.team_id == team_id, Playbook.deleted_at < moment)
        .options(selectinload(Playbook.checklists).selectinload(PlaybookChecklist.items))
    ).all()


def list_playbook_headers(
    session: Session, viewer: Actor, team_id: str, *, limit: int = 1000
) -> Sequence[PlaybookHeader]:
    """Return the playbooks of a team in the order of their creation."""
    get_team_for(session, viewer, team_id)
    rows = session.execute(
        _headers()
        .where(Playbook.team_id == team_id, Playbook.deleted_at.is_(None))
        .order_by(Playbook.created_at, Playbook.id)
        .limit(limit)
    )
    return [PlaybookHeader(*row) for row in rows]


def has_playbooks(session: Session, viewer: Actor, team_id: str) -> bool:
    """Return whether a team has a playbook now."""
    get_team_for(session, viewer, team_id)
    theirs = exists().where(Playbook.team_id == team_id, Playbook.deleted_at.is_(None))
    return session.scalar(select(theirs)) is True


def find_deleted_lately(session: Session, team_id: str) -> PlaybookHeader | None:
    """Return the playbook deleted last, if that was a moment ago: the list offers to undo it."""
    row = session.execute(
        _headers()
        .where(Playbook.team_id == team_id, Playbook.deleted_at > now() - UNDO_FOR)
        .order_by(Playbook.deleted_at.desc(), Playbook.id)
        .limit(1)
    ).first()
    return PlaybookHeader(*row) if row else None


def _headers() -> Select[str, str, str, datetime, int, int]:
    lists = (
        select(func.count()).where(PlaybookChecklist.playbook_id == Playbook.id).scalar_subquery()
    )
    items = (
        select(func.count())
        .select_from(PlaybookItem)
        .join(PlaybookChecklist, PlaybookChecklist.id == PlaybookItem.checklist_id)
        .where(PlaybookChecklist.playbook_id == Playbook.id)
        .scalar_subquery()
    )
    return select(Playbook.id, Playbook.team_id, Playbook.title, Playbook.updated_at, lists, items)


def list_playbooks(
    session: Session, viewer: Actor, team_id: str, request: PageRequest
) -> Page[StoredPlaybook]:
    """Return one page of a team's playbooks, whole, in four queries however many there are."""
    get_team_for(session, viewer, team_id)
    wanted = (Playbook.team_id == team_id, Playbook.deleted_at.is_(None))
    total = session.scalar(select(func.count()).select_from(Playbook).where(*wanted)) or 0
    rows = session.execute(
        select(Playbook.id, Playbook.team_id, Playbook.title, Playbook.version)
        .where(*wanted)
        .order_by(Playbook.created_at, Playbook.id)
        .limit(request.per_page)
        .offset(request.offset)
    ).all()
    checklists = _checklists(session, [row.id for row in rows])
    items = [StoredPlaybook(*row, checklists.get(row.id, ())) for row in rows]
    return Page(items, total, request)


def _checklists(
    session: Session, playbook_ids: Sequence[str]
) -> dict[str, tuple[ChecklistDraft, ...]]:
    """Return the checklists of several playbooks, in one query."""
    rows = session.execute(
        select(
            PlaybookChecklist.playbook_id,
            PlaybookChecklist.id,
            PlaybookChecklist.title,
            PlaybookItem.id,
            PlaybookItem.title,
        )
        .join(PlaybookItem, PlaybookItem.checklist_id == PlaybookChecklist.id, isouter=True)
        .where(PlaybookChecklist.playbook_id.in_(playbook_ids))
        .order_by(PlaybookChecklist.playbook_id, PlaybookChecklist.position, PlaybookItem.position)
    )
    titles: dict[tuple[str, str], str] = {}
    items: dict[tuple[str, str], list[ItemDraft]] = {}
    for playbook_id, checklist_id, checklist_title, item_id, item_title in rows:
        key = (playbook_id, checklist_id)
        titles[key] = checklist_title
        items.setdefault(key, [])
        if item_id is not None:
            items[key].append(ItemDraft(item_title, item_id))
    found: dict[str, tuple[ChecklistDraft, ...]] = {}
    for (playbook_id, checklist_id), title in titles.items():
        made = ChecklistDraft(title, tuple(items[playbook_id, checklist_id]), checklist_id)
        found[playbook_id] = (*found.get(playbook_id, ()), made)
    return found
