"""What scripts say is what the page carries for them."""

import re
from pathlib import Path

import commandpost.ui.scripts as carried
from commandpost.kit.words import speaking

STATIC = Path(carried.__file__).parent / "static"
SAID = re.compile(r'\bword\(\s*"((?:[^"\\]|\\.)*)"')


def test_every_sentence_of_a_script_is_carried_and_no_other() -> None:
    scripts = [STATIC / "live.js", *(STATIC / "parts").glob("*.js")]
    said = {text for script in scripts for text in SAID.findall(script.read_text("utf-8"))}

    assert said == set(carried.SENTENCES)


def test_english_needs_none_of_it() -> None:
    assert carried.script_words() == {}


def test_another_language_carries_all_of_it() -> None:
    with speaking("de"):
        words = carried.script_words()

    assert words["Copied."] == "Kopiert."
    assert set(words) == set(carried.SENTENCES)
