"""What administrators do to telemetry, and what each start does."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.errors import Forbidden
from commandpost.kit.ids import new_id, new_secret
from commandpost.kit.words import _
from commandpost.outbox.keeping import empty
from commandpost.outbox.record import SETTLED
from commandpost.outbox.record import TOPIC as RECORDED
from commandpost.settings import Settings, TelemetryMode, TelemetryPolicy
from commandpost.telemetry.errors import ModeIsConfigured, NoReceiver, NothingIsRecorded, NotSeenYet
from commandpost.telemetry.models import Installation
from commandpost.telemetry.queries import find_installation, get_installation
from commandpost.telemetry.record import record
from commandpost.telemetry.rules import closed_lanes
from commandpost_telemetry.catalogue.telemetry import SendTestEvent

TOPIC = "telemetry"
TOPICS = (TOPIC, RECORDED, SETTLED)  # all that changes what the pages show


def configure(session: Session, settings: Settings) -> Installation:
    """Make the installation's row at the first start; copy the environment's wishes at each."""
    installation = find_installation(session)
    if installation is None:
        installation = Installation(
            diagnostic_id=new_id(), local_write_key=new_secret(), salt=new_secret()
        )
        session.add(installation)
    installation.do_not_track = settings.tracking_refused()
    installation.configured_mode = settings.telemetry_mode
    installation.honours_host_switch = settings.telemetry_policy is TelemetryPolicy.GENERAL
    installation.pseudonyms = settings.telemetry_pseudonyms
    empty(session, closed_lanes(installation.mode()))
    return installation


def choose_mode(
    session: Session, actor: Actor, settings: Settings, *, mode: TelemetryMode
) -> Installation:
    """Switch the mode. What may not go any more is deleted; sending needs a look first."""
    _may_administer(actor)
    installation = get_installation(session)
    if installation.do_not_track:
        raise ModeIsConfigured("DO_NOT_TRACK")
    if installation.configured_mode:
        raise ModeIsConfigured("COMMANDPOST_TELEMETRY_MODE")
    if mode is TelemetryMode.SEND:
        _may_send(installation, settings)
    installation.chosen_mode = mode
    empty(session, closed_lanes(mode))
    tell(session, TOPIC)
    return installation


def note_seen(session: Session, actor: Actor) -> None:
    """Remember that an administrator has seen what would be sent."""
    installation = get_installation(session)
    if actor.is_admin and installation.seen_at is None:
        installation.seen_at = now()


def reset_diagnostic_id(session: Session, actor: Actor) -> str:
    """Give the installation a new random id; events already recorded keep the old one."""
    _may_administer(actor)
    installation = get_installation(session)
    installation.diagnostic_id = new_id()
    tell(session, TOPIC)
    return installation.diagnostic_id


def send_test_event(session: Session, actor: Actor) -> None:
    """Record an event that means nothing, so that its way can be watched."""
    _may_administer(actor)
    if get_installation(session).mode() is TelemetryMode.OFF:
        raise NothingIsRecorded
    record(session, SendTestEvent())
    tell(session, TOPIC)


def _may_administer(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(_("Only an administrator may change telemetry. Nothing was changed."))


def _may_send(installation: Installation, settings: Settings) -> None:
    if not settings.telemetry_data_plane_url:
        raise NoReceiver
    if installation.seen_at is None:
        raise NotSeenYet
