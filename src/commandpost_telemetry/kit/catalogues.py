"""Catalogues of translated texts, read as translators write them."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path


def read_catalogue(path: Path, language: str) -> GNUTranslations:
    """Return the texts of a `.po` file, ready to be looked up."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - who reads English never pays for it
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
