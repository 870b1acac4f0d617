"""The chat by REST, as Ann, Ben, Cid and nobody."""

import pytest

from commandpost.chat.queries.posts import page_of_posts
from commandpost.kit.db import Database
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post

NOON = "2026-11-24T12:00:00Z"


def said(database: Database, channel_id: str) -> list[str]:
    with database.reading() as session:
        return [post.message for post in page_of_posts(session, channel_id).items]


def test_a_member_writes_reads_edits_and_deletes(doors: Doors, people: People) -> None:
    ben = doors.of(people.ben)
    where = f"/api/v1/channels/{people.town}/posts"

    made = ben.post(where, json={"message": "Mial", "key": "k"})
    again = ben.post(where, json={"message": "Mial", "key": "k"})
    edited = ben.patch(f"/api/v1/posts/{made.json()['id']}", json={"message": "Mail"})
    listed = ben.get(where)
    deleted = ben.delete(f"/api/v1/posts/{made.json()['id']}")

    post = {
        "id": made.json()["id"],
        "channel_id": people.town,
        "number": 1,
        "user_id": people.ben.id,
        "username": "ben",
        "kind": "user",
        "message": "Mial",
        "created_at": NOON,
        "edited_at": None,
    }
    assert (made.status_code, made.json()) == (201, post)
    assert again.json() == post
    assert edited.json() == {**post, "message": "Mail", "edited_at": NOON}
    assert listed.json() == {
        "items": [edited.json()],
        "total_count": 1,
        "page_count": 1,
        "has_more": False,
    }
    assert (deleted.status_code, ben.get(where).json()["items"]) == (204, [])


def test_an_edit_of_what_was_changed_meanwhile_is_refused_with_both_texts(
    doors: Doors, people: People
) -> None:
    ben = doors.of(people.ben)
    where = f"/api/v1/channels/{people.town}/posts"
    post = f"/api/v1/posts/{ben.post(where, json={'message': 'one'}).json()['id']}"

    ben.patch(post, json={"message": "two", "was": "one"})
    late = ben.patch(post, json={"message": "three", "was": "one"})
    same = ben.patch(post, json={"message": "two", "was": "one"})

    assert (late.status_code, same.status_code) == (409, 200)
    assert late.json()["details"] == {"yours": "three", "stored": "two"}
    assert ben.get(where).json()["items"][0]["message"] == "two"


def test_whom_an_edit_names_is_told_once(doors: Doors, people: People) -> None:
    ann, ben = doors.of(people.ann), doors.of(people.ben)
    posted = ben.post(f"/api/v1/channels/{people.town}/posts", json={"message": "look"}).json()
    waiting = []

    for message in ("@ben @nobody look", "@ann look", "@ann, please look", "@all look"):
        ben.patch(f"/api/v1/posts/{posted['id']}", json={"message": message})
        waiting.append([each.get("/mentions").json()["mentions"] for each in (ann, ben)])

    assert waiting == [[0, 0], [1, 0], [1, 0], [1, 0]]


def test_channels_are_listed_made_joined_and_left(doors: Doors, people: People) -> None:
    ann, ben = doors.of(people.ann), doors.of(people.ben)

    made = ben.post(
        "/api/v1/channels", json={"team_id": people.team_id, "display_name": "Пожар"}
    ).json()
    secret = ann.post(
        "/api/v1/channels",
        json={"team_id": people.team_id, "display_name": "Secret", "kind": "private"},
    ).json()
    listed = ben.get(f"/api/v1/channels?team_id={people.team_id}&per_page=1").json()
    joined = ann.post(f"/api/v1/channels/{made['id']}/join").json()
    invited = ann.post(f"/api/v1/channels/{secret['id']}/members", json={"username": "ben"})
    again = ann.post(f"/api/v1/channels/{secret['id']}/members", json={"username": "ben"})
    members = ben.get(f"/api/v1/channels/{secret['id']}/members").json()
    left = ben.post(f"/api/v1/channels/{secret['id']}/leave")

    assert made == {
        "id": made["id"],
        "team_id": people.team_id,
        "name": "пожар",
        "display_name": "Пожар",
        "kind": "public",
        "is_member": True,
        "unread": 0,
        "mentions": 0,
    }
    assert [item["display_name"] for item in listed["items"]] == ["Town Square"]
    assert (listed["total_count"], listed["page_count"], listed["has_more"]) == (2, 2, True)
    assert joined["is_member"] is True
    assert (invited.status_code, invited.json()["username"]) == (201, "ben")
    assert (again.status_code, again.json()) == (200, invited.json())
    assert [member["username"] for member in members["items"]] == ["ann", "ben"]
    assert left.status_code == 204
    assert ben.get(f"/api/v1/channels/{secret['id']}").status_code == 404


def test_a_conversation_is_called_after_the_others(doors: Doors, people: People) -> None:
    ben = doors.of(people.ben)
    made, again = (ben.post("/api/v1/conversations", json={"usernames": ["ann"]}) for _ in range(2))

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert (made.json()["kind"], made.json()["display_name"]) == ("direct", "ann")


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("/shout hello", {"kind": "ephemeral", "markdown": "**ben** hello"}),
        ("/try go", {"kind": "goto", "address": "TOWN", "sentence": "You are there."}),
    ],
)
def test_a_command_is_answered(
    doors: Doors, people: People, line: str, reply: dict[str, str]
) -> None:
    answer = doors.of(people.ben).post(
        f"/api/v1/channels/{people.town}/commands", json={"command": line}
    )

    expected = {
        key: value.replace("TOWN", f"/channels/{people.town}") for key, value in reply.items()
    }
    assert (answer.status_code, answer.json()) == (200, {"reply": expected})


def test_a_dialog_is_opened_and_sent_back(doors: Doors, people: People, database: Database) -> None:
    ben = doors.of(people.ben)
    sent = {"channel_id": people.town, "state": "s", "key": "k"}

    dialog = ben.post(
        f"/api/v1/channels/{people.town}/commands", json={"command": "/try start s"}
    ).json()["reply"]
    short = ben.post("/api/v1/dialogs/try.start", json={**sent, "fields": {"name": "a"}}).json()
    done = ben.post("/api/v1/dialogs/try.start", json={**sent, "fields": {"name": "Mail"}}).json()

    assert (dialog["kind"], dialog["callback"], dialog["state"]) == ("dialog", "try.start", "s")
    assert dialog["fields"][1]["choices"][1] == {"value": "big", "text": "Big one"}
    assert short["reply"]["fields"][0]["error"] == "At least 2 characters."
    assert done["reply"]["kind"] == "goto"
    assert said(database, people.town) == ["Mail of kind , s"]


def test_a_refused_command_leaves_nothing_behind(
    doors: Doors, people: People, database: Database
) -> None:
    answer = doors.of(people.ben).post(
        f"/api/v1/channels/{people.town}/commands", json={"command": "/try fail"}
    )

    assert (answer.status_code, answer.json()["error"]) == (409, "It is over. Nothing was changed.")
    assert said(database, people.town) == []


@pytest.mark.parametrize(("who", "status"), [("cid", 404), ("nobody", 401)])
def test_strangers_are_told_nothing(
    doors: Doors, people: People, database: Database, who: str, status: int
) -> None:
    with database.transaction() as session:
        post_id = a_post(session, people.ben, people.town)
    browser = doors.of(getattr(people, who, None))
    town = f"/api/v1/channels/{people.town}"

    answers = [
        browser.get(town),
        browser.get(f"/api/v1/channels?team_id={people.team_id}"),
        browser.post("/api/v1/channels", json={"team_id": people.team_id, "display_name": "Mine"}),
        browser.post("/api/v1/conversations", json={"usernames": ["ann"]}),
        browser.get(f"{town}/posts"),
        browser.post(f"{town}/posts", json={"message": "x"}),
        browser.get(f"{town}/members"),
        browser.post(f"{town}/members", json={"username": "cid"}),
        browser.post(f"{town}/join"),
        browser.post(f"{town}/leave"),
        browser.post(f"{town}/commands", json={"command": "/shout x"}),
        browser.post("/api/v1/dialogs/try.start", json={"channel_id": people.town}),
        browser.patch(f"/api/v1/posts/{post_id}", json={"message": "x"}),
        browser.delete(f"/api/v1/posts/{post_id}"),
    ]

    assert [answer.status_code for answer in answers] == [status] * len(answers)
    assert said(database, people.town) == ["Mail is slow"]


def test_a_team_mate_outside_gets_a_refusal(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        public = a_channel(session, people.ann, people.team_id)
        post_id = a_post(session, people.ann, public)
    ben = doors.of(people.ben)
    where = f"/api/v1/channels/{public}"

    assert ben.get(f"{where}/posts").status_code == 200
    assert ben.post(f"{where}/posts", json={"message": "x"}).status_code == 403
    assert ben.post(f"{where}/members", json={"username": "ben"}).status_code == 403
    assert ben.patch(f"/api/v1/posts/{post_id}", json={"message": "x"}).status_code == 403
    assert ben.delete(f"/api/v1/posts/{post_id}").status_code == 403
    assert said(database, public) == ["Mail is slow"]


@pytest.mark.parametrize("body", [b'{"message": "\\ud800"}', b"{", b"\xff", b""])
def test_a_body_that_is_no_text_is_refused(
    doors: Doors, people: People, database: Database, body: bytes
) -> None:
    answer = doors.of(people.ben).post(
        f"/api/v1/channels/{people.town}/posts",
        content=body,
        headers={"content-type": "application/json"},
    )

    assert answer.status_code in {400, 422}
    assert said(database, people.town) == []


@pytest.mark.parametrize(
    "body", [{}, {"message": 1}, {"message": "x", "more": 1}, {"message": "x" * 200_001}]
)
def test_a_body_of_another_shape_is_refused(
    doors: Doors, people: People, database: Database, body: dict[str, object]
) -> None:
    answer = doors.of(people.ben).post(f"/api/v1/channels/{people.town}/posts", json=body)

    assert answer.status_code == 422
    assert said(database, people.town) == []
