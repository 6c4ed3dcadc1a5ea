"""A pack as one zip with a manifest, streamed while it is made."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from zipstream import ZIP_STORED, ZipStream

from ugc_hub import renditions
from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Conflict, HubError
from ugc_hub.hub import Hub
from ugc_hub.licensing import Left, Stamped, StatedUse, Watch, stamp_each
from ugc_hub.models import Pack
from ugc_hub.renditions import Beside, RenditionView, Wanted

from .view import PackView, brief_of, load_pack, made_of, state_of

MOST_REASONS = 5
"""Different reasons that one sentence of refusal tells."""
MANIFEST = "manifest.json"
BURN = "This placement takes no file of captions: burn them into the picture, on the storyboard."
LONGEST_ENDING = 10
"""Characters, with the dot; what is longer is a part of the name that happens to follow a dot."""
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?$", re.IGNORECASE)
"""Names that Windows does not let exist."""


def stream(hub: Hub, actor: Actor, pack_id: str, *, acknowledged: str = "") -> Iterator[bytes]:
    """Yield the zip of what is ready and may leave now, with `manifest.json` of everything.

    Nothing is held in memory but the list and one file. Each file is asked for again, for the use for which the pack
    was made; what may not leave any more is told in the manifest and left out. Where one of them ends meanwhile, the
    zip breaks off (`TransferEnded`), and cannot be opened.

    Raises:
        Conflict: renditions are still being made, or none was; or duties were not acknowledged (see `extra`).
        Forbidden: the actor may not download renditions.
        RightsDenied: nothing of it may leave.
    """
    require(actor, "rendition.download")
    pack = load_pack(hub, actor, pack_id)
    made = made_of(hub, actor, pack)
    state = state_of(hub, pack, made)
    if state.status == "working":
        raise Conflict(f"{state.waiting} renditions are still being made.", code="pack_not_ready")
    if state.status == "failed":
        raise Conflict(_why_empty(state), code="pack_empty")
    pack.items = list(state.items)  # as they are told: a video that was waited for in vain is refused
    wanted = _wanted(pack, made)
    languages: list[str] = next((item["captions"] for item in pack.items if item.get("captions")), [])
    beside = renditions.beside_each(hub, wanted, languages)
    files = [one for one, _ in wanted.values()]
    words = [replace(wanted[entry][0], beside=one.sha256) for entry, every in beside.items() for one in every]
    answers = renditions.take_each(hub, actor, [*files, *words], door="pack", acknowledged=acknowledged)
    taken = dict(zip(wanted, answers, strict=False))
    errors = [answer for answer in taken.values() if isinstance(answer, HubError)]
    if len(errors) == len(taken):
        raise errors[0]
    left = iter(answers[len(files) :])
    spoken = {entry: [Spoken(one, next(left)) for one in every] for entry, every in beside.items()}
    return _zip(hub, pack, made, taken, spoken=spoken)


def _why_empty(pack: PackView) -> str:
    """Say why nothing of a pack could be made, by the first reason of each combination."""
    said = dict.fromkeys(item["reasons"][0]["sentence"] for item in pack.items if item["reasons"])
    return " ".join(["No rendition of this pack could be made.", *list(said)[:MOST_REASONS]])


def _wanted(pack: Pack, made: dict[str, RenditionView]) -> dict[tuple[str, str], tuple[Wanted, str]]:
    """Return each file with each use for which the pack holds it, and the first preset that asked for that."""
    found: dict[tuple[str, str], tuple[Wanted, str]] = {}
    for item in pack.items:
        for name in item["renditions"]:
            if name in made and made[name].status == "ready":
                stated = StatedUse.load(item.get("use") or {})
                found.setdefault(_entry(item, name), (Wanted(made[name], stated), item["preset_id"]))
    return found


def _entry(item: dict[str, Any], rendition_id: str) -> tuple[str, str]:
    return rendition_id, json.dumps(item.get("use") or {}, sort_keys=True)


Taken = dict[tuple[str, str], Left | HubError]


@dataclass
class Spoken:
    """What is said in a version, and whether it may leave; `file` is its name in the zip."""

    said: Beside
    answer: Left | HubError
    file: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what the manifest says of it."""
        plain = {"file": self.file, "language": self.said.language, "form": self.said.form}
        if isinstance(self.answer, HubError) or self.file is None:
            return plain | _denied(self.answer)
        sizes = {"size_bytes": len(self.said.data), "sha256": self.said.sha256}
        return plain | sizes | {"usage": self.answer.as_dict()}


Words = dict[tuple[str, str], list[Spoken]]
"""What is said in the files of a pack, in each language that there is."""


def _zip(hub: Hub, pack: Pack, made: dict[str, RenditionView], taken: Taken, *, spoken: Words) -> Iterator[bytes]:
    # The pictures are compressed already; storing them keeps the processor free.
    archive = ZipStream(compress_type=ZIP_STORED, sized=False)
    leaving = {entry: answer for entry, answer in taken.items() if isinstance(answer, Left)}
    order = sorted(leaving, key=lambda entry: (made[entry[0]].file_name, *entry))
    uses = Counter(name for name, _ in leaving)
    names: dict[tuple[str, str], str] = {}
    used = {MANIFEST}
    stamps = stamp_each(hub, [leaving[entry].usage_id for entry in order])
    watch = Watch(hub, {left.usage_id: left.valid_until for left in leaving.values()})
    sent: dict[str, Stamped] = {}
    for entry in order:
        name = name_for(made[entry[0]].file_name, leaving[entry].channel if uses[entry[0]] > 1 else "")
        names[entry] = unique_name(name, used)
        archive.add(_next(hub, stamps, sent, watch), arcname=names[entry])
        for one in spoken.get(entry, []):
            if isinstance(one.answer, Left):
                one.file = unique_name(one.said.name(names[entry]), used)
                archive.add(one.said.data, arcname=one.file)
    archive.add(_manifest(hub, pack, made, names=names, taken=taken, sent=sent, spoken=spoken), arcname=MANIFEST)
    yield from archive


def _next(hub: Hub, stamps: Iterator[Stamped], sent: dict[str, Stamped], watch: Watch) -> Iterator[bytes]:
    """Yield the next file, and note what it was without its bytes."""
    made = next(stamps)
    sent[made.usage_id] = replace(made, data=b"")
    for piece in made.pieces(hub):
        watch.check()
        yield piece
    watch.forget([made.usage_id])


def _manifest(
    hub: Hub,
    pack: Pack,
    made: dict[str, RenditionView],
    *,
    names: dict[tuple[str, str], str],
    taken: Taken,
    sent: dict[str, Stamped],
    spoken: Words,
) -> Iterator[bytes]:
    """Yield the manifest as the last file: it tells the size and hash of what was sent before it."""
    items = []
    for item in pack.items:
        files = [made[name] for name in item["renditions"] if name in made]
        brief = []
        for view in files:
            entry = _entry(item, view.id)
            answer = taken.get(entry)
            left = answer.as_dict() if isinstance(answer, Left) else None
            told = brief_of(view) | (_sent(sent[answer.usage_id]) if isinstance(answer, Left) else {})
            told |= {"file": names.get(entry), "plan": view.plan, "usage": left}
            told |= _words(view, spoken.get(entry), item.get("captions", []))
            brief.append({**told, **_denied(answer)})
        kept = {key: item.get(key) for key in ("asset_id", "preset_id", "outcome", "reasons", "use")}
        items.append(kept | {"files": brief})
    plain = {"schema": 3, "pack": pack.id, "name": pack.name, "made_at": hub.now().isoformat(), "items": items}
    yield json.dumps(plain, indent=1, ensure_ascii=False).encode()


def _words(view: RenditionView, spoken: list[Spoken] | None, languages: list[str]) -> dict[str, Any]:
    """Say which captions go along, in which of the languages that were asked for there are none, and why not."""
    if spoken is None:
        asked = languages if "frames" in view.plan and not view.plan.get("captions") else []  # stills say nothing
        return {"captions": [_none(one, BURN) for one in asked]} if asked else {}
    there = {one.said.language.partition("-")[0].lower() for one in spoken}
    lacking = [one for one in languages if one.partition("-")[0].lower() not in there]
    none = [_none(one, f"There are no captions in {one} of what is shown.") for one in lacking]
    return {"captions": [*(one.as_dict() for one in spoken), *none]}


def _none(language: str, why: str) -> dict[str, Any]:
    return {"file": None, "language": language, "message": why}


def _sent(made: Stamped) -> dict[str, Any]:
    names = ("size_bytes", "sha256", "stamp", "credentials")
    return {name: getattr(made, name) for name in names}


def _denied(answer: Left | HubError | None) -> dict[str, Any]:
    """Say why a finished file did not leave."""
    if not isinstance(answer, HubError):
        return {}
    return {"message": answer.message, "code": answer.code, "reasons": answer.extra.get("reasons", [])}


def safe_name(name: str) -> str:
    """Return a name that every file system takes: no folders, reserved names or characters, at most 180 bytes."""
    text = unicodedata.normalize("NFC", name)
    text = "".join("_" if c in '<>:"/\\|?*' or not c.isprintable() else c for c in text).strip(" .")
    path = PurePosixPath(text or "file")
    stem, ending = (path.stem, path.suffix) if len(path.suffix) <= LONGEST_ENDING else (path.name, "")
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    text = f"{stem.rstrip(' .') or 'file'}{ending.rstrip(' .')}"
    return f"_{text}" if RESERVED.match(text) else text


def name_for(name: str, channel: str) -> str:
    """Return a safe name for a file, with the channel where the same picture leaves for several."""
    path = PurePosixPath(safe_name(name))
    return safe_name(f"{path.stem}_{channel.replace('.', '-')}{path.suffix}") if channel else str(path)


def unique_name(name: str, taken: set[str]) -> str:
    """Return the name, numbered where another is the same or differs in case only, and add it to `taken`.

    `taken` holds names in the form in which they are compared (casefolded).
    """
    path, number, candidate = PurePosixPath(name), 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{path.stem}-{number}{path.suffix}"
    taken.add(candidate.casefold())
    return candidate
