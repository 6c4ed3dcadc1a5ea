"""No function reads stored bytes, or answers with any, without a row here that says what asks before it."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.house.source import python_files, tree_of
from tests.support import ROOT

pytestmark = pytest.mark.slow
READERS = {
    "ugc_hub/cli/glance.py:glance": "only looks whose storage it is, by its marker; no bytes of assets",
    "ugc_hub/web/files.py:send_shown": "a marked preview; its callers stand here",
    "ugc_hub/web/files.py:send_copy": "takes only what was handed over (its argument is the ledger's entry)",
    "ugc_hub/web/api/assets.py:download_original": "catalog.take_original",
    "ugc_hub/web/api/assets.py:see_preview": "a marked preview: looking is not a use",
    "ugc_hub/web/pages/answers.py:request_picture": "a marked preview for whoever is asked about it, while they are",
    "ugc_hub/web/pages/mine.py:_picture": "a marked preview for whoever made it, unless it is closed",
    "ugc_hub/web/pages/consents.py:guardian_picture": "a marked preview for the guardian who is asked, while they are",
    "ugc_hub/web/api/renditions.py:download_rendition": "renditions.take",
    "ugc_hub/web/api/captions.py:download_captions": "catalog.take_captions",
    "ugc_hub/web/api/renditions.py:download_sidecar": "renditions.take_sidecar",
    "ugc_hub/web/api/packs.py:download_pack": "packs.stream",
    "ugc_hub/web/pages/links.py:follow_link": "delivery.follow",
    "ugc_hub/web/pages/links.py:remote_credentials": "delivery.credentials: a manifest of a copy that may be used",
    "ugc_hub/renditions/kitfiles.py:read_file": "a logo or font of a brand, and no asset; its callers ask for roles",
    "ugc_hub/web/files.py:_read": "sends what it is given; its callers stand here",
    "ugc_hub/renditions/taking.py:take": "licensing.hand_over before",
    "ugc_hub/delivery.py:make_links": "licensing.hand_over_each before",
    "ugc_hub/delivery.py:_file": "delivery.follow decides before",
    "ugc_hub/catalog/below.py:_slice": "delivery.follow decides before",
    "ugc_hub/delivery.py:_signed": "delivery.follow decides before",
    "ugc_hub/packs/zipping.py:_zip": "packs.stream takes each file before the first byte",
    "ugc_hub/cli/rendering.py:_write": "renditions.take_each before",
    "ugc_hub/licensing/stamping.py:stamp": "what an entry of the ledger is about",
    "ugc_hub/licensing/stamping.py:_carried_out": "what an entry of the ledger is about",
    "ugc_hub/licensing/stamping.py:_known": "the same file, where it is kept",
    "ugc_hub/licensing/signing.py:signed": "an original as ingredient: its hash and its own credentials",
    "ugc_hub/web/api/papers.py:see_agreement_text": "words of an agreement, and no asset; roles decide",
    "ugc_hub/web/api/papers.py:download_evidence": "evidence, and no asset; roles decide",
    "ugc_hub/web/api/deeds.py:_file": "the proof of a duty or a takedown, and no asset; roles decide",
    "ugc_hub/web/pages/grants.py:_text": "the text of a proof: evidence, and no asset; roles decide",
    "ugc_hub/licensing/agreements.py:read_text": "words of an agreement, and no asset; its callers ask for roles",
    "ugc_hub/licensing/traces.py:_text": "reads whether words name somebody who is erased; nothing leaves",
    "ugc_hub/licensing/evidence.py:_matches": "reads to compare hashes; nothing leaves",
    "ugc_hub/notify.py:send_sign_in_link": "a mail of words",
    "ugc_hub/hub.py:open_hub": "opens the storage that the others read",
    "ugc_hub/jobs/inspect.py:inspect": "a worker measures; nothing leaves",
    "ugc_hub/jobs/hear.py:hear": "a worker measures music; nothing leaves",
    "ugc_hub/permissions/music.py:lay_out_music": "hands music to the engine; nothing leaves by it",
    "ugc_hub/jobs/read.py:_words": "a worker reads the words in a picture; nothing leaves",
    "ugc_hub/jobs/remark.py:_again": "a worker makes previews again; nothing leaves",
    "ugc_hub/jobs/prepare.py:prepare": "a worker prepares originals as ingredients; nothing leaves",
    "ugc_hub/jobs/render.py:render": "a worker renders; nothing leaves",
    "ugc_hub/jobs/film.py:_source": "hands the clip to the engine, which makes versions; nothing leaves by it",
    "ugc_hub/jobs/transcribe.py:_clip": "a worker has a video heard; words leave as captions do",
    "ugc_hub/jobs/compose.py:_clip": "a worker composes; what comes of it is an asset, asked about as any other",
    "ugc_hub/jobs/compose.py:_photo": "the same of a photo",
    "ugc_hub/licensing/stamping.py:_part": "reads the heads of the boxes of a movie that was asked for before",
    "ugc_hub/licensing/leaving.py:pieces": "the beginning of a file that was asked for before",
    "ugc_hub/jobs/normalise.py:make_clip": "a worker normalises a video; nothing leaves",
    "ugc_hub/jobs/doctor.py:_contents": "reads to compare hashes; nothing leaves",
}
"""Every function that reads stored bytes, or sends them or any others, with what asks before it."""
MAKERS = {
    "ugc_hub/web/files.py:_answer": "sends what it is given; the callers of `send` stand above",
    "ugc_hub/web/files.py:send_stream": "sends what it is given; its callers stand above",
    "ugc_hub/web/api/blueprint.py:written": "what a model of the API holds, as JSON",
    "ugc_hub/web/api/policies.py:_policy": "ODRL as JSON",
    "ugc_hub/web/pages/policies.py:_linked": "the words of policies as JSON-LD",
    "ugc_hub/web/pages/copies.py:copies_sheet": "the ledger as a sheet of words",
    "ugc_hub/web/pages/answers.py:_private": "a page",
    "ugc_hub/web/pages/handing.py:guarded": "a page",
    "ugc_hub/web/pages/brands.py:brand_logo": "the logo of a brand, and no asset; roles decide",
    "ugc_hub/web/problems.py:_dressed": "an error in words",
}
"""Functions that put an answer together by hand, of something else than a template; none of it is an asset's."""
NETWORK = {"urllib.request", "http.client", "socket", "smtplib", "ssl", "ftplib", "asyncio", "requests", "httpx"}
TALKERS = {
    "workers/media/zygote.py": "a socket between processes of this machine: descriptors, no bytes of assets",
    "workers/media/sandbox.py": "the other end of it",
    "workers/media/waking.py": "the other end of it, when it is started",
    "workers/queue/runner.py": "the name of the machine",
    "workers/queue/wake.py": "a socket in a folder of this machine: that there is work",
    "ugc_hub/notify.py": "mails of words",
    "ugc_hub/cli/serving.py": "looks whether a port is free",
    "ugc_hub/webhooks/sending.py": "signed messages of words",
}
"""Modules that can reach over a network or between processes, and for what."""
INNOCENT = {"put", "stage", "exists", "stat", "delete", "list", "check", "ensure_marker", "marker", "sweep", "close"}
"""What a storage does without giving its bytes away."""
SENDS = {"send", "send_shown", "send_stream", "send_copy", "send_file", "send_from_directory"}
SENDS |= {"stamp", "stamp_each"}
MAKES = {"Response", "make_response"}


@cache
def _functions() -> list[tuple[str, list[ast.AST]]]:
    """The nodes of every function of product and workers by its place, and of what stands outside of all functions."""
    found: list[tuple[str, list[ast.AST]]] = []
    for path in python_files("ugc_hub", "workers"):
        place, tree = str(path.relative_to(ROOT)), tree_of(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((f"{place}:{node.name}", list(ast.walk(node))))
        rest = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
        found.append((f"{place}:", list(ast.walk(ast.Module(rest, [])))))
    return found


def _reads(function: list[ast.AST]) -> bool:
    """Whether a function uses a storage for more than what is innocent, or sends bytes."""
    innocent = {
        node.value
        for node in function
        if isinstance(node, ast.Attribute) and node.attr in INNOCENT and isinstance(node.value, ast.Attribute)
    }
    for node in function:
        if isinstance(node, ast.Attribute) and node.attr == "storage" and node not in innocent:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SENDS | {"open_storage"}:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDS - {"send"}:
            return True
    return False


def _makes(function: list[ast.AST]) -> bool:
    """Whether a function answers with something that is not a template filled in the same function."""
    pages = {"render_template"}
    for node in function:
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("render_template("):
            pages |= {ast.unparse(target) for target in node.targets}
    for node in function:
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MAKES:
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "response")]
            first = given[0] if given else None
            told = first.func if isinstance(first, ast.Call) else first
            if told is not None and ast.unparse(told) not in pages:
                return True
    return False


def test_nothing_reads_or_sends_stored_bytes_without_a_row() -> None:
    found = {name for name, function in _functions() if _reads(function)}
    assert found - READERS.keys() == set(), "ask the grants before bytes leave, and say here how"
    assert READERS.keys() - found == set(), "these are no more"


def test_nothing_answers_with_bytes_of_its_own_without_a_row() -> None:
    found = {name for name, function in _functions() if _makes(function)}
    assert found - MAKERS.keys() - READERS.keys() == set(), "say here what it is"
    assert MAKERS.keys() - found == set(), "these are no more"


def test_nothing_reaches_over_a_network_without_a_row() -> None:
    found = set()
    for name, function in _functions():
        for node in function:
            known = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            known += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if NETWORK & set(known):
                found.add(name.partition(":")[0])
    assert found == TALKERS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "def exit(hub):\n    with hub.storage.open('k') as file:\n        return file.read()",
        "def exit(hub):\n    store = hub.storage\n    return store.open('k').read()",
        "async def exit(hub):\n    return hub.storage.local('k')",
        "def exit(hub):\n    return getattr(hub.storage, 'open')('k')",
        "def exit(url):\n    return open_storage(url).open('k')",
        "def exit(path):\n    return flask.send_file(path)",
    ],
)
def test_a_new_way_to_read_is_seen_by_the_guard(text: str) -> None:
    assert _reads(list(ast.walk(ast.parse(text))))


@pytest.mark.parametrize(
    "text",
    [
        "def exit(data):\n    return Response(data)",
        "def exit(data):\n    return flask.make_response(data, 200)",
        "def exit(data):\n    return Response(response=data)",
        "def exit(data):\n    html = render_template('x')\n    return make_response(html + data)",
    ],
)
def test_a_new_answer_of_bytes_is_seen_by_the_guard(text: str) -> None:
    assert _makes(list(ast.walk(ast.parse(text))))
    page = ast.parse("def page():\n    html = render_template('x')\n    return make_response(html)")
    assert not _makes(list(ast.walk(page)))
