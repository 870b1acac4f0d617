"""What scripts say: in a language other than English the page carries it for them."""

from commandpost.kit.words import ENGLISH, N_, gettext, language

SENTENCES = (
    N_("%(count)s new posts ↓"),
    N_("%(days)s d %(hours)s h"),
    N_("%(hours)s h %(minutes)s min"),
    N_("%(item)s is held. Arrows move it, Space drops it, Escape puts it back."),
    N_("%(item)s: position %(position)s of %(count)s"),
    N_("%(minutes)s min"),
    N_("1 new post ↓"),
    N_("Alt ↑ ↓"),
    N_("Alt ↑ ↓ Home End on a handle"),
    N_("Change item %(number)s"),
    N_("Close"),
    N_("Close or put back"),
    N_("Commands"),
    N_("Copied."),
    N_("Ctrl Enter"),
    N_("Ctrl K"),
    N_("Discard changes"),
    N_("Discard changes?"),
    N_("Dismiss"),
    N_("Edit your last message, while the box is empty"),
    N_("Enter"),
    N_("Esc"),
    N_("Go anywhere"),
    N_("Incidents, Playbooks, Telemetry, Insights"),
    N_("Item"),
    N_("Item %(number)s"),
    N_("Keep editing"),
    N_("Keys"),
    N_("Move an item; or Space, arrows, Space"),
    N_(
        "Name somebody, who then hears of it; @all, @channel or @here: "
        "everybody in the channel, here now or not"
    ),
    N_("Nothing found"),
    N_("People"),
    N_("Places"),
    N_("Press Ctrl+C to copy: the text is selected."),
    N_("Save the message or playbook that is being edited"),
    N_("Search"),
    N_("Send; Shift Enter makes a new line"),
    N_("Shortcuts of a single key"),
    N_("You are signed out and nothing was changed. Sign in in another tab, then send this again."),
    N_("Sign in"),
    N_("The channel before or after; with Shift, the unread one"),
    N_("The connection is gone; what you see may be old. Trying again…"),
    N_("The server does not answer. Nothing was changed; try again in a moment."),
    N_("The server did not answer; this may not have been done. Try again in a moment."),
    N_("The server could not show what changed; part of the page may be old. Trying again…"),
    N_(
        "This address may not hear of changes; what you see may be old. "
        "Open the site by its own address."
    ),
    N_("This may not have been sent: %(text)s"),
    N_("This sheet"),
    N_("What you changed here has not been saved."),
    N_("What you were typing in went away meanwhile. You had written: %(text)s"),
    N_("Where to"),
    N_("Where to?"),
    N_("Write a command; on a list, search"),
    N_("Write a message"),
    N_("Write a new item"),
    N_("You are signed out; what you see may be old. Sign in again to see what changes."),
    N_("g, then i p t n"),
)


def script_words() -> dict[str, str]:
    """Return what scripts say, by its English; nothing where that is what is read."""
    if language() == ENGLISH:
        return {}
    return {text: gettext(text) for text in SENTENCES}
