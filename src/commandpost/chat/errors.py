"""What the chat refuses, each with the sentence that people read."""

from commandpost.kit.errors import Conflict, Forbidden, Invalid, NotFound
from commandpost.kit.words import _


class ChannelNotFound(NotFound):
    """There is no such channel, or they may not know of it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no such channel, or you are not in it. Go back, or ask one of "
                "its members to invite you."
            )
        )


class PostNotFound(NotFound):
    """There is no such post, or they may not read it."""

    def __init__(self) -> None:
        super().__init__(_("There is no such post, or it was deleted. Nothing was changed."))


class PersonNotFound(NotFound):
    """Nobody of that name may be reached."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is nobody called “%(name)s” here. Check the name and try again.", name=name)
        )


class ChannelNameInvalid(Invalid):
    """A display name that no channel can have."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "A channel's name has 2 to 64 characters, at least one of them a letter "
                "or a digit. Nothing was made; change the name and try again."
            ),
            field="display_name",
        )


class MessageInvalid(Invalid):
    """A blank message, or one that is too long."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="text")


class NotAMember(Forbidden):
    """They may read the channel but write only once they joined."""

    def __init__(self) -> None:
        super().__init__(_("Only members of this channel may do that. Join it first."))


class NotYourPost(Forbidden):
    """Only who wrote a post may change it."""

    def __init__(self) -> None:
        super().__init__(_("Only the person who wrote a post can change it. It stays as it is."))


class StalePost(Conflict):
    """The author changed it elsewhere meanwhile; both texts are in the details."""

    def __init__(self, *, yours: str, stored: str) -> None:
        self.stored = stored
        super().__init__(
            _(
                "You changed this message elsewhere meanwhile. Nothing was changed; look at "
                "what is stored and save again if you still want to."
            ),
            details={"yours": yours, "stored": stored},
        )


class MembershipFixed(Conflict):
    """Nobody joins or leaves: the channel is for everybody, or for exactly these people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class TooManyPeople(Invalid):
    """More people than a group message holds."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _(
                "A group message holds at most %(most)s people. Make a private channel for more.",
                most=most,
            ),
            field="usernames",
        )


class NobodyChosen(Invalid):
    """A message to nobody."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one person. Nothing was opened."), field="usernames")


class BotHasNoName(Conflict):
    """Both names that the bot may have belong to people."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The bot can't speak: people are called “incident” and “incident-bot”. "
                "Nothing was changed; an administrator has to rename one of them."
            )
        )
