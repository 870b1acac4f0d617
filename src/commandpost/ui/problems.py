"""What is wrong with a field, in the reader's language; pydantic alone says it in English."""

from collections.abc import Mapping
from typing import Any

from commandpost.kit.words import N_, gettext

WHOLE_NUMBER = N_("a whole number is needed")
TRUE_OR_FALSE = N_("true or false is needed")
ONE_OF = N_("one of these is needed: %(expected)s")
MOMENT = N_("a moment such as 2026-11-24T12:00:00Z is needed")
OBJECT = N_("an object is needed")
PROBLEMS = {  # by pydantic's kinds of errors
    "missing": N_("it is missing"),
    "extra_forbidden": N_("this is not known here"),
    "string_type": N_("text is needed"),
    "string_too_long": N_("it has more than %(max_length)s characters"),
    "string_too_short": N_("it has fewer than %(min_length)s characters"),
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "greater_than_equal": N_("it is less than %(ge)s"),
    "less_than_equal": N_("it is more than %(le)s"),
    "bool_type": TRUE_OR_FALSE,
    "bool_parsing": TRUE_OR_FALSE,
    "enum": ONE_OF,
    "literal_error": ONE_OF,
    "list_type": N_("a list is needed"),
    "too_long": N_("it has more than %(max_length)s entries"),
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "json_invalid": N_("this is not JSON"),
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": N_("the moment needs its time zone, such as Z"),
}


def problem_of(error: Mapping[str, Any]) -> str:
    """Return what is wrong by one of pydantic's errors; a rare one in pydantic's own words."""
    known = PROBLEMS.get(error["type"])
    return gettext(known) % error.get("ctx", {}) if known else str(error["msg"])
