"""Finds what requirement R82 forbids: shells, code from data, and serialised objects that run code when read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "code", "codeop", "pty"}
CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
    "builtins.eval",
    "builtins.exec",
    "builtins.compile",
    "yaml.load",
    "yaml.load_all",
    "yaml.full_load",
    "yaml.unsafe_load",
    "numpy.load",
}
LAST_NAMES = {"render_template_string", "stream_template_string", "from_string", "allow_pickle"}
"""Forbidden whatever they are called on: templates are files, never strings."""


def aliases(tree: ast.Module) -> dict[str, str]:
    """Local name -> full dotted name, for everything that a module imports."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                names[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full dotted name of `a.b.c`, its first part looked up among the imports; empty for other expressions."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for module in modules:
        if module.partition(".")[0] in MODULES:
            yield f"imports {module}"


def _of_call(node: ast.Call, names: dict[str, str]) -> Iterator[str]:
    called = dotted(node.func, names)
    last = called.rpartition(".")[2]
    if called in CALLS or last in LAST_NAMES:
        yield f"calls {called}"
    if last == "Markup" and not all(isinstance(value, ast.Constant) for value in node.args):
        yield "calls Markup on what is not a literal"
    for keyword in node.keywords:
        literal = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg == "shell" and literal is not False:
            yield "passes shell="
        if keyword.arg == "allow_pickle" and literal is not False:
            yield "passes allow_pickle="


def dangers(tree: ast.Module) -> list[tuple[int, str]]:
    """Line and description of everything forbidden in a module."""
    names = aliases(tree)
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [(node.lineno, what) for what in _of_import(node)]
        elif isinstance(node, ast.Call):
            found += [(node.lineno, what) for what in _of_call(node, names)]
    return sorted(found)
