"""The house rules that a reader of the code relies on."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.danger import dangers
from tests.house.source import PRODUCT, expect_none, functions, own_files, place, python_files, tree_of
from tests.support import ROOT

MOST_LINES = 400
MOST_FUNCTION_LINES = 50
MOST_PARAMETERS = 4
WRITTEN_BY_HAND = {".py", ".js", ".css", ".html", ".sh"}


@pytest.mark.req("R82")
def test_no_product_code_runs_a_shell_or_turns_data_into_code() -> None:
    found = [f"{place(path, line)} {what}" for path in python_files(*PRODUCT) for line, what in dangers(tree_of(path))]
    assert python_files("ugc_hub")
    expect_none(found)


@pytest.mark.req("R82")
@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from marshal import loads",
        "import pickle as harmless",
        "eval(text)",
        "exec(text)",
        "import os\nos.system('ls')",
        "from os import system as run\nrun('ls')",
        "import subprocess as s\ns.run('ls', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=flag)",
        "import subprocess\nsubprocess.getoutput('ls')",
        "import yaml\nyaml.load(text)",
        "from flask import render_template_string\nrender_template_string(text)",
        "from markupsafe import Markup\nMarkup(text)",
        "from markupsafe import Markup as M\nM(f'<b>{text}</b>')",
        "environment.from_string(text)",
        "import numpy as np\nnp.load(path)",
    ],
)
def test_the_search_for_dangers_finds(code: str) -> None:
    assert dangers(ast.parse(code))


@pytest.mark.req("R82")
@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nsubprocess.run(['ls'], shell=False)",
        "from markupsafe import Markup\nMarkup('<br>')",
        "import json\njson.loads(text)",
        "import re\nre.compile('a')",
        "import yaml\nyaml.safe_load(text)",
    ],
)
def test_the_search_for_dangers_lets_pass(code: str) -> None:
    assert dangers(ast.parse(code)) == []


@pytest.mark.req("R82")
def test_no_template_switches_escaping_off() -> None:
    off = re.compile(r"\|\s*safe\b|autoescape\s+(false|off)", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    found = [
        place(path, number)
        for path in pages
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if off.search(line)
    ]
    expect_none(found)


def test_files_are_short_enough_to_be_read() -> None:
    texts = [path for path in own_files() if path.suffix in WRITTEN_BY_HAND and "vendor" not in path.parts]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in texts}
    expect_none([f"{place(path, 1)} {count} lines" for path, count in lines.items() if count > MOST_LINES])


def test_functions_fit_on_a_screen() -> None:
    too_long = [
        f"{place(path, function.lineno)} {function.name}: {length} lines"
        for path in python_files(*PRODUCT, "tests")
        if "versions" not in path.parts  # a migration lists tables, however many there are
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    ]
    expect_none(too_long)


def test_functions_take_at_most_four_positional_parameters() -> None:
    too_many = []
    for path in python_files(*PRODUCT):
        for function in functions(path):
            if any("click." in ast.unparse(decorator) for decorator in function.decorator_list):
                continue  # options and arguments of a command; click passes them by name
            names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            count = len(names) - (names[:1] in (["self"], ["cls"]))
            if count > MOST_PARAMETERS:
                too_many.append(f"{place(path, function.lineno)} {function.name}: {count} parameters")
    expect_none(too_many)


def test_modules_are_named_with_one_word() -> None:
    named = [path for path in python_files("ugc_hub", "storage", "workers") if "versions" not in path.parts]
    odd = [place(path, 1) for path in named if not re.fullmatch(r"[a-z0-9]+|__init__|__main__", path.stem)]
    expect_none(odd)
