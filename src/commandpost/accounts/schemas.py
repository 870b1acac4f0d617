"""What the REST routes of accounts take and answer."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from commandpost.accounts.models import SignIn
from commandpost.accounts.rules import SIGN_IN_LASTS, Scope

LOOSE_TEXT = 4096  # far over every limit: the rules answer with a better sentence


class Answer(BaseModel):
    """Read from the attributes of what a query returned."""

    model_config = ConfigDict(from_attributes=True)


class Asked(BaseModel):
    """What a request carries; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class PageAnswer(BaseModel):
    """What every list says of its whole."""

    total_count: int
    page_count: int
    has_more: bool


class PersonAnswer(Answer):
    """A person, as everybody who shares a team with them sees them."""

    id: str
    username: str = Field(examples=["ann"])
    display_name: str = Field(examples=["Ann Archer"])


class PersonList(PageAnswer):
    """A page of people, by user name."""

    items: list[PersonAnswer]


class MeAnswer(PersonAnswer):
    """Oneself."""

    email: str
    language: str = Field(description="Of pages; empty: as the browser asks.", examples=["de"])
    is_admin: bool


class UserAnswer(MeAnswer):
    """A person, as administrators see them."""

    created_at: datetime
    deactivated_at: datetime | None


class UserList(PageAnswer):
    """A page of people, by user name."""

    items: list[UserAnswer]


class NewUser(Asked):
    """A person to make; without a password they sign in by a link or a provider."""

    username: str = Field(max_length=LOOSE_TEXT, examples=["ann"])
    display_name: str = Field(default="", max_length=LOOSE_TEXT, examples=["Ann Archer"])
    email: str = Field(default="", max_length=LOOSE_TEXT, examples=["ann@example.org"])
    password: str = Field(default="", max_length=LOOSE_TEXT)
    is_admin: bool = False


SEEN = (
    "What you saw. What another changed since is refused with both; what you left as it was stays."
)


class Profile(Asked):
    """What one may change of oneself; what is left out stays."""

    display_name: str | None = Field(default=None, max_length=LOOSE_TEXT)
    email: str | None = Field(default=None, max_length=LOOSE_TEXT)
    language: str | None = Field(default=None, max_length=LOOSE_TEXT, examples=["de"])


class ProfileChange(Profile):
    """What of oneself to change."""

    was: Profile | None = Field(default=None, description=SEEN)


class UserFields(Profile):
    """What administrators may change of somebody; what is left out stays."""

    is_admin: bool | None = None


class UserChange(UserFields):
    """What of somebody to change."""

    was: UserFields | None = Field(default=None, description=SEEN)


class PasswordChange(Asked):
    """The password now and the one to come; all other sessions end."""

    current_password: str = Field(max_length=LOOSE_TEXT)
    new_password: str = Field(max_length=LOOSE_TEXT)


class PasswordLink(BaseModel):
    """A link by which somebody chooses a password, once; it is not shown again."""

    address: str
    expires_at: datetime


class TeamAnswer(Answer):
    """A team."""

    id: str
    name: str = Field(description="Short name, fit for addresses.", examples=["demo"])
    display_name: str = Field(examples=["Demo"])
    posts_edits: bool = Field(
        description="Whether checks and edits are posted in the incident's channel."
    )
    created_at: datetime


class TeamList(PageAnswer):
    """A page of teams, by name."""

    items: list[TeamAnswer]


class NewTeam(Asked):
    """A team to make; the short name is made from the other when it is empty."""

    display_name: str = Field(max_length=LOOSE_TEXT, examples=["Operations"])
    name: str = Field(default="", max_length=LOOSE_TEXT, examples=["operations"])


class TeamFields(Asked):
    """What of a team can change; what is left out stays."""

    display_name: str | None = Field(default=None, max_length=LOOSE_TEXT, examples=["Operations"])
    posts_edits: bool | None = None


class TeamChange(TeamFields):
    """What of a team to change."""

    was: TeamFields | None = Field(default=None, description=SEEN)


class SessionAnswer(BaseModel):
    """A browser that is signed in; its last use is known to the day."""

    id: str
    user_agent: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    is_current: bool

    @classmethod
    def of(cls, kept: SignIn, *, current: str) -> "SessionAnswer":
        return cls(
            id=kept.id,
            user_agent=kept.user_agent,
            created_at=kept.created_at,
            used_at=kept.expires_at - SIGN_IN_LASTS,
            expires_at=kept.expires_at,
            is_current=kept.id == current,
        )


class SessionList(PageAnswer):
    """All sessions, the last used first."""

    items: list[SessionAnswer]


class TokenAnswer(Answer):
    """A personal access token, without its secret."""

    id: str
    name: str = Field(examples=["deploy script"])
    scope: Scope
    created_at: datetime
    expires_at: datetime | None


class TokenList(PageAnswer):
    """All tokens, the newest first."""

    items: list[TokenAnswer]


class NewTokenAsked(Asked):
    """A token to make; without a moment it is good until revoked."""

    name: str = Field(max_length=LOOSE_TEXT, examples=["deploy script"])
    scope: Scope = Scope.READ
    expires_at: AwareDatetime | None = None


class NewTokenAnswer(TokenAnswer):
    """A token just made; the secret is not shown again."""

    secret: str
