"""Every page is looked at in a browser by axe, and a new one is missed until it is."""

import inspect
import re

from fastapi import FastAPI

from commandpost.kit.db import Database
from commandpost.main import create_app
from commandpost.settings import Settings
from commandpost_telemetry.insights.pages import SECTIONS
from commandpost_telemetry.insights.web import create_insights
from tests.contracts.permissions.test_doors import doors
from tests.journeys.test_looks import BRIEFLY, PAGES

FIRST_RUN, WAY_IN = "first-setup", "sign-in"  # looked at in tests of their own
INSIGHTS = "/backstage/insights"
VISITS = {  # address -> the name of its visit
    "/sign-in": WAY_IN,
    "/setup": FIRST_RUN,
    "/password/{secret}": "password-link",
    "/account": "account",
    "/backstage/people": "people",
    "/backstage/people/new": "new-person",
    "/backstage/people/{user_id}": "person",
    "/backstage/people/teams": "teams",
    "/backstage/people/teams/{team_id}": "team",
    "/channels/{channel_id}": "channel",
    "/incidents/{incident_id}/end": "end-page",
    "/incidents/{incident_id}/commander": "commander-page",
    "/backstage/incidents": "incidents",
    "/backstage/incidents/{incident_id}": "incident",
    "/backstage/playbooks": "playbooks",
    "/backstage/playbooks/new": "new-playbook",
    "/backstage/playbooks/import": "import-playbook",
    "/backstage/playbooks/{playbook_id}": "playbook",
    "/backstage/playbooks/{playbook_id}/delete": "delete-playbook",
    "/backstage/telemetry": "telemetry",
    "/backstage/telemetry/events": "telemetry-events",
    "/backstage/telemetry/batches": "telemetry-batches",
    "/backstage/telemetry/catalogue": "telemetry-catalogue",
    "/telemetry": "telemetry-public",
    f"{INSIGHTS}/": "insights",
    f"{INSIGHTS}/summary": "insights-summary",
    f"{INSIGHTS}/metrics": "insights-metrics",
    f"{INSIGHTS}/metrics/{{name}}": "insights-metric",
    f"{INSIGHTS}/servers/{{server}}": "insights-server",
    f"{INSIGHTS}/syncs": "insights-syncs",
    f"{INSIGHTS}/quality": "insights-quality",
    **{f"{INSIGHTS}/{each.path}": f"insights/{each.path}" for each in SECTIONS[1:-1]},
}
PARTS = {  # of pages, or of what scripts ask
    "/backstage/telemetry/test",
    "/channels/{channel_id}/browse",
    "/channels/{channel_id}/facts",
    "/channels/{channel_id}/leave",
    "/channels/{channel_id}/members",
    "/channels/{channel_id}/people",
    "/channels/{channel_id}/posts",
    "/channels/{channel_id}/rail",
    "/incidents",
    "/incidents/{incident_id}/sidebar",
    "/mentions",
    "/people",
    "/slash/suggestions",
    "/teams/{team_id}/sidebar",
}
LEADS_ELSEWHERE = {
    "/",
    "/people/{username}",
    "/posts/{post_id}",
    "/sign-in/openid",
    "/sign-in/openid/callback",
    "/teams/{team_id}",
    "/teams/{team_id}/channels/{slug}",
}
FILE = re.compile(r"(\.\w+|/export)$")


def pages_of(app: FastAPI) -> set[str]:
    """Return the address of every page of the product."""
    read = {door.removeprefix("GET ") for door in doors(app) if door.startswith("GET ")}
    return {
        path
        for path in read - PARTS - LEADS_ELSEWHERE
        if not path.startswith("/api/") and not FILE.search(path)
    }


def pages_of_insights() -> set[str]:
    """Return the address of every page of Insights: of sections, and what its routes show."""
    shown = re.findall(r'Route\("(/[^"]*)", door\(host, show_', inspect.getsource(create_insights))
    return {f"{INSIGHTS}{path}" for path in (*shown, *(f"/{each.path}" for each in SECTIONS))}


def test_every_page_is_looked_at(database: Database) -> None:
    app = create_app(Settings(do_not_track=""), database)

    assert pages_of(app) | pages_of_insights() == set(VISITS)
    assert set(VISITS.values()) - {FIRST_RUN, WAY_IN} - {*PAGES, *BRIEFLY} == set()


def test_a_page_that_nobody_looks_at_is_found(database: Database) -> None:
    app = create_app(Settings(do_not_track=""), database)
    app.get("/planted")(lambda: None)

    assert pages_of(app) - set(VISITS) == {"/planted"}
