"""The tables of the hub."""

from .assets import Asset, AssetLink, HashBand, Refusal
from .base import Base
from .captions import CaptionTrack
from .changes import AssetChange
from .clearance import AssetClearance, Clearance, ClearanceBox, ClearancePart
from .clips import AssetClip
from .collections import Collection, CollectionItem
from .consent import ConsentEvent, ConsentRecord, Terms, TermsVersion
from .edits import Edit, EditAsset, EditValue
from .erasures import Claim, Erasure
from .fields import CampaignField, FieldValue
from .handing import Brief, SubmissionFile, SubmissionForm, SubmissionLink
from .looks import AssetLook
from .people import ApiToken, Campaign, Creator, LoginAttempt, SignInLink, Submission, User, UserSession
from .permissions import Partnership, PlatformCode, RequestAsset, RequestTemplate, RightsRequest
from .persons import AssetPerson, DataKey, Person, PersonAccount, Property, Track, TrackFile
from .pieces import AssetIngredient, Piece
from .records import AuditStamp, Event, Meta, SentLetter
from .renditions import BrandKit, CustomPreset, Pack, Rendition, RenditionUse
from .rights import (
    Agreement,
    AgreementVersion,
    AssetRights,
    DutyFulfilment,
    Evidence,
    Grant,
    GrantAsset,
    GrantMilestone,
    GrantSupersession,
    GrantTotal,
    Revocation,
)
from .searches import RecentSearch, SavedSearch, SearchHit
from .tags import AssetTag, Tag, TagSynonym
from .texts import AssetText
from .uses import DecisionInput, DecisionRow, ExpiryNotice, TakedownTask, Usage, UsageBed
from .webhooks import Webhook, WebhookMessage

__all__ = [
    "Agreement",
    "AgreementVersion",
    "ApiToken",
    "Asset",
    "AssetChange",
    "AssetClearance",
    "AssetClip",
    "AssetIngredient",
    "AssetLink",
    "AssetLook",
    "AssetPerson",
    "AssetRights",
    "AssetTag",
    "AssetText",
    "AuditStamp",
    "Base",
    "BrandKit",
    "Brief",
    "Campaign",
    "CampaignField",
    "CaptionTrack",
    "Claim",
    "Clearance",
    "ClearanceBox",
    "ClearancePart",
    "Collection",
    "CollectionItem",
    "ConsentEvent",
    "ConsentRecord",
    "Creator",
    "CustomPreset",
    "DataKey",
    "DecisionInput",
    "DecisionRow",
    "DutyFulfilment",
    "Edit",
    "EditAsset",
    "EditValue",
    "Erasure",
    "Event",
    "Evidence",
    "ExpiryNotice",
    "FieldValue",
    "Grant",
    "GrantAsset",
    "GrantMilestone",
    "GrantSupersession",
    "GrantTotal",
    "HashBand",
    "LoginAttempt",
    "Meta",
    "Pack",
    "Partnership",
    "Person",
    "PersonAccount",
    "Piece",
    "PlatformCode",
    "Property",
    "RecentSearch",
    "Refusal",
    "Rendition",
    "RenditionUse",
    "RequestAsset",
    "RequestTemplate",
    "Revocation",
    "RightsRequest",
    "SavedSearch",
    "SearchHit",
    "SentLetter",
    "SignInLink",
    "Submission",
    "SubmissionFile",
    "SubmissionForm",
    "SubmissionLink",
    "Tag",
    "TagSynonym",
    "TakedownTask",
    "Terms",
    "TermsVersion",
    "Track",
    "TrackFile",
    "Usage",
    "UsageBed",
    "User",
    "UserSession",
    "Webhook",
    "WebhookMessage",
]
