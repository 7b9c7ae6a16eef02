"""Laws of the language: an independent twin, knowledge that only grows, texts that never break the reader."""

from __future__ import annotations

import copy

import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from twin import twin

from ipcalc.inputs import toml
from ipcalc.rules import evaluate, reader
from ipcalc.rules.values import Spread, Unknown


@pytest.mark.parametrize("kind", ["truth", "money", "number", "count", "date", "share", "months"])
@settings(max_examples=1500, deadline=None)
@given(data=st.data(), project=small.PROJECTS)
def test_the_twin_agrees(kind, data, project):
    text = data.draw(small.expressions(kind))
    assert small.value(text, project) == twin(text, project), text
