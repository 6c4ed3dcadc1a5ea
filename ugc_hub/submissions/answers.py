"""The questions that come with a submission, and what may be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ugc_hub.accounts.users import clean_outside
from ugc_hub.errors import Invalid

PEOPLE = ("nobody", "me", "others")
BELONGINGS = ("none", "some")
MUSIC = ("none", "original", "present")
SOURCES = (
    "digitalCapture",
    "algorithmicallyEnhanced",
    "compositeWithTrainedAlgorithmicMedia",
    "trainedAlgorithmicMedia",
)
"""IPTC Digital Source Type."""
COMPENSATION = ("paid", "gifted", "affiliate", "none")
MOST_OTHERS = 20
LONGEST_NAME = 100
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "people": PEOPLE,
    "belongings": BELONGINGS,
    "music": MUSIC,
    "source": SOURCES,
    "compensation": COMPENSATION,
    "testimonial": ("yes", "no"),
    "of_age": ("yes", "no"),
}
ASKED = {
    "people": "Say who can be seen.",
    "belongings": "Say whether something in it belongs to others.",
    "music": "Say whether there is music in it.",
    "source": "Say whether an AI made or changed it.",
    "compensation": "Say what you got for it.",
    "testimonial": "Say whether you recommend something in it.",
    "of_age": "Say whether you are 18 or older.",
}


@dataclass(frozen=True)
class Other:
    """Somebody else who can be recognised."""

    name: str
    is_adult: bool
    guardian_name: str = ""
    guardian_email: str = ""


@dataclass(frozen=True)
class Differs:
    """What holds for one file alone; empty is the same as for all."""

    people: str = ""
    """`nobody` or `me`; others are the same as for all."""
    music: str = ""
    music_title: str = ""
    source: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers to all questions, for all files unless one of them differs."""

    people: str
    of_age: str
    """Of whoever hands in."""
    belongings: str
    music: str
    source: str
    compensation: str
    testimonial: str
    me_too: bool = False
    """With others: whether the creator can be seen as well."""
    others: tuple[Other, ...] = ()
    property_what: str = ""
    music_title: str = ""
    guardian_name: str = ""
    guardian_email: str = ""
    """Of a creator who is not of age."""
    files: Mapping[str, Differs] = field(default_factory=dict)
    """By asset: where one differs."""

    @property
    def shows_creator(self) -> bool:
        """Whether the creator can be seen, in one file at least."""
        in_all = self.people == "me" or (self.people == "others" and self.me_too)
        return in_all or any(one.people == "me" for one in self.files.values())

    def of(self, asset_id: str) -> Answers:
        """Return the answers for one file: what is said of it alone goes before what is said of all."""
        one = self.files.get(asset_id) or Differs()
        said = {name: value for name, value in asdict(one).items() if value}
        if one.people:
            said |= {"others": (), "me_too": False}
        return replace(self, files={}, **said)

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)


def clean_person(text: str, field: str) -> str:
    """Return the name of a person: 1 to 100 printable characters, and no address of a website.

    Names go into mails to addresses that a stranger typed, so they must not carry a message of their own.

    Raises:
        Invalid: it is none.
    """
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid("Write a name of at most 100 characters.", extra={"field": field})
    if any(mark in name.lower() for mark in ("/", "://", "www.", "@", "http")):
        raise Invalid("Write a name, without addresses.", extra={"field": field})
    return name


def read_answers(form: Mapping[str, Any]) -> Answers:
    """Return the answers of a form or of JSON values.

    Raises:
        Invalid: something is missing or malformed; `extra["fields"]` names everything that is, in words.
    """
    wrong: dict[str, str] = {}
    chosen = {}
    for name, words in _CHOICES.items():
        chosen[name] = str(form.get(name) or "")
        if chosen[name] not in words:
            wrong[name] = ASKED[name]
    texts = _texts(form, chosen, wrong)
    others = _others(form, wrong) if chosen["people"] == "others" else ()
    if chosen["people"] == "others" and not others and "others" not in wrong:
        wrong["others"] = "Name everybody else who can be seen."
    if chosen["of_age"] == "no":
        _guardian(form, "", wrong)
    files = _files(form, wrong)
    if wrong:
        raise Invalid("Some answers are missing or wrong.", code="answers", extra={"fields": wrong})
    young = chosen["of_age"] == "no"
    return Answers(
        **chosen,
        me_too=form.get("me_too") in (True, "1", "on"),
        others=others,
        guardian_name=str(form["guardian_name"]).strip() if young else "",
        guardian_email=clean_outside(str(form["guardian_email"])) if young else "",
        files=files,
        **texts,
    )


def _texts(form: Mapping[str, Any], chosen: Mapping[str, str], wrong: dict[str, str]) -> dict[str, str]:
    texts = {}
    for name, needed, words in (
        ("property_what", chosen["belongings"] == "some", "Say what it is and whose."),
        ("music_title", chosen["music"] == "present", "Say which music it is."),
    ):
        texts[name] = " ".join(str(form.get(name) or "").split())[:300] if needed else ""
        if needed and not texts[name]:
            wrong[name] = words
    return texts


def _files(form: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Differs]:
    rows = form.get("files")
    found = {}
    for asset_id, row in rows.items() if isinstance(rows, Mapping) else ():
        said = {name: " ".join(str(row.get(name) or "").split())[:300] for name in asdict(Differs())}
        if said["music"] != "present":
            said["music_title"] = ""
        if not any(said.values()):
            continue
        for name, words in (("people", ("", *PEOPLE[:2])), ("music", ("", *MUSIC)), ("source", ("", *SOURCES))):
            if said[name] not in words:
                wrong[f"files.{asset_id}.{name}"] = ASKED[name]
        if said["music"] == "present" and not said["music_title"]:
            wrong[f"files.{asset_id}.music_title"] = "Say which music it is."
        found[str(asset_id)] = Differs(**said)
    return found


def _others(form: Mapping[str, Any], wrong: dict[str, str]) -> tuple[Other, ...]:
    rows = form.get("others")
    if not isinstance(rows, (list, tuple)):
        return ()
    if len(rows) > MOST_OTHERS:
        wrong["others"] = f"At most {MOST_OTHERS} people can be named."
        return ()
    return tuple(one for number, row in enumerate(rows) if (one := _other(row, number, wrong)) is not None)


def _other(row: Mapping[str, Any], number: int, wrong: dict[str, str]) -> Other | None:
    said = ("name", "is_adult", "guardian_name", "guardian_email")
    # Whose age is told but no name is somebody who would be left out without a word.
    if row.get("is_adult") is not False and not any(str(row.get(name) or "").strip() for name in said):
        return None
    prefix = f"others.{number}."
    try:
        name = clean_person(str(row.get("name") or ""), "name")
    except Invalid as error:
        wrong[f"{prefix}name"] = error.message
        return None
    age = row.get("is_adult")
    if age not in (True, False, "yes", "no"):
        wrong[f"{prefix}is_adult"] = f"Say whether {name} is 18 or older."
        return None
    if age in (True, "yes"):
        return Other(name, is_adult=True)
    found = _guardian(row, prefix, wrong)
    return Other(name, False, *found) if found else None


def _guardian(row: Mapping[str, Any], prefix: str, wrong: dict[str, str]) -> tuple[str, str] | None:
    found = []
    for name, clean in (("guardian_name", clean_person), ("guardian_email", None)):
        text = str(row.get(name) or "")
        try:
            found.append(clean(text, name) if clean else clean_outside(text))
        except Invalid:
            wrong[f"{prefix}{name}"] = "A parent or guardian must agree: write their name and e-mail address."
    return (found[0], found[1]) if len(found) == 2 else None
