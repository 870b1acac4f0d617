"""Rules about names, passwords and addresses."""

from datetime import timedelta

import pytest

from commandpost.accounts import rules
from commandpost.accounts.errors import ChangedMeanwhile
from tests.conftest import NOON


@pytest.mark.parametrize("name", ["ann", "a", "ann.archer", "7", "a_b-c.d", "x" * 64])
def test_user_names_that_are_fine(name: str) -> None:
    assert rules.username_problem(name) == ""


@pytest.mark.parametrize(
    "name", ["", "Ann", "ann archer", ".ann", "ann-", "änn", "x" * 65, "ann\n", "all", "incident"]
)
def test_user_names_that_are_refused(name: str) -> None:
    assert rules.username_problem(name) != ""


@pytest.mark.parametrize("name", ["demo", "a", "team-7", "x" * 64])
def test_team_names_that_are_fine(name: str) -> None:
    assert rules.team_name_problem(name) == ""


@pytest.mark.parametrize("name", ["", "Demo", "-demo", "de mo", "x" * 65, "de_mo"])
def test_team_names_that_are_refused(name: str) -> None:
    assert rules.team_name_problem(name) != ""


@pytest.mark.parametrize("name", ["", "!!!", "🔥", "x" * 129])
def test_display_names_that_are_refused(name: str) -> None:
    assert rules.display_name_problem(name) != ""


@pytest.mark.parametrize(
    ("display_name", "plain"),
    [("Opérations & Réseau", "operations-reseau"), ("Команда", ""), ("  ", ""), ("A1", "a1")],
)
def test_short_names_are_made_of_letters_and_digits(display_name: str, plain: str) -> None:
    assert rules.plain_name(display_name) == plain


@pytest.mark.parametrize(
    ("email", "is_fine"),
    [
        ("", True),
        ("ann@example.org", True),
        ("ann", False),
        ("a nn@example.org", False),
        ("a\x00nn@example.org", False),
        ("x" * 65 + "@example.org", False),
    ],
)
def test_addresses(email: str, is_fine: bool) -> None:
    assert (rules.email_problem(email) == "") is is_fine


@pytest.mark.parametrize("password", ["", "short", "x" * 1001, "aaaaaaaaaaaa", "ann.archer.x"])
def test_passwords_that_are_refused(password: str) -> None:
    assert rules.password_problem(password, username="ann.archer.x") != ""


def test_a_few_words_are_a_password() -> None:
    assert rules.password_problem("four words in a row", username="ann") == ""


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("curl/8.1", "curl/8.1"),
        ("", "Unknown"),
    ],
)
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert rules.browser_name(user_agent) == name


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("192.0.2.7", "address:192.0.2.7"),
        ("2001:db8:0:1:2:3:4:5", "address:2001:db8:0:1::"),
        ("::ffff:192.0.2.7", "address:192.0.2.7"),
        ("unix socket", "address:unix socket"),
    ],
)
def test_the_throttle_counts_networks_of_ipv6(address: str, subject: str) -> None:
    assert rules.address_subject(address) == subject


@pytest.mark.parametrize(
    ("target", "is_local"),
    [
        ("/", True),
        ("/account?x=//y", True),
        ("", False),
        ("account", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/a\\b", False),
        ("/a\r\nSet-Cookie: x", False),
        ("https://evil.example/", False),
    ],
)
def test_only_paths_of_this_site_are_gone_to(target: str, is_local: bool) -> None:
    assert rules.is_local_path(target) is is_local


def test_a_session_is_extended_once_a_day() -> None:
    expires_at = NOON + rules.SIGN_IN_LASTS

    assert not rules.needs_renewal(expires_at, NOON + timedelta(hours=24))
    assert rules.needs_renewal(expires_at, NOON + timedelta(hours=25))


@pytest.mark.parametrize(
    ("wanted", "was", "changed"),
    [
        ({"name": "Anna"}, None, {"name": "Anna"}),
        ({"name": "Ann"}, None, {}),
        ({"name": None, "is_admin": False}, {}, {"is_admin": False}),
        ({"name": "Anna"}, {"name": "Ann"}, {"name": "Anna"}),
        ({"name": "Ann"}, {"name": "An"}, {}),  # another had the same wish
        ({"name": "An", "email": "a@b"}, {"name": "An"}, {"email": "a@b"}),  # theirs stays
    ],
)
def test_what_was_left_as_it_was_seen_is_no_change(
    wanted: rules.Values, was: rules.Values | None, changed: dict[str, object]
) -> None:
    stored = {"name": "Ann", "email": "", "is_admin": True}

    assert rules.changes(wanted, was=was, stored=stored) == changed


def test_what_another_changed_since_it_was_seen_is_refused_with_both() -> None:
    wanted, was = {"name": "Anna", "email": "new@b"}, {"name": "An", "email": "a@b"}

    with pytest.raises(ChangedMeanwhile) as refused:
        rules.changes(wanted, was=was, stored={"name": "Ann", "email": "a@b"})

    assert refused.value.details == {"yours": {"name": "Anna"}, "stored": {"name": "Ann"}}
    assert "to “Ann” where you have “Anna”" in refused.value.sentence
