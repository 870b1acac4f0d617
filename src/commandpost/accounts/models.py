"""Tables of users, teams, memberships, sessions, tokens and links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.kit.db import Base, id_type


class User(Base):
    """A person, or a bot; `password_hash` is empty for those who can't sign in by password."""

    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(128))
    email: Mapped[str] = mapped_column(String(254), default="")
    password_hash: Mapped[str] = mapped_column(String(256), default="")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_bot: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(16), default="", server_default="")
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Team(Base):
    """A team; everything that is not chat belongs to exactly one."""

    __tablename__ = "team"

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(128))
    posts_edits: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class TeamMember(Base):
    """Who is in which team."""

    __tablename__ = "team_member"
    __table_args__ = (Index(None, "user_id"),)

    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    joined_at: Mapped[datetime]


class SignIn(Base):
    """A server-side session; `id` is the SHA-256 of the cookie, so that a leak signs nobody in."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(256), default="")


class Token(Base):
    """A personal access token; only its SHA-256 is kept."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("hash"), Index(None, "user_id"))

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(16), default="write")  # read | write
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A try to sign in that has not succeeded; the throttle counts them."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "subject", "at"), Index(None, "at"))

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128))  # user name or address, prefixed
    at: Mapped[datetime]


class SetupToken(Base):
    """The token printed at the console while nobody has an account; only its SHA-256 is kept."""

    __tablename__ = "setup_token"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]


class PasswordReset(Base):
    """A link that sets a password once; an administrator hands it over, only its hash is kept."""

    __tablename__ = "password_reset"
    __table_args__ = (Index(None, "user_id"),)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]


class Identity(Base):
    """Who somebody is at an OpenID provider; the pair never changes there, unlike names."""

    __tablename__ = "identity"
    __table_args__ = (Index(None, "user_id"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
