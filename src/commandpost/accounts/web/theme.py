"""The theme of this browser: as the system has it, light, or dark."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.web.cookie import KEPT, is_secure
from commandpost.kit.words import _
from commandpost.ui.shell import THEME_COOKIE, THEMES, done

router = APIRouter(prefix="/account/theme")


@router.post("")
def choose_theme(
    request: Request, _actor: SignedIn, theme: Annotated[str, Form()] = ""
) -> Response:
    """Keep it with the browser, which also shows it to who signs in next; "" forgets it."""
    response = done("/account", _("This browser has the theme that you chose."))
    chosen = theme if theme in THEMES else ""
    response.set_cookie(
        THEME_COOKIE,
        chosen,
        max_age=KEPT if chosen else 0,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return response
