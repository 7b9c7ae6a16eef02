"""JSON documents: the data itself, valid, and nothing active in the text."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.views import documents

ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
any_text = st.text(st.characters(), max_size=20)
data = st.dictionaries(
    any_text,
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), any_text),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_text, inner, max_size=3)),
        max_leaves=8,
    ),
    max_size=4,
)


@given(data)
def test_the_text_is_the_data(document):
    text = documents.dump(document)
    assert json.loads(text) == document
    assert list(json.loads(text)) == list(document)
    assert not ACTIVE.search(text)
    assert text.encode()


def test_by_hand():
    assert documents.dump({"kind": "x", "name": "示範\x1b\u202e\udc80"}) == (
        '{\n  "kind": "x",\n  "name": "示範\\u001b\\u202e\\udc80"\n}\n'
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_json_is_refused(number):
    with pytest.raises(ValueError, match="JSON compliant"):
        documents.dump({"a": number})
