"""Every source file keeps every house rule."""

import pytest

from tests.architecture.rules import RULES, Rule
from tests.architecture.source import all_sources


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_sources_keep_the_rule(rule: Rule) -> None:
    broken = [f"{source.path}:{line}" for source in all_sources() for line in rule(source)]

    assert broken == []
