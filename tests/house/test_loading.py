"""What is loaded late is loaded by one thread at a time."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house.source import expect_none, place, python_files, tree_of
from tests.support import ROOT

OURS = ("ugc_hub", "workers", "storage")
LATE = ("ugc_hub.catalog.indexing", "ugc_hub.webhooks", "ugc_hub.jobs.inspect", "ugc_hub.jobs.alerts")
"""What the threads of a worker load with their first work."""


def unguarded(tree: ast.AST) -> list[int]:
    """Lines of a module at which a function loads another one of the house without holding the lock."""
    return [line for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for line in _in(function)]


def _in(node: ast.AST) -> list[int]:
    if isinstance(node, ast.With) and any(ast.unparse(item.context_expr) == "LOADING" for item in node.items):
        return []
    lines = [node.lineno] if _loads(node) else []  # type: ignore[attr-defined]
    return lines + [line for child in ast.iter_child_nodes(node) for line in _in(child)]


def _loads(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] in OURS
    if isinstance(node, ast.Import):
        return any(one.name.split(".")[0] in OURS for one in node.names)
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module")


def test_whatever_a_function_of_the_hub_loads_it_loads_holding_the_lock() -> None:
    modules = [path for path in python_files("ugc_hub") if not {"cli", "versions"} & set(path.parts)]
    expect_none([f"{place(path, line)} loads a module" for path in modules for line in unguarded(tree_of(path))])


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("def f():\n    from .other import g", [2]),
        ("def f():\n    if True:\n        import ugc_hub.catalog", [3]),
        ("def f():\n    return import_module('ugc_hub.catalog')", [2]),
        ("def f():\n    with LOADING:\n        from . import other", []),
        ("from . import other\ndef f():\n    import json", []),
    ],
)
def test_the_look_for_what_is_loaded_finds(code: str, lines: list[int]) -> None:
    assert unguarded(ast.parse(code)) == lines


def test_threads_that_begin_at_once_load_whole_modules() -> None:
    code = f"""
import sys, threading
from importlib import import_module
from ugc_hub.loading import LOADING
sys.setswitchinterval(1e-5)
errors, begin = [], threading.Barrier({len(LATE)})
def load(name):
    begin.wait()
    try:
        with LOADING:
            import_module(name)
    except Exception as error:
        errors.append(f"{{name}}: {{error!r}}")
threads = [threading.Thread(target=load, args=(name,)) for name in {LATE!r}]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit("\\n".join(errors) or 0)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
