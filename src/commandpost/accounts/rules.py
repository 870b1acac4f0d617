"""Rules about names, passwords and expiry; each takes values and returns values."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeAlias

from commandpost.accounts.errors import ChangedMeanwhile
from commandpost.kit.words import _

Values: TypeAlias = Mapping[str, object]

USERNAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
TEAM_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")
RESERVED_USERNAMES = frozenset({"all", "channel", "here", "incident"})  # mentions, and the bot
MAX_DISPLAY_NAME = 128
MAX_TOKEN_NAME = 64
MAX_EMAIL = 254
MIN_PASSWORD = 10
MAX_PASSWORD = 1000  # argon2 takes any length; a bound keeps one request cheap

# In this order: each of the first also calls itself by the names below it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)

SIGN_IN_LASTS = timedelta(days=30)
RENEWED_AFTER = timedelta(days=1)
RESET_LASTS = timedelta(hours=24)
THROTTLE_WINDOW = timedelta(minutes=15)
TRIES_FROM_ADDRESS = 10  # for one user name from one address
TRIES_PER_ADDRESS = 50  # an office shares one address
TRIES_PER_USERNAME = 100  # from everywhere: a stranger must not lock somebody out by ten tries


class Scope(StrEnum):
    """What a personal token may do."""

    READ = "read"
    WRITE = "write"


def secret_hash(secret: str) -> str:
    """Return what the database keeps of a cookie, token or link: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fold_username(typed: str) -> str:
    """Return the user name as it is stored: trimmed, lower case."""
    return typed.replace("\x00", "").strip().lower()  # PostgreSQL refuses NUL in any text


def username_problem(username: str) -> str:
    """Return what is wrong with a user name, or nothing."""
    if not USERNAME.fullmatch(username):
        return _(
            "A user name has 1 to 64 of the letters a to z, digits, dots, hyphens and underscores, "
            "and starts and ends with a letter or digit."
        )
    if username in RESERVED_USERNAMES:
        return _(
            "“%(username)s” has a meaning of its own in messages. Choose another user name.",
            username=username,
        )
    return ""


def team_name_problem(name: str) -> str:
    """Return what is wrong with the short name of a team, or nothing."""
    if TEAM_NAME.fullmatch(name):
        return ""
    return _(
        "The short name of a team has 1 to 64 of the letters a to z, digits and hyphens, "
        "and starts and ends with a letter or digit."
    )


def plain_name(display_name: str) -> str:
    """Return the letters a to z and digits of a name with hyphens between them, or nothing."""
    folded = unicodedata.normalize("NFKD", display_name).casefold()
    unaccented = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", unaccented).strip("-")


def display_name_problem(name: str, *, noun: str = "", at_most: int = MAX_DISPLAY_NAME) -> str:
    """Return what is wrong with a cleaned display name, or nothing."""
    noun = noun or _("A name")
    if not any(c.isalnum() for c in name):
        return _("%(noun)s needs at least one letter or digit.", noun=noun)
    if len(name) > at_most:
        return _(
            "%(noun)s has at most %(at_most)s characters; this one has %(count)s.",
            noun=noun,
            at_most=at_most,
            count=len(name),
        )
    return ""


def email_problem(email: str) -> str:
    """Return what is wrong with an address that is not empty, or nothing."""
    if not email or (len(email) <= MAX_EMAIL and EMAIL.fullmatch(email)):
        return ""
    return _("This is not an e-mail address. Write one like ann@example.org, or leave it empty.")


def password_problem(password: str, *, username: str) -> str:
    """Return what is wrong with a new password, or nothing."""
    if len(password) < MIN_PASSWORD:
        return _(
            "A password has at least %(fewest)s characters. A few words in a row are good.",
            fewest=MIN_PASSWORD,
        )
    if len(password) > MAX_PASSWORD:
        return _("A password has at most %(most)s characters.", most=MAX_PASSWORD)
    if len(set(password)) < 4 or fold_username(password) == username:  # noqa: PLR2004 - said here
        return _("This password is too easy to guess. A few words in a row are good.")
    return ""


def browser_name(user_agent: str) -> str:
    """Return a browser as people call it: `Firefox on Linux`; else what it calls itself."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if not browser or not system:
        return user_agent or _("Unknown")
    return _("%(browser)s on %(system)s", browser=browser, system=system)


def address_subject(address: str) -> str:
    """Return what the throttle counts for an address: it, or the /64 network of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"address:{address[:100]}"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return f"address:{parsed.ipv4_mapped}"
        return f"address:{ip_network((parsed, 64), strict=False).network_address}"
    return f"address:{parsed}"


def pair_subject(typed: str, address: str) -> str:
    """Return what the throttle counts for a user name tried from an address."""
    pair = f"{username_subject(typed)} {address_subject(address)}"
    return f"pair:{secret_hash(pair)}"


def username_subject(typed: str) -> str:
    """Return what the throttle counts for a user name, whether somebody has it or not."""
    return f"user:{fold_username(typed)[:100]}"


def needs_renewal(expires_at: datetime, at: datetime) -> bool:
    """Return whether a session was used long enough after it was last extended."""
    return expires_at - at < SIGN_IN_LASTS - RENEWED_AFTER


def is_local_path(target: str) -> bool:
    """Return whether an address stays on this site, which `//host` does not."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and target.isprintable()
        and "\\" not in target
    )


def change(row: object, wanted: Values, *, was: Values | None) -> None:
    """Set what somebody means to change; nothing when any of it is refused."""
    stored = {name: getattr(row, name) for name in wanted}
    for name, value in changes(wanted, was=was, stored=stored).items():
        setattr(row, name, value)


def changes(wanted: Values, *, was: Values | None, stored: Values) -> dict[str, object]:
    """Return what somebody means to change: what is wanted, unless they saw it so or it is so.

    What another changed since they saw it is refused; None is what was not said.
    """
    seen = was or {}
    meant = {
        name: value
        for name, value in wanted.items()
        if value is not None and value not in {seen.get(name), stored[name]}
    }
    clashing = [name for name in meant if seen.get(name) not in {None, stored[name]}]
    if clashing:
        raise ChangedMeanwhile(
            yours={name: meant[name] for name in clashing},
            stored={name: stored[name] for name in clashing},
        )
    return meant
