"""Envelopes open only with their key and purpose; key files are private and made once."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.crypto import (
    Vault,
    load_or_create_keys,
    new_token,
    parse_encryption_key,
    token_hash,
)
from foundation.errors import ContractBroken, SettingsError
from foundation.settings import Settings, load_settings

_KEY, _OTHER = bytes(range(32)), bytes(32)
_ROOT = Path(__file__).parents[2]


def test_what_is_sealed_opens_again_and_never_looks_the_same() -> None:
    vault = Vault(_KEY)
    first, second = vault.seal(b"api key", b"account:1"), vault.seal(b"api key", b"account:1")
    assert first != second
    assert b"api key" not in first
    assert vault.open(first, b"account:1") == vault.open(second, b"account:1") == b"api key"


def test_another_purpose_key_or_byte_does_not_open() -> None:
    vault = Vault(_KEY)
    envelope = vault.seal(b"api key", b"account:1")
    with pytest.raises(ContractBroken, match="belongs to something else"):
        vault.open(envelope, b"account:2")
    with pytest.raises(ContractBroken, match="not among ours"):
        Vault(_OTHER).open(envelope, b"account:1")
    for place in range(len(envelope)):
        damaged = bytearray(envelope)
        damaged[place] ^= 1
        with pytest.raises(ContractBroken):
            vault.open(bytes(damaged), b"account:1")
    for length in range(len(envelope)):
        with pytest.raises(ContractBroken):
            vault.open(envelope[:length], b"account:1")


def test_an_older_key_still_opens_while_it_is_rotated() -> None:
    envelope = Vault(_OTHER).seal(b"api key", b"a")
    both = Vault(_KEY, older=[_OTHER])
    assert both.open(envelope, b"a") == b"api key"
    assert not both.is_current(envelope)
    renewed = both.seal(both.open(envelope, b"a"), b"a")
    assert both.is_current(renewed)
    assert Vault(_KEY).open(renewed, b"a") == b"api key"


def test_tokens_are_long_unique_and_stored_hashed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    token = tokens.pop()
    assert token_hash(token) == token_hash(token)
    assert token not in token_hash(token)


@pytest.mark.parametrize(
    "text",
    [
        _KEY.hex(),
        _KEY.hex().upper(),
        base64.b64encode(_KEY).decode(),
        base64.urlsafe_b64encode(_KEY).decode().rstrip("="),
        f"  {base64.b64encode(_KEY).decode()}\n",
    ],
)
def test_an_encryption_key_may_be_base64_or_hex(text: str) -> None:
    assert parse_encryption_key(text) == _KEY


@pytest.mark.parametrize("text", ["", "zz" * 32, "abcd", base64.b64encode(b"x" * 31).decode()])
def test_anything_else_is_no_encryption_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|bytes"):
        parse_encryption_key(text)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"DATA_DIR": str(tmp_path / "data")})


def test_missing_keys_are_made_once_and_private(settings: Settings) -> None:
    keys = load_or_create_keys(settings)
    assert load_or_create_keys(settings) == keys
    assert keys.jwt_private_key_pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert "PRIVATE" not in repr(keys)
    folder = settings.data_dir / "keys"
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("encryption.key", "jwt.pem"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_processes_starting_together_agree_on_the_keys(settings: Settings) -> None:
    program = (
        "from foundation.settings import load_settings;"
        "from foundation.crypto import load_or_create_keys;"
        "print(load_or_create_keys(load_settings()).encryption_key.hex())"
    )
    env = {**os.environ, "DATA_DIR": str(settings.data_dir)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=env, cwd=_ROOT, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_file_others_may_read_is_refused(settings: Settings, mode: int) -> None:
    load_or_create_keys(settings)
    path = settings.data_dir / "keys" / "jwt.pem"
    path.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_or_create_keys(settings)


def test_a_damaged_key_file_is_refused_and_left_alone(settings: Settings) -> None:
    load_or_create_keys(settings)
    path = settings.data_dir / "keys" / "encryption.key"
    path.write_text("not a key")
    with pytest.raises(SettingsError, match="no usable key"):
        load_or_create_keys(settings)
    assert path.read_text() == "not a key"


def test_given_keys_are_used_and_nothing_is_written(tmp_path: Path, settings: Settings) -> None:
    made = load_or_create_keys(settings)
    given = load_settings(
        {
            "DATA_DIR": str(tmp_path / "other"),
            "ENCRYPTION_KEY": _KEY.hex(),
            "JWT_PRIVATE_KEY": made.jwt_private_key_pem.decode(),
        }
    )
    keys = load_or_create_keys(given)
    assert keys.encryption_key == _KEY
    assert keys.jwt_private_key_pem == made.jwt_private_key_pem
    assert not (tmp_path / "other").exists()
