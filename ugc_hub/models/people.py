"""Users and what they sign in with; creators, campaigns and submissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class User(WithId, Base):
    """Somebody who signs in. The role decides what they may do."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(320), unique=True)
    """Lower-cased."""
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"))
    """The creator that a user of the role `creator` is."""
    disabled_at: Mapped[datetime | None]


class SignInLink(WithId, Base):
    """A one-time link; only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in_links"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UserSession(WithId, Base):
    """A signed-in browser; only the SHA-256 of its cookie is kept."""

    __tablename__ = "sessions"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    csrf: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class ApiToken(WithId, Base):
    """An API token; only the SHA-256 is kept, the prefix lets a person recognise it."""

    __tablename__ = "api_tokens"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(20))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Actions that the token may do at most; empty means all that its user may."""
    bounds: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Channels, places and party that every use asked through it lies within; None binds nothing."""
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class LoginAttempt(WithId, Base):
    """A failed sign-in, so that guessing is slowed down for an account and for an address."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_subject_created_at", "subject", "created_at"),)

    subject: Mapped[str] = mapped_column(String(340))
    """`email:…` or `address:…`."""


class Creator(WithId, Base):
    """Somebody who makes content for the brand."""

    __tablename__ = "creators"

    handle: Mapped[str] = mapped_column(String(100), unique=True)
    """Lower-cased, without the leading @."""
    display_name: Mapped[str] = mapped_column(String(200), default="")
    credit_line: Mapped[str] = mapped_column(String(300), default="")
    niche: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What they make content about, such as `skincare`."""
    enquiries_url: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    """Where they want to be asked for licences by others; empty: they do not."""


class Campaign(WithId, Base):
    """What content is collected and used for."""

    __tablename__ = "campaigns"

    name: Mapped[str] = mapped_column(String(200), unique=True)


class Submission(WithId, Base):
    """One hand-in: who sent what, through which door, for which campaign."""

    __tablename__ = "submissions"

    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    door: Mapped[str] = mapped_column(String(20))
    """`web`, `api`, `cli`, `folder` or `link`."""
