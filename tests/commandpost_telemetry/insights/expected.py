"""What every metric says of `given.a_month`, from 1 to 24 November by week, worked out by hand."""

from datetime import date

from commandpost_telemetry.insights.source import Cell

W1, W2 = date(2026, 11, 2), date(2026, 11, 9)

# name -> rows. i1: checked 3, unchecked 1 = 2 of 4 items; i2: 1 of 5; i3 has none.
ANSWERS: dict[str, list[tuple[Cell, ...]]] = {
    "incidents_started_ended": [(W1, 2, 1), (W2, 1, 1)],
    "items_checked_per_incident": [(W1, 2, 2, 1.0), (W2, 1, 1, 1.0)],
    # 3600 s and 10800 s: median between them, 5 % and 95 % of the way from one to the other
    "time_to_end": [("all ended", 2, 7200.0, 3960.0, 10440.0)],
    "time_to_end_trend": [
        (W1, 1, 3600.0, 3600.0, 3600.0),
        (W2, 1, 10800.0, 10800.0, 10800.0),
    ],
    # exactly one hour is no longer under an hour
    "time_to_end_spread": [
        (1, "under 15 minutes", 0),
        (2, "15 to 30 minutes", 0),
        (3, "30 to 60 minutes", 0),
        (4, "1 to 2 hours", 1),
        (5, "2 to 4 hours", 1),
        (6, "4 to 8 hours", 0),
        (7, "8 to 24 hours", 0),
        (8, "a day or more", 0),
    ],
    "share_ended": [(W1, 2, 1, 50.0), (W2, 1, 1, 100.0)],
    "completion_at_end": [
        (1, "none", 0),
        (2, "under 25 %", 1),
        (3, "25 to 49 %", 0),
        (4, "50 to 74 %", 1),
        (5, "75 to 99 %", 0),
        (6, "all", 0),
    ],
    "checklist_changes": [(W1, 1, 3, 1, 1, 0, 0), (W2, 0, 1, 0, 0, 0, 0)],
    "checklist_changes_per_incident": [
        (1, "checked", 3, 4, 4 / 3),
        (2, "unchecked", 3, 1, 1 / 3),
        (3, "added", 3, 1, 1 / 3),
        (4, "removed", 3, 0, 0.0),
        (5, "renamed", 3, 1, 1 / 3),
        (6, "moved", 3, 0, 0.0),
    ],
    "active_servers": [(W1, 2), (W2, 1)],
    # s3, last seen on 1 October, was lost on the 29th, before the range
    "new_and_lost_servers": [(W1, 2, 0)],
    "versions_in_use": [("0.4.0", 1, 50.0), ("0.5.0", 1, 50.0)],
    "version_spread": [(W1, "0.4.0", 2), (W2, "0.5.0", 1)],
    # s1 was the first to run 0.5.0: no day of waiting
    "time_to_upgrade": [("0.5.0", 1, 0.0, 0.0, 0.0)],
    "active_users": [(W1, 3), (W2, 1)],
    "playbook_adoption": [(W1, 2, 1, 50.0), (W2, 1, 1, 100.0)],
    "playbook_changes": [(W1, 1, 0, 0), (W2, 0, 1, 0)],
    # made on the 2nd, the range ends with the 24th: 23 days, one edit
    "playbook_age": [
        (1, "up to a week", 0, 0, None),
        (2, "up to 30 days", 1, 1, 1.0),
        (3, "up to 90 days", 0, 0, None),
        (4, "up to 180 days", 0, 0, None),
        (5, "older", 0, 0, None),
    ],
    "incidents_by_origin": [(W1, 1, 1, 1), (W2, 1, 0, 0)],
    "retention": [(date(2026, 11, 1), 0, 2, 2, 100.0)],
    "funnel": [
        (1, "started", 3, 100.0),
        (2, "first item checked", 2, 100 * 2 / 3),
        (3, "ended after a check", 2, 100 * 2 / 3),
    ],
    # Monday 9, Tuesday 9 (the 10th), Tuesday 22 (the 3rd)
    "starts_by_hour": [(1, 9, 1), (2, 9, 1), (2, 22, 1)],
    "events_received": [
        ("CheckChecklistItem", 4, date(2026, 11, 10)),
        ("CreateIncident", 3, date(2026, 11, 10)),
        ("EndIncident", 2, date(2026, 11, 10)),
        ("AddChecklistItem", 1, date(2026, 11, 2)),
        ("CreatePlaybook", 1, date(2026, 11, 2)),
        ("RenameChecklistItem", 1, date(2026, 11, 3)),
        ("UncheckChecklistItem", 1, date(2026, 11, 2)),
        ("UpdatePlaybook", 1, date(2026, 11, 10)),
    ],
    "delivery_lag": [(W1, 10, 2.0, 2.0, 600.0), (W2, 4, 2.0, 2.0, 600.0)],
    # the load of October is not of the range
    "receiver_health": [(W1, 14, 11, 2, 1, 4), (W2, 5, 4, 0, 1, 1)],
    # ongoing: i3 and, of October, i0
    "totals": [(2, 3, 3, 2, 2, 3, 14)],
}
