"""Which mode is in force, and what the page says about it; pure."""

from dataclasses import dataclass

from commandpost.kit.words import _, plural
from commandpost.settings import TelemetryMode

LOCAL_LANE = "local"  # the data plane on this machine
VENDOR_LANE = "vendor"  # the configured data plane
LANES = (LOCAL_LANE, VENDOR_LANE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything that has a say in the mode, strongest first."""

    do_not_track: bool = False
    configured: TelemetryMode | None = None
    host_switch_on: bool = True
    honours_host_switch: bool = True
    chosen: TelemetryMode | None = None


def mode_in_force(wishes: Wishes) -> TelemetryMode:
    """Return the mode: DO_NOT_TRACK, then the configuration, then an administrator, then local.

    The chat server's own switch, where the policy honours it, turns sending into keeping.
    """
    if wishes.do_not_track:
        return TelemetryMode.OFF
    mode = wishes.configured or wishes.chosen or TelemetryMode.LOCAL
    refused = wishes.honours_host_switch and not wishes.host_switch_on
    return TelemetryMode.LOCAL if refused and mode is TelemetryMode.SEND else mode


def lanes(mode: TelemetryMode) -> tuple[str, ...]:
    """Return where an event goes in this mode."""
    return {
        TelemetryMode.OFF: (),
        TelemetryMode.LOCAL: (LOCAL_LANE,),
        TelemetryMode.SEND: LANES,
    }[mode]


def closed_lanes(mode: TelemetryMode) -> tuple[str, ...]:
    """Return where nothing may go in this mode."""
    return tuple(lane for lane in LANES if lane not in lanes(mode))


def mode_sentences(mode: TelemetryMode, *, sent: int, address: str) -> tuple[str, str]:
    """Return the page's headline and what follows it; `sent` events have ever left."""
    if mode is TelemetryMode.OFF:
        return (
            _("Telemetry is off."),
            _("Nothing is recorded, nothing is sent. What was kept earlier is still shown."),
        )
    if mode is TelemetryMode.SEND:
        return (
            _("Events are sent to %(address)s.", address=address),
            _("Every byte of it is below, before and after it leaves."),
        )
    left = (
        _("Nothing has left this server.")
        if sent == 0
        else plural(
            "Nothing leaves this server now; %(num)s event left it earlier.",
            "Nothing leaves this server now; %(num)s events left it earlier.",
            sent,
        )
    )
    kept = _(
        "Events are kept on this machine and feed your own Insights. Before the first one could "
        "be sent, an administrator sees it here, byte for byte."
    )
    return (left, kept)
