"""The file of a backup: what stands in it, written whole or not at all, and checked when read."""

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import msgspec

from commandpost.kit.errors import Invalid

FORMAT = 1
MANIFEST = "manifest.json"


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    format: int
    version: str  # of the product that wrote it
    revision: str  # the last migration of its database
    created_at: str
    tables: dict[str, int]  # rows by table
    files: list[str]  # of the pipeline, relative to the data directory


@contextmanager
def written(path: Path) -> Iterator[ZipFile]:
    """Give an archive to fill; it stands at its path once it is whole and on disk."""
    if path.exists():
        raise Invalid(f"{path} is there already, and was left alone. Name a new file.")
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def add_lines(archive: ZipFile, name: str, lines: Iterable[bytes]) -> int:
    """Write lines as one member and return how many there were."""
    count = 0
    with archive.open(name, "w", force_zip64=True) as member:
        for line in lines:
            member.write(line)
            count += 1
    return count


@contextmanager
def opened_archive(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """Give an archive whose every byte was read and found good."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(ZipFile(path))
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            damaged = archive.testzip()
        except (BadZipFile, KeyError, OSError, msgspec.DecodeError, zlib.error) as error:
            said = f"{path} is no backup that can be read: {error}. Nothing was changed."
            raise Invalid(said) from error
        if damaged:
            raise Invalid(f"{path} is damaged at {damaged}. Nothing was changed.")
        _require_sound(path, manifest, set(archive.namelist()))
        yield archive, manifest


def _require_sound(path: Path, manifest: Manifest, members: set[str]) -> None:
    if manifest.format != FORMAT:
        raise Invalid(
            f"{path} is of format {manifest.format}, this version reads {FORMAT}. Restore it by "
            f"Commandpost {manifest.version}. Nothing was changed."
        )
    told = {member_of_table(name) for name in manifest.tables}
    told |= {member_of_file(name) for name in manifest.files}
    if missing := sorted(told - members):
        raise Invalid(f"{path} lacks {', '.join(missing)}. Nothing was changed.")
    for name in manifest.files:
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise Invalid(f"{path} would write outside of the data directory. Nothing was changed.")


def member_of_table(name: str) -> str:
    """Return where the rows of a table stand."""
    return f"tables/{name}.jsonl"


def member_of_file(name: str) -> str:
    """Return where a file of the pipeline stands."""
    return f"files/{name}"


def extract(archive: ZipFile, name: str, target: Path) -> None:
    """Write a file of the pipeline to where it belongs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member_of_file(name)) as member, target.open("wb") as file:
        _copy_durably(member, file)


def _copy_durably(source: IO[bytes], target: IO[bytes]) -> None:
    copyfileobj(source, target)
    target.flush()
    os.fsync(target.fileno())
