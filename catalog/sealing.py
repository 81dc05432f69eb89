"""Passwords and keys of sources, encrypted before they reach the store.

The key is derived from the site's secret key (HKDF-SHA-256, RFC 5869) for this use alone. Each value is sealed with
AES-256-GCM together with whose it is: a sealed value that is moved to another source or option does not open.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CONTEXT = b"haidang: secrets of sources, 1"
FORM = "1."  # stands before every sealed value, so that another form can follow
NONCE = 12  # bytes


class Unreadable(ValueError):
    """A sealed value that does not open: another secret key, another owner, or damaged. Holds no part of it."""


def seal(secret_key: str, owner: str, name: str, value: str) -> str:
    """The value as it may be stored: text that only this site's secret key opens, and only for the same owner and name."""
    nonce = os.urandom(NONCE)
    sealed = _cipher(secret_key).encrypt(nonce, value.encode(), _whose(owner, name))
    return FORM + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret_key: str, owner: str, name: str, sealed: str) -> str:
    """The value that was sealed; Unreadable when it does not open."""
    try:
        if not sealed.startswith(FORM):
            raise Unreadable
        data = base64.urlsafe_b64decode(sealed.removeprefix(FORM).encode())
        return _cipher(secret_key).decrypt(data[:NONCE], data[NONCE:], _whose(owner, name)).decode()
    except (InvalidTag, binascii.Error, ValueError, AttributeError, TypeError):
        raise Unreadable from None


def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=CONTEXT).derive(secret_key.encode()))


def _whose(owner: str, name: str) -> bytes:
    return f"{owner}\0{name}".encode()
