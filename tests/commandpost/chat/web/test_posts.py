"""Posts and commands through the browser's doors, with scripts and without."""

import html
import re
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from commandpost.accounts.actor import Actor
from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.actions.members import invite
from commandpost.chat.actions.posts import delete_post, edit_post
from commandpost.chat.queries.posts import page_of_posts
from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.ui.render import FLASH_COOKIE
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post, look

HTMX = {"HX-Request": "true"}


def said(database: Database, channel_id: str) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(p.username, p.message) for p in page_of_posts(session, channel_id).items]


def test_a_post_without_scripts_goes_back_to_the_channel(
    doors: Doors, people: People, database: Database
) -> None:
    answer = doors.of(people.ben).post(f"/channels/{people.town}/posts", data={"text": "hi *all*"})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/channels/{people.town}#post_")
    assert said(database, people.town) == [("ben", "hi *all*")]


def test_a_post_with_scripts_answers_the_list(
    doors: Doors, people: People, database: Database
) -> None:
    answer = doors.of(people.ben).post(
        f"/channels/{people.town}/posts", data={"text": "hi *all*"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert 'id="posts"' in answer.text.partition(">")[0]
    assert "hi <em>all</em>" in answer.text
    assert said(database, people.town) == [("ben", "hi *all*")]


def test_a_form_sent_twice_posts_once_and_another_text_is_another_message(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)
    found = re.search(
        r'name="idempotency_key" value="(\w+)"', ben.get(f"/channels/{people.town}").text
    )
    assert found

    for text in ("hi", "hi", "hello"):
        form = {"text": text, "idempotency_key": found.group(1)}
        assert ben.post(f"/channels/{people.town}/posts", data=form).status_code == 303

    assert said(database, people.town) == [("ben", "hi"), ("ben", "hello")]


@pytest.mark.parametrize("text", ["x" * 16_001, "/try " + "x" * 15_996], ids=["text", "command"])
def test_what_was_typed_stays_when_it_is_refused(
    doors: Doors, people: People, database: Database, text: str
) -> None:
    ben = doors.of(people.ben)

    page = ben.post(f"/channels/{people.town}/posts", data={"text": text})
    fragment = ben.post(f"/channels/{people.town}/posts", data={"text": text}, headers=HTMX)

    assert (page.status_code, fragment.status_code) == (422, 422)
    assert text in page.text
    assert "maxlength" not in page.text.partition('id="composer_text"')[2].partition(">")[0]
    for answer in (page, fragment):
        assert "holds at most 16000 characters" in answer.text
        assert "data-error-sentence" in answer.text
    assert said(database, people.town) == []


@pytest.mark.parametrize("body", [b"text=%ED%A0%80x", b"text=%FFx", b"text=\xffx", b"=&&%"])
def test_bytes_that_are_no_text_break_nothing(doors: Doors, people: People, body: bytes) -> None:
    answer = doors.of(people.ben).post(
        f"/channels/{people.town}/posts",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code in {303, 400, 422}


@pytest.mark.parametrize("headers", [{}, HTMX, HTMX | {"HX-Request-Type": "full"}])
@pytest.mark.parametrize("is_private", [True, False])
def test_who_is_named_but_not_in_the_channel_is_said_to_the_author_alone(
    doors: Doors,
    people: People,
    database: Database,
    headers: dict[str, str],
    *,
    is_private: bool,
) -> None:
    with database.transaction() as session:
        channel_id = a_channel(session, people.ann, people.team_id, is_private=is_private)
        accounts.an_actor(session, "dee", teams=[people.team_id])
    ann = doors.of(people.ann)
    path = f"/channels/{channel_id}"

    answers = [
        ann.post(f"{path}/posts", data={"text": text}, headers=headers)
        for text in ("@ben look", "@ben, @Dee and @zoe: look")
    ]

    one, three = (unquote(each.cookies.get(FLASH_COOKIE) or "") or each.text for each in answers)
    where = f'<a href="{path}?show=members"' if headers else "Members"
    assert "@ben is not in this channel and did not hear of it. Add them under" in one
    assert "@ben, @dee are not in this channel and did not hear of it. Add them under" in three
    assert "Nobody here is called @zoe; that name reached nobody." in three
    assert where in one
    assert said(database, channel_id)[-1][1] == "@ben, @Dee and @zoe: look"
    assert "did not hear" not in doors.of(people.ann).get(path).text


def test_who_is_named_but_not_in_the_conversation_is_said(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        accounts.an_actor(session, "dee", teams=[people.team_id])
        talk = open_conversation(session, people.ann, ["ben"])

    answer = doors.of(people.ben).post(
        f"/channels/{talk}/posts", data={"text": "@ann, ask @dee and @cid"}, headers=HTMX
    )

    assert "@dee is not in this conversation and did not hear of it." in answer.text
    assert f'<a href="/channels/{talk}?team={people.team_id}&amp;show=message"' in answer.text
    assert "Nobody here is called @cid; that name reached nobody." in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@bne look", "Nobody here is called @bne; that name reached nobody. Check it."),
        ("@bne and @zoe", "Nobody here is called @bne, @zoe; those names reached nobody."),
        ("@cid of another team", "Nobody here is called @cid"),
        ("@ben @all @here, mail ben@bne.example", ""),
        ("`@bne` is code, and so is\n```\n@zoe\n```\n", ""),
    ],
)
def test_a_name_that_is_nobodys_is_said(doors: Doors, people: People, text: str, said: str) -> None:
    answer = doors.of(people.ann).post(
        f"/channels/{people.town}/posts", data={"text": text}, headers=HTMX
    )

    assert answer.status_code == 200
    assert said in answer.text
    assert ("Only you see this" in answer.text) == bool(said)


def test_a_call_to_everybody_is_marked_for_those_who_are_in_the_channel(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        members = (accounts.an_actor(session, "dee", teams=[people.team_id]),)
        channel_id = a_channel(session, people.ann, people.team_id, members=members)
        a_post(session, people.ann, channel_id, "@all @channel @here")

    seen = {
        who.username: re.findall(
            r'<span class="([\w ]+)">(@\w+)', doors.of(who).get(f"/channels/{channel_id}").text
        )
        for who in (*members, people.ben)
    }

    assert seen == {
        "dee": [("mention me", "@all"), ("mention me", "@channel"), ("mention me", "@here")],
        "ben": [("mention", "@all"), ("mention", "@channel"), ("mention", "@here")],
    }
    assert doors.of(members[0]).get("/mentions").json() == {"mentions": 1}


def test_who_calls_everybody_and_is_alone_hears_that_nobody_did(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        channel_id = a_channel(session, people.ann, people.team_id)
        notes = open_conversation(session, people.ann, ["ann"])
    ann = doors.of(people.ann)

    alone, talk = (
        ann.post(f"/channels/{each}/posts", data={"text": "@all look"}, headers=HTMX).text
        for each in (channel_id, notes)
    )

    assert "Nobody else is in this channel, so @all reached nobody. Add people under" in alone
    assert f'<a href="/channels/{channel_id}?show=members"' in alone
    assert "Only you see this" not in talk


def test_strangers_and_guests_write_nothing(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        public = a_channel(session, people.ann, people.team_id)
    text = {"text": "hello"}

    assert doors.of(people.cid).post(f"/channels/{public}/posts", data=text).status_code == 404
    assert doors.of(people.ben).post(f"/channels/{public}/posts", data=text).status_code == 403
    assert doors.of(None).post(f"/channels/{public}/posts", data=text).status_code == 303
    assert said(database, public) == []


def test_an_answer_for_one_person_alone_is_posted_nowhere(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)
    line = {"text": "/try echo one <two>"}

    page = ben.post(f"/channels/{people.town}/posts", data=line)
    fragment = ben.post(f"/channels/{people.town}/posts", data=line, headers=HTMX)

    for answer in (page, fragment):
        assert answer.status_code == 200
        assert "<strong>ben</strong> one &lt;two&gt;" in answer.text
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert said(database, people.town) == []


def test_an_unknown_command_is_answered_with_help(doors: Doors, people: People) -> None:
    page = doors.of(people.ben).post(f"/channels/{people.town}/posts", data={"text": "/try"})

    assert "x-keep-typed" not in page.headers
    assert "<code>/try echo [words]</code>: say it back" in page.text


@pytest.mark.parametrize("line", ["/try ecoh and a long text", "/tyr echo and a long text"])
def test_a_command_that_is_not_known_stays_as_typed(
    doors: Doors, people: People, line: str
) -> None:
    page = doors.of(people.ben).post(f"/channels/{people.town}/posts", data={"text": line})

    assert page.headers["x-keep-typed"] == "yes"
    assert f"\n{line}</textarea>" in page.text
    assert "Only you see this" in page.text


def test_a_command_may_take_one_elsewhere(doors: Doors, people: People) -> None:
    ben = doors.of(people.ben)

    answer = ben.post(f"/channels/{people.town}/posts", data={"text": "/try go"})

    assert answer.headers["location"] == f"/channels/{people.town}"
    assert "You are there." in ben.get(f"/channels/{people.town}").text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_command_leaves_nothing_behind(
    doors: Doors, people: People, database: Database, headers: dict[str, str]
) -> None:
    answer = doors.of(people.ben).post(
        f"/channels/{people.town}/posts", data={"text": "/try fail"}, headers=headers
    )

    assert answer.status_code == 409
    assert "It is over. Nothing was changed." in answer.text
    assert said(database, people.town) == []


def test_a_slash_alone_is_answered_with_the_commands_and_kept(
    doors: Doors, people: People, database: Database
) -> None:
    page = doors.of(people.ben).post(f"/channels/{people.town}/posts", data={"text": "/"})

    assert page.headers["x-keep-typed"] == "yes"
    assert "There is no command <code>/</code>. These are here:" in page.text
    assert said(database, people.town) == []


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'name="(dialog_\w+)"\s+value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_dialog_opens_over_the_page_and_is_sent_back(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)

    page = ben.post(f"/channels/{people.town}/posts", data={"text": "/try start 'a'"}).text
    fields = hidden_fields(page)
    short = ben.post("/dialogs/try.start", data={**fields, "name": "a", "kind": "big"})
    done = ben.post("/dialogs/try.start", data={**fields, "name": "Mail", "kind": "big"})
    twice = ben.post("/dialogs/try.start", data={**fields, "name": "Mail", "kind": "big"})

    assert 'id="command_dialog"' in page
    assert fields == {
        "dialog_team": people.team_id,
        "dialog_channel": people.town,
        "dialog_state": "'a'",
        "dialog_key": "once",
    }
    assert short.status_code == 422
    assert "At least 2 characters." in short.text
    assert 'value="a"' in short.text
    assert '<option value="big" selected>' in short.text
    assert (done.status_code, twice.status_code) == (303, 303)
    assert said(database, people.town) == [("incident", "Mail of kind big, 'a'")]


def test_a_dialog_may_answer_with_a_line(doors: Doors, people: People) -> None:
    fields = {"dialog_channel": people.town, "name": "quiet"}

    answer = doors.of(people.ben).post("/dialogs/try.start", data=fields)

    assert answer.status_code == 200
    assert "Done quietly." in answer.text


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [("over", 409, "It is over."), ("odd", 422, "name has 2 to 64 characters")],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_dialog_says_why(
    doors: Doors, people: People, headers: dict[str, str], name: str, status: int, sentence: str
) -> None:
    fields = {"dialog_channel": people.town, "name": name}

    answer = doors.of(people.ben).post("/dialogs/try.start", data=fields, headers=headers)

    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_dialogs_are_for_those_in_the_place_and_known_ones(
    doors: Doors, people: People, database: Database
) -> None:
    fields = {"dialog_channel": people.town, "name": "Mail"}

    assert doors.of(people.cid).post("/dialogs/try.start", data=fields).status_code == 404
    assert doors.of(people.ben).post("/dialogs/nothing", data=fields).status_code == 404
    assert doors.of(people.ben).post("/dialogs/try.start", data={"name": "x"}).status_code == 404
    assert doors.of(None).post("/dialogs/try.start", data=fields).status_code == 303
    assert said(database, people.town) == []


def test_suggestions_come_as_one_types(doors: Doors, people: People) -> None:
    answer = doors.of(people.ben).get("/slash/suggestions?text=/try s")

    assert answer.json() == [{"text": "/try start", "help": "open a dialog"}]
    assert doors.of(None).get("/slash/suggestions?text=/").status_code == 303


def test_a_post_of_a_person_offers_to_start_an_incident_and_a_system_post_nothing(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        channel = a_channel(session, people.ann, people.team_id, members=(people.ben,))
        post_id = a_post(session, people.ann, channel)

    page = doors.of(people.ben).get(f"/channels/{channel}").text

    assert re.findall(r'value="(/incident start [^"]*)"', page) == [f"/incident start {post_id}"]


def test_one_edits_ones_own_post(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town, "Mial")
    ben = doors.of(people.ben)

    panel = ben.get(f"/channels/{people.town}?show=edit&post={post_id}")
    blank = ben.post(f"/posts/{post_id}", data={"text": " "})
    done = ben.post(f"/posts/{post_id}", data={"text": "Mail"})

    assert "Mial</textarea>" in panel.text
    assert (blank.status_code, "needs some text" in blank.text) == (422, True)
    assert done.headers["location"] == f"/channels/{people.town}#post_{post_id}"
    assert said(database, people.town) == [("ben", "Mail")]
    assert "<small>edited</small>" in ben.get(f"/channels/{people.town}").text


def test_an_edit_of_what_was_changed_in_another_tab_shows_both_texts(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town, "one\ntwo")
    ben = doors.of(people.ben)
    first = {"text": "one\r\ntwo **three**", "was": "one\r\ntwo"}  # as browsers send lines

    done = ben.post(f"/posts/{post_id}", data=first)
    blank = ben.post(f"/posts/{post_id}", data={"text": " ", "was": "one\r\ntwo"})
    late = ben.post(f"/posts/{post_id}", data={"text": "four", "was": "one\r\ntwo"})
    kept = said(database, people.town)
    panel = late.text.partition('id="panel"')[2]
    seen = re.search(r'name="was" value="([^"]*)"', panel)
    assert seen
    again = ben.post(f"/posts/{post_id}", data={"text": "four", "was": seen[1]})

    assert (done.status_code, late.status_code, again.status_code) == (303, 409, 303)
    assert 'name="was" value="one\r\ntwo"' in blank.text
    assert kept == [("ben", "one\ntwo **three**")]
    assert "changed this message elsewhere" in panel
    assert "two <strong>three</strong>" in panel
    assert "four</textarea>" in panel
    assert said(database, people.town) == [("ben", "four")]


def test_a_post_that_was_deleted_in_another_tab_is_deleted_already(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town)
    ben = doors.of(people.ben)

    first, second = (ben.post(f"/posts/{post_id}/delete") for _ in range(2))

    assert first.headers["location"] == second.headers["location"] == f"/channels/{people.town}"
    assert unquote(second.cookies[FLASH_COOKIE]) == "The message was deleted already."
    assert doors.of(people.ann).post(f"/posts/{post_id}/delete").status_code == 404


def test_an_edit_of_a_post_that_was_deleted_meanwhile_keeps_the_text_to_post_it_anew(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town, "Mial")
        delete_post(session, people.ben, post_id)
    ben = doors.of(people.ben)

    late = ben.post(f"/posts/{post_id}", data={"text": "Mail & <more>"})
    panel = late.text.partition('id="panel"')[2]
    action = re.search(r'<form[^>]*action="([^"]*)"', panel)
    assert action
    again = ben.post(action.group(1), data={"text": "Mail & <more>"})

    assert (late.status_code, "deleted meanwhile" in panel) == (409, True)
    assert "Mail &amp; &lt;more&gt;</textarea>" in panel
    assert "Post as a new message" in panel
    assert again.status_code == 303
    assert said(database, people.town) == [("ben", "Mail & <more>")]
    assert doors.of(people.ann).post(f"/posts/{post_id}", data={"text": "x"}).status_code == 404


def test_an_edit_says_which_of_the_names_that_it_adds_reached_nobody(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        elsewhere = a_channel(session, people.ann, people.team_id)
        post_id = a_post(session, people.ben, people.town, "@zoe look")
        look(session, people.ann, channel_id=people.town)
    ann = doors.of(people.ann)
    read = ann.get(f"/channels/{elsewhere}").text
    ben = doors.of(people.ben)

    answers = [
        ben.post(f"/posts/{post_id}", data={"text": text})
        for text in ("@zoe and @ann look", "@zoe, @bne and @ann look")
    ]

    same, added = (unquote(answer.cookies[FLASH_COOKIE]) for answer in answers)
    assert same == "The message was changed."
    assert added.startswith("The message was changed.")
    assert "Nobody here is called @bne; that name reached nobody." in added
    assert ann.get("/mentions").json() == {"mentions": 1}
    unread = ann.get(f"/channels/{elsewhere}").text
    assert [text.count('class="unread"') for text in (read, unread)] == [0, 1]


def test_one_deletes_ones_own_post(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town)
    ben = doors.of(people.ben)

    panel = ben.get(f"/channels/{people.town}?show=delete&post={post_id}")
    done = ben.post(f"/posts/{post_id}/delete")

    assert "Delete this message?" in panel.text
    assert done.headers["location"] == f"/channels/{people.town}"
    assert said(database, people.town) == []


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("cid", 404), ("nobody", 303)])
def test_nobody_changes_the_post_of_another(
    doors: Doors, people: People, database: Database, who: str, status: int
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town)
    browser = doors.of(getattr(people, who, None))

    answers = [
        browser.post(f"/posts/{post_id}", data={"text": "never said"}),
        browser.post(f"/posts/{post_id}/delete"),
        browser.get(f"/channels/{people.town}?show=edit&post={post_id}"),
        browser.get(f"/channels/{people.town}?show=delete&post={post_id}"),
    ]

    assert [answer.status_code for answer in answers] == [status] * 4
    assert said(database, people.town) == [("ben", "Mail is slow")]


def test_an_address_shows_no_post_of_another_channel(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        private = a_channel(session, people.ann, people.team_id, is_private=True)
        post_id = a_post(session, people.ann, private, "secret")

    answer = doors.of(people.ben).get(f"/channels/{people.town}?show=edit&post={post_id}")

    assert (answer.status_code, "secret" in answer.text) == (404, False)


@pytest.mark.parametrize(
    "query", ["before=-1", f"before={2**31}", f"before={10**30}", "q=" + "x" * 201]
)
def test_what_no_list_of_posts_can_be_asked_for_is_refused(
    doors: Doors, people: People, query: str
) -> None:
    assert doors.of(people.ben).get(f"/channels/{people.town}/posts?{query}").status_code == 422


def test_who_comes_later_is_marked_in_nothing_that_was_said_before(
    doors: Doors, people: People, database: Database, at_noon: datetime
) -> None:
    with database.transaction() as session:
        channel = a_channel(session, people.ann, people.team_id)
        a_post(session, people.ann, channel, "@ben come")
        changed = a_post(session, people.ann, channel, "come")
        clock.set(at_noon + timedelta(seconds=1))
        invite(session, people.ann, channel, "ben")
        clock.set(at_noon + timedelta(seconds=2))
        edit_post(session, people.ann, changed, "@ben you are here")
        a_post(session, people.ann, channel, "@ben look")

    page = doors.of(people.ben).get(f"/channels/{channel}").text

    assert "<p>@ben come</p>" in page
    assert re.findall(r'class="mention me"[^>]*>@ben</a> (\w+)', page) == ["you", "look"]


def test_a_name_is_marked_alike_for_all_who_read_and_only_if_who_has_it_is_in_the_channel(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        dee = accounts.an_actor(session, "dee", teams=[people.team_id])
        channel = a_channel(session, people.ben, people.team_id, members=(people.ann,))
        a_post(session, people.ben, channel, "@ann @ben @cid @dee @nobody")

    def marked(who: Actor) -> list[tuple[str, str]]:
        page = doors.of(who).get(f"/channels/{channel}").text
        post = page.partition('<article class="post"')[2].partition("</article>")[0]
        return re.findall(r'href="/people/(\w+)" class="([\w ]+)"', post)

    assert {who.username: marked(who) for who in (people.ann, people.ben, dee)} == {
        "ann": [("ann", "mention me"), ("ben", "mention")],  # she administers, and knows cid
        "ben": [("ann", "mention"), ("ben", "mention me")],
        "dee": [("ann", "mention"), ("ben", "mention")],
    }
