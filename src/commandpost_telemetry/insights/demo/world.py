"""Who is in the made-up world: servers with their teams, people, habits and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"
_ID_LENGTH = 26
_FROM_THE_START = 0.08  # of the servers are there on the first day
_EDITIONS = ("Team", "Business", "Enterprise")
_FIRST = (
    "North",
    "Blue",
    "Silver",
    "Copper",
    "Green",
    "Grand",
    "Harbor",
    "Summit",
    "Cedar",
    "Delta",
)
_SECOND = ("wind", "field", "gate", "bridge", "stone", "lake", "works", "line", "port", "ridge")
_THIRD = ("Bank", "Energy", "Health", "Logistics", "Media", "Retail", "Systems", "Travel")
# share of the range after which each version is out
_RELEASES = (
    ("0.4.0", 0.0),
    ("0.4.1", 0.14),
    ("0.5.0", 0.33),
    ("0.5.1", 0.41),
    ("0.6.0", 0.68),
    ("0.7.0", 0.9),
)
_SERVER_VERSIONS = ("5.27.0", "5.28.1", "5.29.0", "5.30.2")


@dataclass(frozen=True, slots=True)
class Server:
    """One made-up server from its first to its last day."""

    id: str
    first: date
    last: date
    teams: Sequence[str]
    people: Sequence[str]
    incidents_a_day: float
    opens_at: int  # hour, UTC, at which its people come to work
    care: float  # how likely an item is checked
    speed: float  # minutes between two checks
    upgrades: Sequence[tuple[date, str]]
    server_version: str
    customer: str
    edition: str

    def version(self, day: date) -> str:
        """Return what the server runs on a day."""
        return [version for since, version in self.upgrades if since <= day][-1]


def make_id(random: Random) -> str:
    """Return an id of the form that the product makes."""
    return "".join(random.choices(_ALPHABET, k=_ID_LENGTH))


def make_servers(count: int, first: date, last: date, random: Random) -> list[Server]:
    """Return servers that come ever faster, and some of which go again."""
    days = (last - first).days + 1
    servers = []
    for _ in range(count):
        share = random.random() ** 0.62 if random.random() > _FROM_THE_START else 0
        born = first + timedelta(days=min(days - 1, int(days * share)))
        servers.append(_server(born, first, last, random))
    return servers


def _server(born: date, first: date, last: date, random: Random) -> Server:
    size = min(400, max(3, int(random.lognormvariate(2.6, 0.9))))
    is_licensed = random.random() < 0.2 + min(0.5, size / 80)
    stays = random.random() < (0.82 if is_licensed else 0.5)
    life = 10_000 if stays else int(random.expovariate(1 / 70)) + 2
    return Server(
        id=make_id(random),
        first=born,
        last=min(last, born + timedelta(days=life)),
        teams=[make_id(random) for _ in range(1 + size // 25)],
        people=[make_id(random) for _ in range(size)],
        incidents_a_day=min(6.0, 0.08 + size / 36 * random.lognormvariate(0, 0.6)),
        opens_at=random.choices((13, 7, 6, 1, 22), weights=(5, 6, 3, 2, 1))[0],
        care=random.uniform(0.6, 0.97),
        speed=random.lognormvariate(1.7, 0.4),
        upgrades=_upgrades(born, first, last, random),
        server_version=random.choice(_SERVER_VERSIONS),
        customer=_customer(random) if is_licensed else "",
        edition=random.choices(_EDITIONS, weights=(3, 4, 2))[0] if is_licensed else "",
    )


def _upgrades(born: date, first: date, last: date, random: Random) -> list[tuple[date, str]]:
    days = (last - first).days + 1
    slowness = random.lognormvariate(2.6, 0.9)  # days behind a release
    out = [(first + timedelta(days=int(days * share)), version) for version, share in _RELEASES]
    found = [(born, [version for day, version in out if day <= born][-1])]
    for day, version in out:
        since = day + timedelta(days=int(slowness * random.uniform(0.5, 1.5)))
        if day > born and since <= last:
            found.append((max(since, born), version))
    return sorted(found)


def _customer(random: Random) -> str:
    name = random.choice(_FIRST) + random.choice(_SECOND)
    return f"{name} {random.choice(_THIRD)}"
