"""What can go wrong on a page of Insights: each with the sentence that is shown."""


class InsightsError(Exception):
    """A refusal with a sentence for the reader."""

    status = 400


class NotFound(InsightsError):
    """There is nothing at this address."""

    status = 404


class BadFilter(InsightsError):
    """A filter in the address cannot be used; nothing was changed."""

    status = 422


class NotAllowed(InsightsError):
    """The reader may look but not do this."""

    status = 403


class BadFile(InsightsError):
    """A file that was given cannot be read; nothing of it was used."""

    status = 422


class SyncFailed(InsightsError):
    """The sync that was asked for did not go through; the sentence is that of its cause."""

    status = 502
