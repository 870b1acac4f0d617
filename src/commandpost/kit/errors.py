"""The kinds of refusal: each carries a sentence for the user and the status that fits it."""

from typing import ClassVar

from typing_extensions import override


class AppError(Exception):
    """A refusal with a sentence that says what happened, what was kept and what to do."""

    status: ClassVar[int] = 500

    def __init__(self, sentence: str, *, details: object = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    @property
    def form_status(self) -> int:
        """Return what a page or a form is answered; REST is answered `status`."""
        return self.status


class Invalid(AppError):
    """What was sent can't be used; `field` names the form field it belongs to."""

    status = 400

    def __init__(self, sentence: str, *, field: str = "", details: object = None) -> None:
        super().__init__(sentence, details=details or ({"field": field} if field else None))
        self.field = field

    @property
    @override
    def form_status(self) -> int:
        return 422  # browsers and htmx show a form again that was not understood


class Unauthenticated(AppError):
    """Nobody is signed in, or the token is not good."""

    status = 401


class Forbidden(AppError):
    """They may know of it, but not do this."""

    status = 403


class NotFound(AppError):
    """It does not exist, or they may not know that it does."""

    status = 404


class Conflict(AppError):
    """It changed meanwhile, or is in a state that refuses this."""

    status = 409


class TooMany(AppError):
    """Too often; `retry_after` is in seconds."""

    status = 429

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence, details={"retry_after": retry_after})
        self.retry_after = retry_after
