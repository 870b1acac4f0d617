"""The workspace as Ann, Ben, Cid and nobody see it."""

from tests.commandpost.chat.conftest import Doors, People


def test_the_start_page_goes_to_the_town_square(doors: Doors, people: People) -> None:
    answer = doors.of(people.ben).get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/channels/{people.town}")


def test_a_channel_shows_rail_posts_composer_and_sidebar(doors: Doors, people: People) -> None:
    page = doors.of(people.ben).get(f"/channels/{people.town}").text

    assert "Northwind" in page
    assert "Nothing has been said here yet" in page
    assert 'id="composer"' in page
    assert "Nothing runs, ben" in page
