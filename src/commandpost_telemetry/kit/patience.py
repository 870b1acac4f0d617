"""How long a PostgreSQL server may keep silent before its connection is given up.

A host that vanishes says no good-bye: without this a wait for it ends after hours.
"""

from collections.abc import Container

_PATIENCE = {  # in seconds, the last in milliseconds
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}


def patience_beside(said: Container[str]) -> dict[str, str]:
    """Return the parameters of a connection about which its address says nothing."""
    return {name: value for name, value in _PATIENCE.items() if name not in said}
