"""Passwords as argon2id hashes; tests take cheap parameters, everybody else the library's."""

import threading
from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import FastAPI

PasswordHash = NewType("PasswordHash", str)  # of a password that the rule was asked about
NO_PASSWORD = PasswordHash("")

AT_ONCE = 2  # each hash takes 64 MiB for its 50 ms


class Passwords:
    """Hashes and verifies; an empty hash takes the time of a real one and never matches."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        with self._room:
            return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        """Return whether this is the password, in the same time for those who have none."""
        with self._room:
            try:
                self._hasher.verify(stored or self._decoy(), password)
            except (VerificationError, InvalidHashError):
                return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _decoy(self) -> str:
        return _decoy(self._hasher)


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def cheap() -> Passwords:
    """Return hashing with the least cost, for tests and demonstrations of other things."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


PASSWORDS = Passwords()


def passwords_of(app: FastAPI) -> Passwords:
    """Return the hashing that an application was made with, else the library's."""
    chosen: Passwords = getattr(app.state, "passwords", PASSWORDS)
    return chosen
