"""Persons shown or signing, the keys that seal what is known of them, and the music and property that can be seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class DataKey(WithId, Base):
    """The key of one person's data, itself sealed by the hub's secret; destroying it erases them everywhere."""

    __tablename__ = "data_keys"

    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None once it is destroyed."""
    destroyed_at: Mapped[datetime | None]


class Person(WithId, Base):
    """Somebody who can be recognised in an asset, or who signed something."""

    __tablename__ = "persons"

    key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Name, e-mail, date of birth, guardian and contact, sealed as JSON."""
    is_adult: Mapped[bool | None]
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    """Where the person is a creator."""
    erased_at: Mapped[datetime | None]


class PersonAccount(WithId, Base):
    """An account on a platform that a person has proven to be theirs; it ties a handle in a proof to them."""

    __tablename__ = "person_accounts"

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    platform: Mapped[str] = mapped_column(String(40))
    handle: Mapped[str] = mapped_column(String(100))
    method: Mapped[str] = mapped_column(String(20))
    """dm_code or bio_code: where the code was read that they were shown."""
    verified_by: Mapped[str | None] = mapped_column(String(40))


class AssetPerson(Base):
    """A person in an asset."""

    __tablename__ = "asset_people"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    region: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """x, y, width and height as fractions 0..1 of the picture as shown."""


class Track(WithId, Base):
    """A piece of music; grants of the layer `music` name it as their subject."""

    __tablename__ = "tracks"

    title: Mapped[str] = mapped_column(String(300))
    artist: Mapped[str] = mapped_column(String(300), default="")
    owner: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(30), default="")
    """platform_library, commercial_library, original or licensed."""


class TrackFile(Base):
    """The file of a track, which can be laid under videos; the bytes lie in the storage under their hash."""

    __tablename__ = "track_files"

    track_id: Mapped[str] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(60))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(20))
    """received, ready, or refused with `code` and `message`; of what is refused no bytes are kept."""
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float | None]
    """As measured by decoding; so are loudness (LUFS) and peak (dBTP)."""
    loudness_lufs: Mapped[float | None]
    true_peak_dbtp: Mapped[float | None]
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(String(60))


class Property(WithId, Base):
    """Recognisable private property or a work of art; grants of the layer `property` name it as their subject."""

    __tablename__ = "properties"

    name: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(300), default="")
