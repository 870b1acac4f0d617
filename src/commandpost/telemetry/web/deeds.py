"""What administrators do to telemetry from its page: mode, diagnostic id, a test event."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from commandpost.accounts.gate import Administrator
from commandpost.kit.edge import Db, SettingsOf
from commandpost.kit.errors import Invalid
from commandpost.kit.words import _
from commandpost.settings import TelemetryMode
from commandpost.telemetry.actions import choose_mode, reset_diagnostic_id, send_test_event
from commandpost.telemetry.web.pages import PAGE, TEST
from commandpost.ui.shell import done

router = APIRouter()


@router.post(f"{PAGE}/mode")
def change_mode(
    session: Db, actor: Administrator, settings: SettingsOf, mode: Annotated[str, Form()]
) -> Response:
    """Switch the mode from the page."""
    if mode not in set(TelemetryMode):
        raise Invalid(_("The mode is off, local or send. Nothing was changed."), field="mode")
    choose_mode(session, actor, settings, mode=TelemetryMode(mode))
    return done(PAGE, _("The telemetry mode is now “%(mode)s”.", mode=mode))


@router.post(f"{PAGE}/diagnostic-id")
def reset_id(session: Db, actor: Administrator) -> Response:
    """Give this installation a new random id."""
    reset_diagnostic_id(session, actor)
    return done(PAGE, _("This server has a new diagnostic id."))


@router.post(TEST)
def send_test(session: Db, actor: Administrator) -> Response:
    """Record a test event and show its way."""
    send_test_event(session, actor)
    return done(f"{PAGE}#test", _("A test event was recorded; its way is shown below."))
