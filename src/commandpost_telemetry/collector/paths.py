"""The paths of the data plane, as SDKs know them."""

SINGLES = {
    f"/v1/{kind}": kind
    for kind in ("track", "identify", "page", "screen", "group", "alias", "merge")
} | {
    "/v1/t": "track",
    "/v1/i": "identify",
    "/v1/p": "page",
    "/v1/s": "screen",
    "/v1/g": "group",
    "/v1/a": "alias",
}
BEACON = "/beacon/v1/batch"
BATCHES = frozenset({"/v1/batch", "/v1/b", "/v1/import", BEACON})
PIXELS = {"/pixel/v1/track": "track", "/pixel/v1/page": "page"}
METRICS = "/metrics"

EVENTS = frozenset(SINGLES) | BATCHES
QUESTIONS = frozenset({"/health", "/version", "/sourceConfig", "/sourceConfig/"})
ALONE = frozenset({"/", "/robots.txt"})  # where another application is beside it, that one's
SHARED = EVENTS | frozenset(PIXELS) | QUESTIONS | {METRICS}
