"""What an incident refuses, each with the sentence that people read."""

from datetime import datetime

from commandpost.kit.errors import Conflict, Forbidden, Invalid, NotFound
from commandpost.kit.words import _, number


class IncidentNotFound(NotFound):
    """There is none of that id, or it belongs to a team that the viewer is not in."""

    def __init__(self) -> None:
        super().__init__(_("There is no such incident. Check the address, or look at the list."))


class DetailsNotFound(NotFound):
    """Team mates outside the channel know the incident, but not what is inside."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only people in the incident's channel see its details. Ask its "
                "commander to let you in."
            )
        )


class ChecklistNotFound(NotFound):
    """There is no such checklist in this incident."""

    def __init__(self) -> None:
        super().__init__(
            _("This incident has no such checklist; it may have been removed meanwhile.")
        )


class ItemNotFound(NotFound):
    """There is no such item in this incident."""

    def __init__(self) -> None:
        super().__init__(
            _("This incident has no such item; somebody may have removed it meanwhile.")
        )


class IncidentNotActive(Conflict):
    """An ended incident keeps what it has."""

    def __init__(self, ended_at: datetime | None) -> None:
        if ended_at is None:
            sentence = _(
                "This incident has ended already. Nothing was changed; restart it to work on it "
                "again."
            )
        else:
            sentence = _(
                "This incident has ended already at %(moment)s UTC. Nothing was changed; restart "
                "it to work on it again.",
                moment=ended_at.strftime("%Y-%m-%d %H:%M"),
            )
        super().__init__(sentence)


class IncidentStillActive(Conflict):
    """Only an ended incident can be restarted."""

    def __init__(self) -> None:
        super().__init__(_("This incident is ongoing, so there is nothing to restart."))


class NotInChannel(Forbidden):
    """A team mate may look, but deeds are for the people in the channel."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only people in the incident's channel may change it. Nothing was "
                "changed; ask its commander to let you in."
            )
        )


class TeamRequired(Forbidden):
    """The incidents of all teams are for administrators."""

    def __init__(self) -> None:
        super().__init__(
            _("Only an administrator lists the incidents of all teams. Say which one: team_id=…")
        )


class NameRefused(Invalid):
    """A name that no incident and no channel can have."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="name")


class StartUnderWay(Conflict):
    """The same form was sent twice, and the first one has no outcome yet."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This incident is being started already. Nothing was started twice; look "
                "at the list of incidents."
            )
        )


class SystemPost(Invalid):
    """Messages of the chat itself are nobody's report."""

    def __init__(self) -> None:
        super().__init__(
            _("An incident can't be started from a system message. Pick what somebody wrote."),
            field="post_id",
        )


class NotACommander(Forbidden):
    """A commander must be in the incident's channel."""

    def __init__(self, who: str) -> None:
        super().__init__(
            _(
                "%(who)s is not in the incident's channel and so can't command it. "
                "Nothing was changed; invite them first.",
                who=who,
            )
        )


class PersonNotFound(NotFound):
    """Nobody of that id or name may be known here."""

    def __init__(self) -> None:
        super().__init__(_("There is no such person in this team. Nothing was changed."))


class PositionRefused(Invalid):
    """A place that the list does not have."""

    def __init__(self, position: int, last: int) -> None:
        super().__init__(
            _(
                "There is no position %(position)s: the list has positions 0 to "
                "%(last)s. Nothing was moved.",
                position=position,
                last=last,
            ),
            field="position",
        )


class TooManyItems(Invalid):
    """More than a page and a person can take in."""

    def __init__(self, most: int, what: str) -> None:
        super().__init__(
            _(
                "This incident has %(most)s %(what)s, which is the most. Nothing was "
                "added; remove some first.",
                most=number(most),
                what=what,
            )
        )


class StaleTitle(Conflict):
    """Somebody renamed it meanwhile; both titles are in the details."""

    def __init__(self, *, yours: str, stored: str) -> None:
        self.stored = stored
        super().__init__(
            _(
                "Somebody renamed it to “%(stored)s” meanwhile. Nothing was changed; "
                "look at theirs and rename it again if you still want to.",
                stored=stored,
            ),
            details={"yours": yours, "stored": stored},
        )


class StaleCommander(Conflict):
    """Somebody else handed it over meanwhile; both people are in the details."""

    def __init__(self, *, yours: str, stored: str) -> None:
        super().__init__(
            _(
                "Somebody changed the commander meanwhile. Nothing was changed; look who "
                "commands now, and pick again if you still want to."
            ),
            details={"yours": yours, "stored": stored},
        )


class AlreadyInside(Conflict):
    """Who is in the channel needs no access."""

    def __init__(self) -> None:
        super().__init__(_("You are in this incident's channel already."))
