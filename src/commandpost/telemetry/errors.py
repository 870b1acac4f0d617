"""What telemetry refuses, with what to do instead."""

from commandpost.kit.errors import Conflict, NotFound
from commandpost.kit.words import _


class ModeIsConfigured(Conflict):
    """The mode is fixed from outside the page."""

    def __init__(self, by: str) -> None:
        super().__init__(
            _(
                "The mode is set by %(by)s on this server and was not changed. Change it "
                "there, then restart.",
                by=by,
            )
        )


class NotSeenYet(Conflict):
    """Nothing is sent before an administrator has seen what would be."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing is sent before an administrator has seen it. Open the telemetry "
                "page (or GET /api/v1/telemetry/preview), look at the first batch, then "
                "switch to “send”."
            )
        )


class NoReceiver(Conflict):
    """There is nowhere to send to."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no data plane to send to; the mode was not changed. Set "
                "COMMANDPOST_TELEMETRY_DATA_PLANE_URL and "
                "COMMANDPOST_TELEMETRY_WRITE_KEY, then restart."
            )
        )


class NothingIsRecorded(Conflict):
    """In the mode off there is no event to send, not even to try it out."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Telemetry is off, so no test event was recorded. Switch it to “local” "
                "or “send”, then try again."
            )
        )


class BatchNotFound(NotFound):
    """Batches are kept for 30 days."""

    def __init__(self) -> None:
        super().__init__(_("This batch is not kept any more, or never was."))
