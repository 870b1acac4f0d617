"""What is refused around accounts, each with its sentence."""

from collections.abc import Mapping

from commandpost.kit.errors import AppError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from commandpost.kit.words import _


class NotAdministrator(Forbidden):
    def __init__(self) -> None:
        super().__init__(_("Only an administrator may do this. Nothing was changed."))


class UserNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("There is no such user. Check the address or the id."))


class TeamNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(
            _("There is no such team, or you are not in it. Go back to your own teams.")
        )


class NoTeamYet(NotFound):
    def __init__(self) -> None:
        super().__init__(_("You are in no team yet. Ask an administrator to add you to one."))


class SignInNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("You have no such session. It may have ended already."))


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("You have no such token. It may have been revoked already."))


class LinkExpired(NotFound):
    def __init__(self) -> None:
        super().__init__(
            _("This link was used already or ran out. Ask an administrator for a new one.")
        )


class SetupClosed(NotFound):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This set-up link is not good. While nobody has an account, each start "
                "prints a new one at the console; afterwards, sign in."
            )
        )


class UsernameTaken(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(
            _("The user name “%(username)s” is taken. Choose another.", username=username),
            details={"field": "username"},
        )


class TeamNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is a team “%(name)s” already. Choose another short name.", name=name),
            details={"field": "name"},
        )


class ChangedMeanwhile(Conflict):
    """Somebody else saved it after it was opened; both versions are in the details."""

    def __init__(self, *, yours: Mapping[str, object], stored: Mapping[str, object]) -> None:
        super().__init__(
            _(
                "Somebody else changed this meanwhile: to “%(stored)s” where you have "
                "“%(yours)s”. Nothing was changed; save again if you still want yours.",
                stored=", ".join(map(str, stored.values())),
                yours=", ".join(map(str, yours.values())),
            ),
            details={"yours": dict(yours), "stored": dict(stored)},
        )


class LastAdministrator(Conflict):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is the last administrator. Nothing was changed; make somebody else "
                "an administrator first."
            )
        )


class LastWayIn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is your only way to sign in. Nothing was changed; set a password "
                "first, by a link that an administrator gives you."
            )
        )


class NoAccount(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            _(
                "You have no account here. Ask an administrator for one; then connect it "
                "to this sign-in on your account page."
            )
        )


class IdentityTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(
            _("This sign-in is connected to another account here. Nothing was changed.")
        )


class WrongCredentials(Unauthenticated):
    def __init__(self) -> None:
        super().__init__(_("User name and password do not match. Try again."))


class WrongPassword(Invalid):
    def __init__(self) -> None:
        super().__init__(_("This is not your current password."), field="current_password")


class ProviderRefused(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            _("The sign-in provider did not confirm who you are. Nobody was signed in; try again.")
        )


class ProviderSilent(AppError):
    status = 502

    def __init__(self) -> None:
        super().__init__(
            _(
                "The sign-in provider does not answer. Nobody was signed in; try again "
                "in a minute, or sign in by user name and password."
            )
        )
