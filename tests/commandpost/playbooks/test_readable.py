"""The file of a playbook: readable, and the same bytes after every round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost.kit.text import cleaned, is_blank
from commandpost.playbooks.errors import UnreadablePlaybook
from commandpost.playbooks.readable import read_playbook, write_playbook
from commandpost.playbooks.rules import (
    ChecklistDraft,
    ItemDraft,
    checklist_title,
    item_title,
    playbook_title,
)
from tests.commandpost.playbooks.given import AFTER, FIRST

FILE = """\
format: commandpost playbook 1
title: Service outage
checklists:
  - title: First fifteen minutes
    items:
      - Page the on-call
      - Look
  - title: Afterwards
    items:
      - Write the customer note
"""

texts = (
    st.one_of(
        st.text(min_size=1, max_size=60),
        st.sampled_from(
            ["yes", "null", "1", "~", "- x", "a: b", "# x", "'", '"', "2026-11-24", "é"]
        ),
    )
    .map(cleaned)
    .filter(lambda text: not is_blank(text))
)
lists = st.builds(
    ChecklistDraft,
    texts.map(checklist_title),
    st.lists(st.builds(ItemDraft, texts.map(item_title)), max_size=4).map(tuple),
)


def test_a_playbook_is_written_as_a_person_would() -> None:
    assert write_playbook("Service outage", (FIRST, AFTER)) == FILE


@given(texts.map(playbook_title), st.lists(lists, max_size=3).map(tuple))
def test_what_is_written_is_read_back_and_written_byte_for_byte(
    title: str, checklists: tuple[ChecklistDraft, ...]
) -> None:
    written = write_playbook(title, checklists)

    read = read_playbook(written.encode())

    assert (read.title, read.checklists) == (title, checklists)
    assert write_playbook(read.title, read.checklists) == written


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "does not begin with"),
        (b"\xff\xfe", "no YAML in UTF-8"),
        (b"a: [", "in line 1"),
        (b"[1]", "does not begin with"),
        (b"format: other", "does not begin with"),
        (b"format: commandpost playbook 1\ncolour: red", "unknown key “colour”"),
        (b"format: commandpost playbook 1", "title: expected text"),
        (b"format: commandpost playbook 1\ntitle: x\nchecklists: y", "checklists: expected a list"),
        (
            b"format: commandpost playbook 1\ntitle: x\nchecklists: [y]",
            "number 1: expected the keys",
        ),
        (
            b"format: commandpost playbook 1\ntitle: x\nchecklists: [{title: y, items: [[]]}]",
            "item 1: expected text",
        ),
        (b"format: &a x\ntitle: *a", "no YAML"),
        (b"!!python/object/apply:os.system [id]", "Line 1 has a tag"),
        (b'format: "\\UFFFFFFFF"', "no YAML"),
        (b"? [a]\n: b", "no YAML"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MiB"),
        (b"[" + b"a," * 20_000, "more than a playbook may: 1,000 items"),  # long before its end
    ],
)
def test_a_file_that_is_no_playbook_is_refused_with_where_it_is_wrong(
    data: bytes, sentence: str
) -> None:
    with pytest.raises(UnreadablePlaybook) as refusal:
        read_playbook(data)

    assert sentence in refusal.value.sentence
    assert "Nothing was imported" in refusal.value.sentence


@pytest.mark.parametrize(
    "tagged",
    [
        "!!bool maybe",
        "!!timestamp foo",
        '!!int ""',
        '!!float ""',
        "!!str x",
        "!!binary eA==",
        "!!set {x}",
        "!!seq [x]",
        "! x",
        "!own x",
        "!<tag:yaml.org,2002:null> x",
    ],
)
def test_a_tag_is_refused_with_its_line(tagged: str) -> None:
    data = f"format: commandpost playbook 1\ntitle: {tagged}\n".encode()

    with pytest.raises(UnreadablePlaybook) as refusal:
        read_playbook(data)

    assert refusal.value.sentence.startswith("Line 2 has a tag, as “!!str”. Take it out. Nothing")


def test_words_that_mean_something_to_yaml_are_read_as_text() -> None:
    data = b"format: commandpost playbook 1\ntitle: yes\nchecklists:\n- title: 1\n  items: [no, ~]"

    read = read_playbook(data)

    assert (read.title, read.checklists) == (
        "yes",
        (ChecklistDraft("1", (ItemDraft("no"), ItemDraft("~"))),),
    )
