"""Encryption of what is secret at rest (Fernet: AES-128-CBC with HMAC-SHA256). Keys come from the environment."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr


class UnreadableSecretError(Exception):
    """What is stored was encrypted with a key that is no longer configured, or was tampered with."""


class SecretBox:
    """Encrypts with the first key and decrypts with any, so that keys can be changed without a gap."""

    def __init__(self, keys: Iterable[SecretStr]) -> None:
        self._fernet = MultiFernet([Fernet(key.get_secret_value()) for key in keys])

    def encrypt(self, text: str) -> bytes:
        """Encrypt a text."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, stored: bytes) -> str:
        """Decrypt what `encrypt` returned.

        Raises:
            UnreadableSecretError: no configured key fits.
        """
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken:
            raise UnreadableSecretError("no configured encryption key fits the stored secret") from None
