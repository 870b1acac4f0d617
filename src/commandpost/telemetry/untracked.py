"""Deeds that are deliberately not recorded; a test compares this list with every action.

The list is on the public page, so that what is missing is as visible as what is there.
"""

from collections.abc import Mapping

# action -> what a reader of the page is told
UNTRACKED_DEEDS: Mapping[str, str] = {
    "change_commander": "The commander of an incident is changed.",
    "restart_incident": "An ended incident is restarted.",
    "restore_item": "The removal of a checklist item is undone; the removal stays recorded.",
    "add_checklist": "A checklist is added to a running incident.",
    "rename_checklist": "A checklist of a running incident is renamed.",
    "remove_checklist": "A checklist is removed from a running incident.",
    "restore_checklist": "The removal of a checklist is undone.",
    "ask_for_access": "Somebody asks to be let into the channel of an incident.",
    "give_access": "Somebody is let into the channel of an incident.",
    "restore_playbook": "The deletion of a playbook is undone; the deletion stays recorded.",
    "choose_mode": "The telemetry mode is changed.",
    "note_seen": "An administrator sees what would be sent.",
    "reset_diagnostic_id": "The server gets a new diagnostic id.",
}

# whole features of which nothing is recorded
UNTRACKED_FEATURES: Mapping[str, str] = {
    "accounts": "Users, teams, sign-in, passwords and tokens.",
    "chat": "Channels, posts, members, mentions and unread marks.",
}
