"""What is refused around accounts, each with its sentence."""

from commandpost.kit.errors import AppError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class NotAdministrator(Forbidden):
    def __init__(self) -> None:
        super().__init__("Only an administrator may do this. Nothing was changed.")


class UserNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such user. Check the address or the id.")


class TeamNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such team, or you are not in it.")


class SignInNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("You have no such session. It may have ended already.")


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("You have no such token. It may have been revoked already.")


class LinkExpired(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "This link was used already or ran out. Ask an administrator for a new one."
        )


class SetupClosed(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "This set-up link is not good. While nobody has an account, each start prints a new "
            "one at the console; afterwards, sign in."
        )


class UsernameTaken(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(
            f"The user name “{username}” is taken. Choose another.", details={"field": "username"}
        )


class TeamNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a team “{name}” already. Choose another short name.",
            details={"field": "name"},
        )


class LastAdministrator(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This is the last administrator. Nothing was changed; make somebody else an "
            "administrator first."
        )


class LastWayIn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This is your only way to sign in. Nothing was changed; set a password first, by a "
            "link that an administrator gives you."
        )


class NoAccount(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "You have no account here. Ask an administrator for one; then connect it to this "
            "sign-in on your account page."
        )


class IdentityTaken(Conflict):
    def __init__(self) -> None:
        super().__init__("This sign-in is connected to another account here. Nothing was changed.")


class WrongCredentials(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("User name and password do not match. Try again.")


class WrongPassword(Invalid):
    def __init__(self) -> None:
        super().__init__("This is not your current password.", field="current_password")


class ProviderRefused(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "The sign-in provider did not confirm who you are. Nobody was signed in; try again."
        )


class ProviderSilent(AppError):
    status = 502

    def __init__(self) -> None:
        super().__init__(
            "The sign-in provider does not answer. Nobody was signed in; try again in a minute, "
            "or sign in by user name and password."
        )
