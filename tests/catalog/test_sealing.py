"""A sealed value opens for its owner alone, and tells nothing to anybody else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.sealing import Unreadable, seal, unseal

KEY, OTHER = "k" * 20 + "ey-of-this-site", "k" * 20 + "ey-of-another-site"


@given(st.text())
def test_what_is_sealed_opens_again(value):
    assert unseal(KEY, "nguon", "password", seal(KEY, "nguon", "password", value)) == value


def test_the_same_value_is_never_sealed_the_same_way():
    assert seal(KEY, "nguon", "password", "mật khẩu") != seal(KEY, "nguon", "password", "mật khẩu")


@pytest.mark.parametrize(("key", "owner", "name"), [
    (OTHER, "nguon", "password"), (KEY, "nguon-khac", "password"), (KEY, "nguon", "token"), (KEY, "nguon\0password", "")])
def test_it_opens_for_no_other_key_source_or_option(key, owner, name):
    with pytest.raises(Unreadable) as caught:
        unseal(key, owner, name, seal(KEY, "nguon", "password", "mật khẩu"))
    assert caught.value.__cause__ is None
    assert "mật khẩu" not in repr(caught.value)


def test_one_changed_bit_anywhere_is_noticed():
    sealed = seal(KEY, "nguon", "password", "mật khẩu")
    data = base64.urlsafe_b64decode(sealed[2:])
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]
        with pytest.raises(Unreadable):
            unseal(KEY, "nguon", "password", "1." + base64.urlsafe_b64encode(broken).decode())


@pytest.mark.parametrize("odd", ["", "1.", "1.x", "2.abcd", "mật khẩu", None, 7, {}])
def test_what_was_never_sealed_does_not_open(odd):
    with pytest.raises(Unreadable):
        unseal(KEY, "nguon", "password", odd)
