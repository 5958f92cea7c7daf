"""Secrets at rest: sealed envelopes with key ids, hashed tokens, and the two keys of the house."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation import oslock
from foundation.errors import ContractBroken, SettingsError

if TYPE_CHECKING:
    from foundation.settings import Settings

_VERSION: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = len(_VERSION) + _KEY_ID_BYTES + _NONCE_BYTES
_KEY_BYTES: Final = 32


class Vault:
    """AES-256-GCM envelopes: version, key id, nonce, ciphertext.

    New envelopes use `key`; those sealed with an `older` key still open, so a key can be
    changed while the program runs.
    """

    def __init__(self, key: bytes, older: Sequence[bytes] = ()) -> None:
        self._current = _key_id(key)
        self._ciphers: dict[bytes, AESGCM] = {}
        for one in (*older, key):
            if len(one) != _KEY_BYTES:
                raise ContractBroken(f"an encryption key has {_KEY_BYTES} bytes")
            self._ciphers[_key_id(one)] = AESGCM(one)

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """The envelope; `aad` says what it belongs to and must be given again to open it."""
        header = _VERSION + self._current + os.urandom(_NONCE_BYTES)
        nonce = header[-_NONCE_BYTES:]
        return header + self._ciphers[self._current].encrypt(nonce, plain, header + aad)

    def open(self, envelope: bytes, aad: bytes) -> bytes:
        """What was sealed; raises ContractBroken for another key, other `aad` or damage."""
        header, sealed = envelope[:_HEADER_BYTES], envelope[_HEADER_BYTES:]
        key_id, nonce = header[1 : 1 + _KEY_ID_BYTES], header[-_NONCE_BYTES:]
        cipher = self._ciphers.get(key_id)
        if len(header) != _HEADER_BYTES or header[:1] != _VERSION:
            raise ContractBroken("this is not a sealed envelope", code="envelope_malformed")
        if cipher is None:
            raise ContractBroken(
                f"sealed with the key {key_id.hex()}, which is not among ours: "
                "was ENCRYPTION_KEY changed or the data folder lost?",
                code="envelope_key_unknown",
            )
        try:
            return cipher.decrypt(nonce, sealed, header + aad)
        except InvalidTag:
            raise ContractBroken(
                "a sealed envelope does not open: it is damaged, or belongs to something else",
                code="envelope_damaged",
            ) from None

    def is_current(self, envelope: bytes) -> bool:
        """Whether the newest key sealed it; if not, seal it again."""
        return envelope[1 : 1 + _KEY_ID_BYTES] == self._current

    def renewed(self, envelope: bytes, aad: bytes) -> bytes | None:
        """The same under the newest key; None when it is so already. Raises ContractBroken."""
        return None if self.is_current(envelope) else self.seal(self.open(envelope, aad), aad)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"countersign key id" + key).digest()[:_KEY_ID_BYTES]


def new_token() -> str:
    """A secret for a link, hook or session: 32 random bytes, url-safe (43 characters)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored instead of a token: sha-256 in hex (a token has too much entropy to guess)."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived_token(key: bytes, purpose: str) -> str:
    """A secret that is the same after every start without being stored, url-safe."""
    digest = hmac.digest(key, f"countersign {purpose}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def parse_encryption_key(text: str) -> bytes:
    """32 bytes from base64 (also url-safe, unpadded) or hex; raises ValueError."""
    text = text.strip()
    try:
        if len(text) == 2 * _KEY_BYTES:
            return bytes.fromhex(text)
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        key = base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("neither base64 nor hex") from None
    if len(key) != _KEY_BYTES:
        raise ValueError(f"it has {len(key)} bytes instead of {_KEY_BYTES}")
    return key


def parse_signing_key(text: str) -> bytes:
    r"""A private key as PEM (EC P-256 or Ed25519; `\n` may stand for line ends).

    Raises ValueError.
    """
    pem = text.strip().replace("\\n", "\n").encode() + b"\n"
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise ValueError("not an unencrypted private key in PEM") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return pem
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return pem
    raise ValueError("neither an EC P-256 nor an Ed25519 key")


@dataclass(frozen=True, slots=True)
class Keys:
    """The two secrets of an installation; never shown by repr.

    ``previous_key`` still opens what it has sealed, while the encryption key is being changed.
    """

    encryption_key: bytes = field(repr=False)
    jwt_private_key_pem: bytes = field(repr=False)
    previous_key: bytes | None = field(default=None, repr=False)

    def vault(self) -> Vault:
        """Seals with the encryption key; opens with the previous one as well."""
        return Vault(self.encryption_key, () if self.previous_key is None else (self.previous_key,))


def load_or_create_keys(settings: Settings) -> Keys:
    """The keys from the settings, else from DATA_DIR, where missing ones are generated.

    Raises SettingsError for a key file that others may read or that holds no key.
    """
    folder = settings.data_dir / "keys"
    given_key, given_pem = settings.encryption_key, settings.jwt_private_key
    before = settings.encryption_key_previous
    return Keys(
        encryption_key=parse_encryption_key(
            given_key.get_secret_value()
            if given_key
            else _from_file(folder / "encryption.key", parse_encryption_key, _new_encryption_key)
        ),
        jwt_private_key_pem=parse_signing_key(
            given_pem.get_secret_value()
            if given_pem
            else _from_file(folder / "jwt.pem", parse_signing_key, _new_signing_key)
        ),
        previous_key=parse_encryption_key(before.get_secret_value()) if before else None,
    )


def _new_encryption_key() -> str:
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode() + "\n"


def _new_signing_key() -> str:
    return (
        ed25519.Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _from_file(path: Path, parse: Callable[[str], bytes], make: Callable[[], str]) -> str:
    """The text of a key file; made whole or not at all, by one process only."""
    try:
        return _made_once(path, parse, make)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be kept there ({error.strerror}): set DATA_DIR to a folder that you "
            "may write to",
            field="DATA_DIR",
        ) from None


def _made_once(path: Path, parse: Callable[[str], bytes], make: Callable[[], str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with oslock.held(path.parent / "keys.lock"):
        if not path.exists():
            half = path.with_suffix(".new")
            half.unlink(missing_ok=True)
            descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            half.rename(path)
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(
            f"{path} holds a secret and other users may read it: run `chmod 600 {path}`; "
            "if somebody may have read it already, replace the key",
            field="DATA_DIR",
        )
    try:
        text = path.read_text(encoding="ascii")
        parse(text)
    except (ValueError, OSError) as error:
        raise SettingsError(
            f"{path} holds no usable key: {error}. Restore it from a backup", field="DATA_DIR"
        ) from None
    return text
