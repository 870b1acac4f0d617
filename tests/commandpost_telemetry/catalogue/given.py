"""Events with nothing hidden."""

from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident

INCIDENT = "incidentincidentincident01"
ANN = "annannannannannannannann01"
BEN = "benbenbenbenbenbenbenben01"
TEAM = "teamteamteamteamteamteam01"
CHANNEL = "channelchannelchannelcha01"


def created(**changed: object) -> CreateIncident:
    values: dict[str, object] = {
        "incident_id": INCIDENT,
        "commander_user_id": ANN,
        "team_id": TEAM,
        "created_at": 1_606_202_096_123,
        "channel_ids": (CHANNEL,),
        "post_id": "",
        "num_checklists": 1,
        "total_checklist_items": 0,
    }
    return CreateIncident(**(values | changed))  # type: ignore[arg-type]  # wrong ones on purpose


def ended() -> EndIncident:
    return EndIncident(
        incident_id=INCIDENT,
        commander_user_id=ANN,
        user_id=BEN,
        team_id=TEAM,
        created_at=1_606_202_096_123,
        channel_ids=(CHANNEL,),
        post_id="",
        num_checklists=1,
        total_checklist_items=7,
    )
