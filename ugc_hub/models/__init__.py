"""The tables of the hub."""

from .assets import Asset, AssetLink, HashBand, Refusal
from .base import Base
from .people import ApiToken, Campaign, Creator, LoginAttempt, SignInLink, Submission, User, UserSession
from .records import Event, Meta
from .renditions import CustomPreset, Pack, Rendition, RenditionUse

__all__ = [
    "ApiToken",
    "Asset",
    "AssetLink",
    "Base",
    "Campaign",
    "Creator",
    "CustomPreset",
    "Event",
    "HashBand",
    "LoginAttempt",
    "Meta",
    "Pack",
    "Refusal",
    "Rendition",
    "RenditionUse",
    "SignInLink",
    "Submission",
    "User",
    "UserSession",
]
