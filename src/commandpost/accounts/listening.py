"""Who may hear that people or teams changed; main adds this to what the features say."""

from commandpost.accounts.actor import Actor

PEOPLE = "people"


def may_listen(actor: Actor, topic: str) -> bool:
    """Return whether the actor may hear `people`: administrators may."""
    return topic == PEOPLE and actor.is_admin
