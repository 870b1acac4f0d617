"""Lets browsers send from any origin: only events, and only to the data plane's own paths."""

from commandpost_telemetry.collector.answers import Answer

_VARY = (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers")


def is_preflight(method: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a browser asks first."""
    return method == "OPTIONS" and b"access-control-request-method" in headers


def preflight(headers: dict[bytes, bytes]) -> Answer:
    """Answer a browser that asks first; a refusal just lacks the permission."""
    origin = headers.get(b"origin")
    wanted = headers[b"access-control-request-method"].upper()
    answer = Answer(204, [_VARY], b"")
    if origin and wanted in {b"GET", b"POST", b"HEAD"}:
        answer.headers.extend(_permission(origin))
        answer.headers.append((b"access-control-allow-methods", wanted))
        if asked := headers.get(b"access-control-request-headers"):
            answer.headers.append((b"access-control-allow-headers", asked))
        answer.headers.append((b"access-control-max-age", b"900"))
    return answer


def with_permission(answer: Answer, headers: dict[bytes, bytes]) -> Answer:
    """Let the page that sent this read the answer."""
    origin = headers.get(b"origin")
    if origin is None:
        return answer
    permission = [(b"vary", b"Origin"), *_permission(origin)]
    return Answer(answer.status, [*answer.headers, *permission], answer.body)


def _permission(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
    ]
