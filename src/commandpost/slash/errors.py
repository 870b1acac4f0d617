"""What slash commands refuse."""

from commandpost.kit.errors import NotFound
from commandpost.kit.words import _


class DialogUnknown(NotFound):
    """A submission for a dialog that nobody registered."""

    def __init__(self) -> None:
        super().__init__(_("This dialog is not known here. Nothing was changed; open it again."))
