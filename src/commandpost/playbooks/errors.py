"""What a playbook may refuse."""

from commandpost.kit.errors import Conflict, Forbidden, Invalid, NotFound
from commandpost.kit.words import _


class PlaybookNotFound(NotFound):
    """There is none of that id, or it belongs to a team that the viewer is not in."""

    def __init__(self) -> None:
        super().__init__(
            _("There is no such playbook. It may have been deleted; look at the list of playbooks.")
        )


class TeamIsFixed(Forbidden):
    """A playbook never changes its team."""

    def __init__(self) -> None:
        super().__init__(
            _("A playbook stays in its team. Nothing was changed; export it and import it there.")
        )


class TextRefused(Invalid):
    """A title or name can't be used; `field` says which."""


class TooMuch(Invalid):
    """More checklists or items than one playbook or incident may hold."""


class StalePlaybook(Conflict):
    """Somebody saved another version meanwhile; both are in the details."""

    def __init__(self, *, yours: object, stored: object) -> None:
        super().__init__(
            _(
                "Somebody saved this playbook after you opened it. Nothing was changed; "
                "compare both versions and save again."
            ),
            details={"yours": yours, "stored": stored},
        )


class UnreadablePlaybook(Invalid):
    """An imported file is no playbook."""
