"""Incidents by their names, for who types where to go."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from commandpost.accounts.gate import SignedIn
from commandpost.incidents.listing import PATH
from commandpost.incidents.queries.many import list_named
from commandpost.kit.edge import Db
from commandpost.kit.words import _

router = APIRouter()

MOST_NAMES = 8


@router.get("/incidents")
def find_incidents(
    session: Db, actor: SignedIn, text: Annotated[str, Query(max_length=256)] = ""
) -> Response:
    """Answer the incidents of one's teams that hold a text in their names, ongoing ones first."""
    found = list_named(session, actor, text, limit=MOST_NAMES)
    return JSONResponse(
        [
            {
                "text": each.name,
                "help": _("details, ongoing") if each.is_active else _("details, ended"),
                "href": f"{PATH}/{each.id}",
            }
            for each in found
        ]
    )
