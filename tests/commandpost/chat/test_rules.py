"""Names, addresses, mentions, who may read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost.chat import rules

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # holds a joiner that it needs


@pytest.mark.parametrize(
    ("display_name", "slug"),
    [
        ("Checkout is slow", "checkout-is-slow"),
        ("  Mail -- delayed!  ", "mail-delayed"),
        ("Пожар в ЦОД", "пожар-в-цод"),
        ("データベース 障害", "データベース-障害"),
        ("Straße", "strasse"),
        ("हिन्दी", "हिन्दी"),
        ("CAFÉ", "café"),
        ("100%", "100"),
        ("🔥🔥", "fallback"),
        ("---", "fallback"),
        ("", "fallback"),
        ("x" * 80, "x" * 64),
    ],
)
def test_an_address_is_made_of_letters_and_digits_of_any_script(
    display_name: str, slug: str
) -> None:
    assert rules.slug(display_name, fallback="fallback") == slug


@given(st.text(max_size=200))
def test_an_address_of_an_address_is_itself(display_name: str) -> None:
    once = rules.slug(display_name, fallback="fallback")

    assert rules.slug(once, fallback="fallback") == once
    assert 1 <= len(once) <= rules.LONGEST_SLUG
    assert not any(c.isspace() or c in "/?#%&<>\"'" for c in once)


@given(st.text(max_size=200))
def test_an_address_with_a_suffix_still_fits(display_name: str) -> None:
    once = rules.slug(display_name, fallback="fallback")

    other = rules.slug_with_suffix(once, "abcdefgh")

    assert other.endswith("-abcd")
    assert len(other) <= rules.LONGEST_SLUG


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mail   delayed ", "Mail delayed"),
        ("a\nb", "a b"),
        ("\u202eevil\u200b", "evil"),
        (PERSIAN, PERSIAN),
        ("Z\u0065\u0301", "Z\u00e9"),
        ("x", ""),
        ("!!!", ""),
        ("\u200d\u200d", ""),
        ("", ""),
        ("y" * 64, "y" * 64),
        ("y" * 65, ""),
    ],
)
def test_a_name_is_one_line_without_invisible_characters(typed: str, kept: str) -> None:
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("hi @ann", {"ann"}),
        ("@Ann, @ben.x. (@cid)", {"ann", "ben.x", "cid"}),
        ("ann@example.org and @@x and a/@b", set()),
        ("nobody", set()),
        ("in `@ann` and ``@ben``", set()),
        ("no code: ``@ann` is a run of two and a run of one", {"ann"}),
    ],
)
def test_a_message_mentions_names(message: str, names: set[str]) -> None:
    assert rules.names_mentioned(message) == names


def test_a_message_names_channels() -> None:
    assert rules.slugs_named("see ~ops, ~Пожар-в-цод. not a~b or ~~struck~~") == {
        "ops",
        "пожар-в-цод",
    }


@pytest.mark.parametrize(
    ("kind", "is_member", "is_team_member", "is_admin", "may"),
    [
        ("private", True, False, False, True),
        ("direct", True, False, False, True),
        ("public", False, True, False, True),
        ("public", False, False, False, False),
        ("public", False, False, True, True),
        ("private", False, True, False, False),
        ("private", False, False, True, True),
        ("direct", False, True, True, False),
        ("group", False, True, True, False),
    ],
)
def test_who_may_read_a_channel(
    kind: str, is_member: bool, is_team_member: bool, is_admin: bool, may: bool
) -> None:
    assert (
        rules.may_read(
            kind=kind, is_member=is_member, is_team_member=is_team_member, is_admin=is_admin
        )
        is may
    )


def test_a_conversation_is_called_after_the_others() -> None:
    assert rules.conversation_title(["Cid", "Ben"]) == "Ben, Cid"
    assert rules.conversation_title([]) == "Notes to yourself"
