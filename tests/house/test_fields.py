"""Every field of every command is known to the tests that try handles and words: none is left out of them by being new."""

from __future__ import annotations

import pytest
from django import forms

from deliberate.door.registry import commands
from tests.fields import HANDLE_FIELDS, HANDLES, KINDS, PLAIN, WORD_FIELDS, WORDS


@pytest.mark.parametrize("name", sorted(commands))
def test_every_field_takes_a_handle_or_words_or_neither(name: str) -> None:
    for field, form_field in commands[name].form.base_fields.items():
        if field in HANDLES:
            assert field not in WORDS
        elif field in WORDS:
            assert isinstance(form_field, forms.CharField), f"{name} {field}"
            assert not isinstance(form_field, forms.SlugField), f"{name}: {field} looks like a handle"
        else:
            assert isinstance(form_field, PLAIN), f"{name}: what is {field}? Name it in tests/fields.py"
            assert not isinstance(form_field, forms.ModelChoiceField), f"{name}: {field} is a row: a handle"


def test_the_lists_name_only_what_is_there() -> None:
    assert {field for _name, field in HANDLE_FIELDS} == set(HANDLES)
    assert {field for _name, field in WORD_FIELDS} == WORDS
    assert set(HANDLES.values()) <= set(KINDS)
