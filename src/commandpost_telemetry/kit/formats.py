"""How numbers, days and lengths of time are written in the reader's language."""

from datetime import UTC, date, datetime

from markupsafe import Markup

from commandpost_telemetry.kit.words import N_, _, gettext, pgettext

MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
SHORT_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
    N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def plain(value: float) -> str:
    """Return a number with at most one decimal and groups of thousands."""
    rounded = round(float(value), 1)
    return marked(f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,.1f}")


def marked(written: str) -> str:
    """Return a number, written as in English, with the reader's marks."""
    marks = {ord(","): pgettext("thousands", ","), ord("."): pgettext("decimals", ".")}
    return written.translate(marks)


def day(on: date) -> str:
    """Return a day in figures."""
    year, month, number = on.isoformat()[:10].split("-")
    return _("%(year)s-%(month)s-%(day)s", year=year, month=month, day=number)


def minute(at: datetime) -> str:
    """Return a day with hours and minutes."""
    return f"{day(at)} {at:%H:%M}"


def second(at: datetime) -> str:
    """Return a day with hours, minutes and seconds."""
    return f"{day(at)} {at:%H:%M:%S}"


def local_time(at: datetime, *, to_the_second: bool = False) -> Markup:
    """Return a time in UTC that a script of the host may turn into local time."""
    utc = at.astimezone(UTC)
    element = Markup('<time datetime="{}" title="{}" data-time="{}">{}</time>')
    return element.format(
        utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        f"{second(utc)} UTC",
        "seconds" if to_the_second else "datetime",
        f"{second(utc) if to_the_second else minute(utc)} UTC",
    )


def short_day(on: date) -> str:
    """Return a day without its year, in few letters."""
    return _("%(day)s %(month)s", day=on.day, month=gettext(SHORT_MONTHS[on.month - 1]))


def long_day(on: date) -> str:
    """Return a day with the name of its month."""
    name = gettext(MONTHS[on.month - 1])
    return _("%(day)s %(month)s %(year)s", day=on.day, month=name, year=on.year)


def weekday(on: date) -> str:
    """Return the short name of the day of the week."""
    return gettext(WEEKDAYS[on.weekday()])


def month(on: date) -> str:
    """Return a month with its year."""
    return f"{gettext(MONTHS[on.month - 1])} {on.year}"


def short_month(on: date) -> str:
    """Return a month with two digits of its year."""
    return f"{gettext(SHORT_MONTHS[on.month - 1])} {on:%y}"


def duration(seconds: float) -> str:
    """Return a length of time by its largest two units."""
    return " ".join(said for _count, said in lengths(seconds))


def lengths(seconds: float) -> list[tuple[int, str]]:
    """Return the largest two units of a length of time: how many, and that in words."""
    whole = max(0, int(seconds))  # time that has not passed is not told
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    in_hours = hours, _("%(hours)s h", hours=hours)
    in_minutes = minutes, _("%(minutes)s min", minutes=minutes)
    if days:
        return [(days, _("%(days)s d", days=days)), in_hours]
    if hours:
        return [in_hours, in_minutes]
    return [in_minutes] if minutes else [(secs, _("%(seconds)s s", seconds=secs))]
