"""The HTTP face of the data plane: who sends, what was sent, durable, then `ok`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from math import ceil
from typing import Any

import structlog

from commandpost_telemetry.collector import answers, cors, paths
from commandpost_telemetry.collector.answers import Answer
from commandpost_telemetry.collector.asked import Asked, Scope
from commandpost_telemetry.collector.body import Receive, TooLarge, Unreadable, read_body
from commandpost_telemetry.collector.ingest import (
    Refusal,
    Taken,
    take_batch,
    take_single,
    write_key_in,
)
from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.metrics import Metrics
from commandpost_telemetry.collector.pixel import take_pixel
from commandpost_telemetry.collector.pressure import Held, InFlight, Overloaded, Rates
from commandpost_telemetry.collector.questions import Questions
from commandpost_telemetry.collector.sources import Source, Sources
from commandpost_telemetry.collector.taking import Arrival
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.rejects import Rejects

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Take = Callable[[Held], Awaitable[Answer]]

logger = structlog.get_logger(__name__)

_NOT_ALLOWED = answers.refused(405, "method not allowed")
_NOT_FOUND = answers.refused(404, "404 page not found")


def owns(path: str) -> bool:
    """Whether a path is the data plane's where it shares its address with other pages."""
    return path in paths.SHARED


class Collector:
    """The ASGI application."""

    def __init__(
        self,
        log: Log,
        sources: Sources,
        rejects: Rejects,
        *,
        limits: CollectorLimits,
        metrics: Metrics,
        version: str,
        lags: Callable[[], Mapping[str, int]] | None,
    ) -> None:
        self.metrics = metrics
        self._log = log
        self._sources = sources
        self._rejects = rejects
        self._limits = limits
        self._lags = lags
        self._questions = Questions(log, sources, version)
        self._inflight = InFlight(limits)
        self._rates = Rates(limits.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            asked = Asked.of(scope)
            answer = await self._answered(asked, receive)
            start = {"status": answer.status, "headers": answer.headers}
            await send({"type": "http.response.start", **start})
            body = b"" if asked.method == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body})

    async def _answered(self, asked: Asked, receive: Receive) -> Answer:
        if asked.path == paths.METRICS:
            return await self._measured() if asked.is_reading else _NOT_ALLOWED
        if asked.path not in paths.SHARED and asked.path not in paths.ALONE:
            return _NOT_FOUND
        if cors.is_preflight(asked.method, asked.headers):
            return cors.preflight(asked.headers)
        if asked.path in paths.EVENTS:
            answer = await self._post(asked, receive) if asked.method == "POST" else _NOT_ALLOWED
        elif not asked.is_reading:
            answer = _NOT_ALLOWED
        elif asked.path in paths.PIXELS:
            answer = await self._pixel(asked)
        else:
            answer = await self._questions.answer(asked)
        return cors.with_permission(answer, asked.headers)

    async def _post(self, asked: Asked, receive: Receive) -> Answer:
        return await self._bounded(asked, lambda held: self._sent(asked, receive, held))

    async def _pixel(self, asked: Asked) -> Answer:
        """Take an event from an address; the answer is a picture, whatever happened."""
        await self._bounded(asked, lambda _: self._shown(asked))
        return answers.PIXEL

    async def _bounded(self, asked: Asked, take: Take) -> Answer:
        """Take what was sent within what may be in flight; say what went wrong."""
        try:
            with self._inflight.request() as held:
                return await take(held)
        except Overloaded:
            return self._unavailable(asked, "Service Unavailable")
        except LogUnavailableError as error:
            return self._unavailable(asked, str(error), reason="log unavailable")
        except TimeoutError:
            return self._refused(asked, 504, "gateway timeout")
        except TooLarge:
            return self._refused(asked, 413, "request size exceeds max limit")
        except Unreadable:
            return self._unreadable(asked)

    async def _sent(self, asked: Asked, receive: Receive, held: Held) -> Answer:
        is_beacon = asked.path == paths.BEACON
        key = asked.query.get("writeKey", "") if is_beacon else asked.basic_user
        if not key and is_beacon:
            return self._refused(asked, 401, "failed to read writekey from query params")
        body: bytes | None = None
        if not key:
            body = await self._body(asked, receive, held)
            key = write_key_in(body)
            if not key:
                return self._refused(asked, 401, "failed to read writekey from header")
        source = self._source(asked, key)
        if isinstance(source, Answer):
            return source
        if body is None:
            body = await self._body(asked, receive, held)
        arrival = Arrival(source.id, now(), asked.ip)
        kind = paths.SINGLES.get(asked.path)
        taken = take_batch(body, arrival) if kind is None else take_single(body, kind, arrival)
        return await self._kept(asked, source, taken, len(body))

    async def _shown(self, asked: Asked) -> Answer:
        query = asked.query
        source = self._source(asked, query.get("writeKey") or asked.basic_user)
        if isinstance(source, Answer):
            return source
        taken = take_pixel(paths.PIXELS[asked.path], query, Arrival(source.id, now(), asked.ip))
        return await self._kept(asked, source, taken, len(asked.query_string))

    def _source(self, asked: Asked, key: str) -> Source | Answer:
        source = self._sources.find(key)
        if source is None:
            return self._refused(asked, 401, "invalid write key")
        if not source.is_enabled:
            return self._refused(asked, 404, "source is disabled", source)
        return source

    async def _body(self, asked: Asked, receive: Receive, held: Held) -> bytes:
        encoding = asked.headers.get(b"content-encoding", b"")
        return await read_body(receive, encoding, self._limits, held)

    async def _kept(
        self, asked: Asked, source: Source, taken: Taken | Refusal, size: int
    ) -> Answer:
        if isinstance(taken, Refusal):
            await asyncio.to_thread(self._rejects.add, taken.kept)
            return self._refused(asked, taken.status, taken.message, source)
        events = taken.request.count + len(taken.rejects)
        wait = self._rates.seconds_to_wait(source.id, events)
        if wait > 0:
            message = "max requests limit reached"
            return self._refused(asked, 429, message, source, retry_after=ceil(wait))
        await self._keep(taken)
        if self._sources.is_note_due(source):
            await asyncio.to_thread(self._sources.note_seen, source)
        self.metrics.accepted.labels(source.id).inc(taken.request.count)
        self.metrics.bytes.inc(size)
        return answers.OK

    async def _keep(self, taken: Taken) -> None:
        async with asyncio.timeout(self._limits.append_seconds):
            if taken.rejects:
                await asyncio.to_thread(self._rejects.add, taken.rejects)
                for reject in taken.rejects:
                    self.metrics.rejected.labels(reject.reason).inc()
            if taken.request.count:
                await self._log.append(taken.request)

    async def _measured(self) -> Answer:
        self.metrics.inflight.set(self._inflight.requests)
        page = await asyncio.to_thread(self._page)
        return answers.text(page, b"text/plain; version=0.0.4; charset=utf-8")

    def _page(self) -> bytes:
        self.metrics.backlog.set(self._log.backlog_bytes())
        self.metrics.damaged.set(self._log.damaged_files())
        return self.metrics.page(self._lags)

    def _unreadable(self, asked: Asked) -> Answer:
        if asked.is_malformed:  # the protocol has said so already: what counts is the number
            return self._refused(asked, 400, "malformed body")
        return self._refused(asked, 500, "failed to read body from request")

    def _unavailable(self, asked: Asked, message: str, *, reason: str = "") -> Answer:
        retry_after = self._limits.retry_after_seconds
        return self._refused(asked, 503, message, reason=reason, retry_after=retry_after)

    def _refused(
        self,
        asked: Asked,
        status: int,
        message: str,
        source: Source | None = None,
        *,
        reason: str = "",
        retry_after: int | None = None,
    ) -> Answer:
        self.metrics.refused.labels(str(status), reason or message).inc()
        logger.info(
            "telemetry_refused",
            request_id=asked.request_id,
            path=asked.path,
            status=status,
            reason=message,
            source=source.id if source else None,
        )
        return answers.refused(status, message, retry_after=retry_after)


def create_collector(
    log: Log,
    sources: Sources,
    rejects: Rejects,
    *,
    limits: CollectorLimits | None = None,
    metrics: Metrics | None = None,
    version: str = "0",
    lags: Callable[[], Mapping[str, int]] | None = None,
) -> Collector:
    """Return the data plane over a log; `lags` says how far each reader of the log is behind."""
    metrics = metrics or Metrics()
    log.on_commit = log.on_commit or metrics.note_commit
    return Collector(
        log,
        sources,
        rejects,
        limits=limits or CollectorLimits(),
        metrics=metrics,
        version=version,
        lags=lags,
    )


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
