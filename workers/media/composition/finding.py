"""Finds compositions in folders and reads what each says of itself, without running a line of it.

`ABOUT` is read as it is written: calls of what describes a composition, with plain values. A file that cannot be read
so is listed with its fault, and holds up no other.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.media.composition import shapes
from workers.media.composition.shapes import MOST_CLIPS, About, Parameter, Wrong

SHIPPED = Path(__file__).resolve().parent / "shipped"
ENTRY = "compose"
"""The function that makes the clip."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WORDS: Mapping[str, Callable[..., Any]] = {
    "About": About,
    **{name: getattr(shapes, name) for name in ("text", "colour", "seconds", "number", "choice")},
}
_KNOWN: Mapping[str, Any] = {"SHAPE": shapes.SHAPE}
_LARGEST = 200_000
"""Bytes of a composition: it is a small function."""


@dataclass(frozen=True)
class Found:
    """A file of a folder of compositions: what it says of itself, or what is wrong with it."""

    name: str
    path: Path
    shipped: bool
    about: About | None
    fault: str = ""
    """A sentence; empty where nothing is wrong."""


class _Fault(Exception):
    """Something wrong with a composition, in words."""


def find(house: Path | None = None) -> list[Found]:
    """Return the shipped compositions and those of the house's folder, by name; broken ones with their fault.

    Files that begin with `_` are parts of others. Nothing is imported or run.
    """
    found = [_read(path, shipped=True) for path in _files(SHIPPED)]
    taken = {one.name for one in found}
    if house is not None:
        if not house.is_dir():
            words = "The folder that compositions_dir names is not there, or cannot be read."
            return [*found, Found("compositions_dir", house, False, None, words)]
        for path in _files(house):
            one = _read(path, shipped=False)
            clash = "A composition that comes with the hub has this name. Give the file another one."
            found.append(Found(one.name, path, False, None, clash) if one.name in taken else one)
    return found


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".py" and not path.name.startswith("_"))
    except OSError:
        return []


def _read(path: Path, *, shipped: bool) -> Found:
    name = path.stem.replace("_", "-")
    try:
        if not _NAME.fullmatch(path.stem):
            raise _Fault("A composition's file is named in small letters, digits and _, such as mycard.py.")
        module = _parsed(path)
        about = _about(module)
        _check_imports(module, path.parent)
        return Found(name, path, shipped, about)
    except _Fault as error:
        return Found(name, path, shipped, None, str(error))


def _parsed(path: Path) -> ast.Module:
    try:
        if path.stat().st_size > _LARGEST:
            raise _Fault("The file is larger than a composition may be.")
        return ast.parse(path.read_text(encoding="utf-8"), path.name)
    except SyntaxError as error:
        raise _Fault(f"Line {error.lineno or 1} is no Python: {error.msg}.") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise _Fault("The file is no text in UTF-8.") from error
    except (RecursionError, MemoryError) as error:  # the parser says the latter where its stack is full
        raise _Fault("The file is nested too deeply.") from error
    except OSError as error:
        raise _Fault(f"The file cannot be read: {error.strerror}.") from error


def _about(module: ast.Module) -> About:
    values = dict(_KNOWN)
    for step in module.body:
        if isinstance(step, ast.Assign) and len(step.targets) == 1 and isinstance(step.targets[0], ast.Name):
            name = step.targets[0].id
            if name == "ABOUT":
                values[name] = _value(step.value, values)
            elif isinstance(step.value, ast.Constant):
                values[name] = step.value.value
    about = values.get("ABOUT")
    if not isinstance(about, About):
        raise _Fault("It does not say what it is: ABOUT = About(…) is missing.")
    _check_entry(module)
    _check_about(about)
    return about


def _check_entry(module: ast.Module) -> None:
    entry = next((one for one in module.body if isinstance(one, ast.FunctionDef) and one.name == ENTRY), None)
    if entry is None or len(entry.args.args) + len(entry.args.posonlyargs) != 1:
        raise _Fault("It has no function compose(stage), which makes the clip.")


def _check_about(about: About) -> None:
    for words, most in ((about.title, 60), (about.sentence, 300)):
        if not (isinstance(words, str) and 0 < len(words) <= most):
            raise _Fault("ABOUT begins with a title of at most 60 letters and a sentence of at most 300.")
    clips = about.clips
    if not (isinstance(clips, tuple) and len(clips) == 2 and all(type(one) is int for one in clips)):
        raise _Fault("clips says how many it takes, at least and at most, such as clips=(1, 1).")
    if not 1 <= clips[0] <= clips[1] <= MOST_CLIPS:
        raise _Fault(f"It takes 1 to {MOST_CLIPS} clips.")
    edits = about.edits
    if edits is not None and not (isinstance(edits, tuple) and all(isinstance(one, str) for one in edits)):
        raise _Fault('edits is a tuple of words, such as edits=("crop", "stitch").')
    if not isinstance(about.parameters, tuple) or not all(isinstance(one, Parameter) for one in about.parameters):
        raise _Fault("parameters is a tuple of text(…), colour(…), seconds(…), number(…) and choice(…).")
    names = [one.name for one in about.parameters]
    if len(set(names)) != len(names):
        raise _Fault("Two of its parameters have the same name.")
    for one in about.parameters:
        if not (isinstance(one.name, str) and _NAME.fullmatch(one.name) and isinstance(one.title, str) and one.title):
            raise _Fault("A parameter has a name in small letters and a title.")
        try:
            one.read(one.default)
        except (Wrong, TypeError, ValueError) as error:
            raise _Fault(f"The default of {one.name} is none: {error}") from error


def _check_imports(module: ast.Module, folder: Path) -> None:
    """Name a package that is not installed; MoviePy itself is told by whoever runs it, parts lie beside the file."""
    for step in module.body:
        names = [one.name for one in step.names] if isinstance(step, ast.Import) else []
        if isinstance(step, ast.ImportFrom) and step.level == 0 and step.module:
            names = [step.module]
        for name in names:
            top = name.partition(".")[0]
            beside = (folder / f"{top}.py").is_file() or (folder / top).is_dir()
            if top != "moviepy" and not beside and not _installed(top):
                raise _Fault(f"It needs the package {top}, which is not installed.")


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:
        return True  # loaded, by something that says nothing of where it came from, as `__main__` is


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """Return what an expression of plain values stands for."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Tuple() | ast.List():
            return tuple(_value(one, values) for one in node.elts)
        case ast.Name() if node.id in values:
            return values[node.id]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as plain)):
            return -plain
        case ast.Call(func=ast.Name(id=name)) if name in _WORDS:
            return _called(node, name, values)
    raise _Fault(f"Line {node.lineno}: ABOUT is written with plain values alone, so that it can be read unrun.")


def _called(node: ast.Call, name: str, values: Mapping[str, Any]) -> Any:
    if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
        raise _Fault(f"Line {node.lineno}: ABOUT is written with plain values alone, so that it can be read unrun.")
    given = [_value(one, values) for one in node.args]
    named = {str(one.arg): _value(one.value, values) for one in node.keywords}
    try:
        return _WORDS[name](*given, **named)
    except (TypeError, ValueError) as error:
        raise _Fault(f"Line {node.lineno}: {error}.") from error
