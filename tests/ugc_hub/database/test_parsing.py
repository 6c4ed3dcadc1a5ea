"""JSON of columns: what is read fast is what the standard library reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ugc_hub.database.parsing import loads

anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=6)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | anything
values = st.recursive(leaves, lambda parts: st.lists(parts) | st.dictionaries(anything, parts), max_leaves=12)


@settings(max_examples=200)
@given(value=values, plainly=st.booleans())
def test_whatever_is_written_is_read_as_the_standard_library_reads_it(value: object, plainly: bool) -> None:
    written = json.dumps(value, ensure_ascii=plainly)
    assert repr(loads(written)) == repr(json.loads(written))


@pytest.mark.parametrize(
    "written",
    [
        *('{"a": 1, "a": 2}', "-0", "-0.0", "1e400", "5e-324", "NaN", "-Infinity", "1" * 400, '"\\ud800"', '"\ud800"'),
        *("2.2250738585072011e-308", "[" * 800 + "]" * 800),
    ],
)
def test_what_is_rare_is_read_alike(written: str) -> None:
    assert repr(loads(written)) == repr(json.loads(written))


@pytest.mark.parametrize("written", ["", "{", '"\x01"', "1 2", "[1,]", "\ufeff1", "nul"])
def test_what_is_no_json_is_refused(written: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        loads(written)
