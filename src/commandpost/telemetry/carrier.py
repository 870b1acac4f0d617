"""Takes a batch to a Rudder data plane over HTTP and reads the answer as the relay needs it."""

import gzip
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar

import httpx

from commandpost.kit.clock import now
from commandpost.outbox.carrier import Answer, Outcome
from commandpost.telemetry.record import product_version
from commandpost_telemetry.rudder.message import MAX_BATCH_BYTES, batch_body

TIMEOUT = httpx.Timeout(10.0)
OVERHEAD = 128  # bytes that sentAt and separators add to a message, at the most


class RudderCarrier:
    """POST /v1/batch with gzip and the write key as the user name of Basic."""

    outcomes: ClassVar[dict[int, Outcome]] = {
        400: Outcome.REFUSED,
        413: Outcome.REFUSED,
        401: Outcome.HELD,
        403: Outcome.HELD,
        404: Outcome.HELD,
    }

    def __init__(
        self, data_plane_url: str, write_key: str, *, timeout: httpx.Timeout = TIMEOUT
    ) -> None:
        self._address = f"{data_plane_url.rstrip('/')}/v1/batch"
        self._client = httpx.Client(
            auth=httpx.BasicAuth(write_key, ""),
            headers={"User-Agent": f"commandpost/{product_version()}"},
            timeout=timeout,
            trust_env=False,
        )

    def pack(self, payloads: Sequence[bytes], *, sent_at: datetime) -> bytes:
        """Return the gzipped body; the same input gives the same bytes."""
        return gzip.compress(batch_body(payloads, sent_at=sent_at), compresslevel=6, mtime=0)

    def fits(self, size: int, count: int) -> bool:
        """Return whether the body, before compression, stays under what data planes document."""
        return size + count * OVERHEAD <= MAX_BATCH_BYTES

    def send(self, body: bytes) -> Answer:
        """Post a body; whatever the network does becomes an answer."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        try:
            response = self._client.post(self._address, content=body, headers=headers)
        except httpx.HTTPError as error:
            return Answer(Outcome.TRANSIENT, None, f"{type(error).__name__}: {error}")
        return Answer(
            self._outcome(response.status_code),
            response.status_code,
            response.text,
            retry_after(response.headers.get("Retry-After")),
        )

    def _outcome(self, status: int) -> Outcome:
        if httpx.codes.is_success(status):
            return Outcome.DELIVERED
        return self.outcomes.get(status, Outcome.TRANSIENT)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, None when it says nothing usable."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now()).total_seconds())
    except (ValueError, TypeError):
        return None
