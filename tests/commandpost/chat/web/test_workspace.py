"""The workspace as Ann, Ben, Cid and nobody see it."""

import re

import pytest
from fastapi import FastAPI

from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.chat.queries.channels import get_channel
from commandpost.kit.db import Database
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post

HTMX = {"HX-Request": "true"}


def rail_of(html: str) -> list[str]:
    """The labels of the rail's channels and conversations, with how many mentions they have."""
    rail = html.split('id="channel_list"', 1)[1].split("New message", 1)[0]
    links = re.findall(r'<a href="/channels/(?![^"]*show=).*?</a>', rail, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", link).split()) for link in links]


def test_the_start_page_goes_to_the_town_square(doors: Doors, people: People) -> None:
    answer = doors.of(people.ben).get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/channels/{people.town}")


def test_the_start_page_goes_to_the_channel_one_looked_at_last(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        channel_id = a_channel(session, people.ben, people.team_id)
    ben = doors.of(people.ben)

    ben.get(f"/channels/{channel_id}")
    app.state.marks.write()

    assert ben.get("/").headers["location"] == f"/channels/{channel_id}"
    assert ben.get(f"/teams/{people.team_id}").headers["location"] == f"/channels/{channel_id}"


def test_a_newcomer_finds_the_town_square(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        team = accounts.a_team(session, "fresh")
        dee = accounts.an_actor(session, "dee", teams=[team])

    to = doors.of(dee).get("/").headers["location"]

    assert "Town Square" in doors.of(dee).get(to).text
    assert to != f"/channels/{people.town}"


@pytest.mark.parametrize(
    ("is_admin", "sentence"), [(False, "Ask an administrator"), (True, "People and teams")]
)
def test_somebody_without_a_team_is_told_what_to_do(
    doors: Doors, people: People, database: Database, is_admin: bool, sentence: str
) -> None:
    del people
    with database.transaction() as session:
        eve = accounts.an_actor(session, "eve", is_admin=is_admin)

    answer = doors.of(eve).get("/")

    assert (answer.status_code, sentence in answer.text) == (200, True)


def test_a_channel_shows_rail_posts_composer_and_sidebar(doors: Doors, people: People) -> None:
    page = doors.of(people.ben).get(f"/channels/{people.town}").text

    assert rail_of(page) == ["Town Square"]
    assert "Northwind" in page
    assert "Nothing has been said here yet" in page
    assert f'action="/channels/{people.town}/posts"' in page
    assert '<section id="quiet">Nothing runs, ben</section>' in page


def test_the_rail_counts_mentions_and_marks_what_is_unread(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        direct = open_conversation(session, people.ann, ["ben"])
        other = a_channel(session, people.ann, people.team_id, members=(people.ben,))
        a_post(session, people.ann, direct, "psst")
        a_post(session, people.ann, other, "hello")
    ben = doors.of(people.ben)

    before = rail_of(ben.get(f"/channels/{people.town}").text)
    ben.get(f"/channels/{direct}")
    ben.get(f"/channels/{other}")
    app.state.marks.write()
    after = rail_of(ben.get(f"/channels/{people.town}/rail").text)

    assert before == ["Operations unread", "Town Square", "ann 1 unread mentions"]
    assert after == ["Operations", "Town Square", "ann"]


def test_a_running_incident_stands_in_the_rail_once(
    app: FastAPI, doors: Doors, people: People
) -> None:
    app.state.workspace.running = people.town

    page = doors.of(people.ben).get(f"/channels/{people.town}").text

    assert rail_of(page) == ["It burns"]


def test_several_teams_can_be_switched(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        both = accounts.an_actor(session, "dee", teams=[people.team_id, people.other_team_id])
    dee = doors.of(both)

    page = dee.get(dee.get("/").headers["location"]).text
    moved = dee.get(f"/teams/{people.other_team_id}")

    assert f'href="/teams/{people.other_team_id}"' in page
    assert moved.headers["location"] != f"/channels/{people.town}"
    assert dee.get(moved.headers["location"]).status_code == 200


def test_a_conversation_keeps_the_team_one_looks_at(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        direct = open_conversation(session, people.ann, ["ben"])

    page = doors.of(people.ben).get(f"/channels/{direct}?team={people.team_id}").text

    assert f'action="/channels/{direct}/posts?team={people.team_id}"' in page
    assert "Northwind" in page


def test_a_channel_is_shown_while_somebody_writes(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)

    with database.writing() as session:
        a_post(session, people.ann, people.town, "not yet said")
        page = ben.get(f"/channels/{people.town}")

    assert (page.status_code, "not yet said" in page.text) == (200, False)


def test_a_line_stands_above_what_is_new(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "old")
    ben = doors.of(people.ben)
    ben.get(f"/channels/{people.town}")
    app.state.marks.write()
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "fresh")

    first = ben.get(f"/channels/{people.town}").text
    app.state.marks.write()
    second = ben.get(f"/channels/{people.town}").text

    assert first.index("old") < first.index('id="new_posts"') < first.index("fresh")
    assert 'id="new_posts"' not in second


def test_no_line_stands_above_what_one_did_oneself_or_who_came(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    ann, ben = doors.of(people.ann), doors.of(people.ben)
    for each in (ann, ben):
        each.get(f"/channels/{people.town}")
    app.state.marks.write()
    with database.transaction() as session:
        channel_id = a_channel(session, people.ann, people.team_id, members=(people.ben,))
        say = BuiltinPlatform().post_as_bot
        say(session, channel_id, "Started by @ann.", key="start", by=people.ann.id)

    own = ann.get(f"/channels/{channel_id}").text
    others = ben.get(f"/channels/{channel_id}").text

    assert 'id="new_posts"' not in own
    came, line = others.index("@ann added @ben."), others.index('id="new_posts"')
    assert came < line < others.index("Started by")
    assert rail_of(ann.get(f"/channels/{people.town}/rail").text) == ["Operations", "Town Square"]
    with database.transaction() as session:
        a_post(session, people.ben, channel_id, "On it")
    assert 'id="new_posts"' in ann.get(f"/channels/{channel_id}").text


def test_what_was_not_read_stays_new_behind_ones_own_deed(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        a_post(session, people.ben, people.town, "unseen")
        say = BuiltinPlatform().post_as_bot
        say(session, people.town, "Ended by @ann.", key="end", by=people.ann.id)

    page = doors.of(people.ann).get(f"/channels/{people.town}").text

    assert page.index('id="new_posts"') < page.index("unseen") < page.index("Ended by")


def test_a_guest_of_a_public_channel_reads_and_is_asked_to_join(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        public = a_channel(session, people.ann, people.team_id)
    ben = doors.of(people.ben)

    page = ben.get(f"/channels/{public}").text
    joined = ben.post(f"/channels/{public}/join")

    assert f'action="/channels/{public}/join"' in page
    assert "data-composer" not in page
    assert joined.headers["location"] == f"/channels/{public}"
    assert "data-composer" in ben.get(f"/channels/{public}").text


def test_older_posts_are_a_link_away(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        posts = [a_post(session, people.ann, people.town, f"post-{n}") for n in range(60)]
    ben = doors.of(people.ben)

    newest = ben.get(f"/channels/{people.town}").text
    older = ben.get(f"/channels/{people.town}?before=11").text
    first = ben.get(f"/posts/{posts[0]}").headers["location"]
    last = ben.get(f"/posts/{posts[-1]}").headers["location"]

    assert f"/channels/{people.town}?before=11" in newest
    assert ("post-10<" in newest, "post-9<" in newest) == (True, False)
    assert ("post-9<" in older, "post-10<" in older) == (True, False)
    assert first == f"/channels/{people.town}?before=26#post_{posts[0]}"
    assert last == f"/channels/{people.town}#post_{posts[-1]}"


def test_a_search_shows_what_it_found(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "The Ziggürat burns")
        a_post(session, people.ann, people.town, "Something else")
    ben = doors.of(people.ben)

    page = ben.get(f"/channels/{people.town}?q=ziggurat").text
    again = ben.get(f"/channels/{people.town}/posts?q=ziggurat").text
    nothing = ben.get(f"/channels/{people.town}?q=%25").text

    assert ("The Ziggürat burns" in page, "Something else" in page) == (True, False)
    assert "1 post holds “ziggurat”" in page
    assert "The Ziggürat burns" in again
    assert "0 posts hold “%”" in nothing


def test_who_writes_below_found_or_older_posts_is_led_to_what_they_wrote(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "Something else")
    ben = doors.of(people.ben)

    composers = [
        ben.get(f"/channels/{people.town}{query}").text.partition('id="composer"')[2]
        for query in ("", "?q=else", "?before=2")
    ]

    in_place = ["hx-boost" in each.partition(">")[0] for each in composers]
    assert in_place == [True, False, False]


def test_a_channel_is_found_by_its_address(doors: Doors, people: People) -> None:
    ben = doors.of(people.ben)

    found = ben.get(f"/teams/{people.team_id}/channels/town-square")

    assert found.headers["location"] == f"/channels/{people.town}"
    assert ben.get(f"/teams/{people.team_id}/channels/nothing").status_code == 404


def test_a_stranger_finds_nothing_at_any_address(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ann, people.town)
    cid = doors.of(people.cid)

    for path in (
        f"/channels/{people.town}",
        f"/channels/{people.town}/posts",
        f"/channels/{people.town}/rail",
        f"/teams/{people.team_id}",
        f"/teams/{people.team_id}/channels/town-square",
        f"/posts/{post_id}",
        f"/posts/{'x' * 26}",
        "/people/ann",
    ):
        assert cid.get(path).status_code == 404, path
    known, unknown = cid.get(f"/posts/{post_id}").text, cid.get(f"/posts/{'x' * 26}").text
    assert known == unknown


def test_who_is_not_signed_in_is_sent_to_sign_in(doors: Doors, people: People) -> None:
    nobody = doors.of(None)

    page = nobody.get(f"/channels/{people.town}")
    refetch = nobody.get(f"/channels/{people.town}/posts", headers=HTMX)

    assert page.headers["location"] == f"/sign-in?next=/channels/{people.town}"
    assert refetch.status_code == 401


def test_the_list_fetched_again_equals_the_page_and_marks_as_read(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)
    ben.get(f"/channels/{people.town}")
    with database.transaction() as writing:
        a_post(writing, people.ann, people.town, "hello @ben")

    fragment = ben.get(f"/channels/{people.town}/posts", headers=HTMX).text
    app.state.marks.write()
    unread = rail_of(ben.get(f"/channels/{people.town}/rail").text)
    page = ben.get(f"/channels/{people.town}").text

    assert 'id="new_posts"' in fragment
    region = page[page.rindex("<div", 0, page.index('id="post_list"')) :]
    again = ben.get(f"/channels/{people.town}/posts", headers=HTMX).text
    assert region.startswith(again.strip())
    assert unread == ["Town Square"]


@pytest.mark.parametrize(
    ("query", "part", "left"),
    [
        ({"q": "pool"}, "", (1, 1)),
        ({"before": "1"}, "", (1, 1)),
        ({}, "div#incident_sidebar", (1, 1)),
        ({}, "div#posts", (0, 0)),
        ({}, "body", (0, 0)),
        ({}, "", (0, 0)),
    ],
)
def test_what_is_not_on_the_page_stays_unread(
    app: FastAPI,
    doors: Doors,
    people: People,
    database: Database,
    query: dict[str, str],
    part: str,
    left: tuple[int, int],
) -> None:
    with database.transaction() as writing:
        a_post(writing, people.ann, people.town, "look, @ben")
    asked = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": part} if part else {}

    page = doors.of(people.ben).get(f"/channels/{people.town}", params=query, headers=asked)
    app.state.marks.write()

    with database.reading() as session:
        row = get_channel(session, people.ben, people.town)
    assert (page.status_code, row.unread, row.mentions) == (200, *left)


def test_unread_mentions_are_counted_but_where_one_looks(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        other = a_channel(session, people.ann, people.team_id, members=(people.ben,))
        for channel_id, text in ((people.town, "@ben look"), (other, "@ben"), (other, "@all go")):
            a_post(session, people.ann, channel_id, text)
    ben = doors.of(people.ben)

    def counted(**query: str) -> object:
        return ben.get("/mentions", params=query).json()

    assert [counted(), counted(here=other), counted(here=people.town)] == [
        {"mentions": 3},
        {"mentions": 1},
        {"mentions": 2},
    ]
    assert doors.of(people.ann).get("/mentions").json() == {"mentions": 0}


def test_how_many_are_in_the_channel_comes_alone_too(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)

    part = ben.get(f"/channels/{people.town}/facts").text

    assert part.strip() in ben.get(f"/channels/{people.town}").text
    assert "2 members" in part
    assert f'data-topics="members:{people.town}"' in part
