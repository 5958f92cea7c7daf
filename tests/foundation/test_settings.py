"""Settings: all optional, wrong ones explained with the way out, secrets never shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from foundation.env_example import render
from foundation.errors import SettingsError
from foundation.settings import Settings, env_name, load_settings

_ROOT = Path(__file__).parents[2]
_NAMES = [
    "HTTP_HOST", "HTTP_PORT", "PUBLIC_URL", "DATA_DIR", "DATABASE_URL",
    "DATABASE_POOL_SIZE", "DATABASE_MAX_OVERFLOW", "OWNER_TELEGRAM_IDS", "BOT_TOKEN",
    "TELEGRAM_API_URL", "TELEGRAM_MODE", "TELEGRAM_WEBHOOK_SECRET", "STRIPE_API_KEY",
    "STRIPE_API_URL", "STRIPE_WEBHOOK_SECRET", "BINANCE_API_URL", "BINANCE_FUTURES_API_URL",
    "BYBIT_API_URL", "MARKET_FEED", "MARKET_REPLAY_SPEED", "DEFAULT_VENUE", "REGISTRATION",
    "TRUSTED_PROXIES", "WEBHOOKS_ALLOW_PRIVATE", "METRICS_TOKEN", "SMTP_URL", "LOG_FILE",
    "PRECISION_REFRESH_SECONDS", "PAPER_FEE_BPS", "PAPER_SLIPPAGE_BPS", "PAPER_LATENCY_MS",
    "PAPER_FILL_FRACTION",
    "JWT_PRIVATE_KEY", "ENCRYPTION_KEY", "ENCRYPTION_KEY_PREVIOUS", "LOG_LEVEL", "LOG_FORMAT",
    "ENVIRONMENT",
]  # fmt: skip


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


_PRODUCTION = {
    "ENVIRONMENT": "production",
    "PUBLIC_URL": "https://trade.example.org",
    "BOT_TOKEN": "123456:abc",
    "ENCRYPTION_KEY": "00" * 32,
    "JWT_PRIVATE_KEY": _pem(ed25519.Ed25519PrivateKey.generate()),
}


def test_every_promised_name_exists_and_no_other() -> None:
    assert sorted(env_name(field) for field in Settings.model_fields) == sorted(_NAMES)


def test_nothing_set_is_a_development_sandbox() -> None:
    settings = load_settings({})
    assert (settings.environment, settings.sandbox) == ("development", True)
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.base_url == "http://127.0.0.1:8080"
    assert (settings.database_pool_size, settings.database_max_overflow) == (20, 10)
    assert (settings.telegram_mode, settings.telegram_api_url) == (
        "polling",
        "https://api.telegram.org",
    )
    assert (settings.market_feed, settings.market_replay_speed) == ("auto", 60)
    assert (settings.default_venue, settings.registration) == ("paper", "open")


def test_an_empty_value_is_an_absent_one() -> None:
    assert load_settings(dict.fromkeys(_NAMES, "")) == load_settings({})


def test_it_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings({}), "http_port", 1)  # noqa: B010 - mypy forbids it as well


def test_aliases_lists_and_spellings_are_understood() -> None:
    settings = load_settings(
        {
            "EXCHANGE_TYPE": "PAPER",
            "OWNER_TELEGRAM_IDS": "1, 2;3",
            "TRUSTED_PROXIES": "10.0.0.0/8 ::1",
            "PUBLIC_URL": "https://trade.example.org/",
            "DATABASE_URL": "postgresql+asyncpg://u:p@h/d",
            "log_level": "DEBUG",
        }
    )
    assert settings.owner_telegram_ids == (1, 2, 3)
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert settings.public_url == settings.base_url == "https://trade.example.org"
    assert settings.telegram_mode == "webhook"
    assert settings.log_level == "debug"


def test_the_plain_name_wins_over_its_alias() -> None:
    settings = load_settings({"EXCHANGE_TYPE": "binance", "DEFAULT_VENUE": "bybit"})
    assert settings.default_venue == "bybit"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HTTP_PORT", "99999", "65535"),
        ("HTTP_PORT", "many", "integer"),
        ("PUBLIC_URL", "trade.example.org", "http"),
        ("PUBLIC_URL", "https://user:pw@x.org", "without user"),
        ("DATABASE_POOL_SIZE", "0", "greater than or equal to 1"),
        ("OWNER_TELEGRAM_IDS", "@ada", "integer"),
        ("TELEGRAM_MODE", "carrier-pigeon", "'webhook' or 'polling'"),
        ("MARKET_FEED", "replay:/no/such/file.csv", "no file /no/such/file.csv"),
        ("MARKET_FEED", "random", "neither auto, nor live, nor simulated"),
        ("MARKET_REPLAY_SPEED", "-1", "greater than 0"),
        ("EXCHANGE_TYPE", "kraken", "'paper'"),
        ("DEFAULT_VENUE", "kraken", "'paper'"),
        ("REGISTRATION", "maybe", "'invite'"),
        ("TRUSTED_PROXIES", "localhost", "does not appear to be an IPv4 or IPv6 network"),
        ("LOG_FORMAT", "xml", "'json'"),
    ],
)
def test_a_wrong_one_is_named_with_value_reason_and_fix(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({name: value})
    text = str(refusal.value)
    assert refusal.value.field == name
    assert text.startswith(f"{name}=")
    assert (repr(value) in text) is ("pw" not in value)
    assert reason in text
    assert "Wanted: " in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "sesame-secret"),
        ("DATABASE_URL", "mysql://root:sesame-secret@h/d"),
        ("ENCRYPTION_KEY", "sesame-secret"),
        ("JWT_PRIVATE_KEY", "sesame-secret"),
        ("TELEGRAM_WEBHOOK_SECRET", "sesame secret"),
    ],
)
def test_a_wrong_secret_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        load_settings({name: value})
    assert "sesame" not in str(refusal.value)


def test_all_wrong_ones_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({"HTTP_PORT": "x", "LOG_LEVEL": "loud", "BOT_TOKEN": "x"})
    lines = str(refusal.value).splitlines()
    assert [line.split("=")[0] for line in lines] == ["HTTP_PORT", "BOT_TOKEN", "LOG_LEVEL"]


def test_secrets_do_not_show_in_repr_or_dump() -> None:
    settings = load_settings({**_PRODUCTION, "SMTP_URL": "smtps://u:hidden@h"})
    shown = repr(settings) + settings.model_dump_json()
    assert not re.search(r"123456:abc|hidden|PRIVATE KEY|0000", shown)


def test_a_webhook_needs_an_address() -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        load_settings({"TELEGRAM_MODE": "webhook"})


def test_production_starts_when_all_is_given() -> None:
    settings = load_settings(_PRODUCTION)
    assert (settings.telegram_mode, settings.log_format) == ("webhook", "json")


@pytest.mark.parametrize("name", ["PUBLIC_URL", "BOT_TOKEN", "ENCRYPTION_KEY", "JWT_PRIVATE_KEY"])
def test_production_refuses_what_is_only_fit_for_development(name: str) -> None:
    with pytest.raises(SettingsError, match=f"production needs {name}"):
        load_settings({**_PRODUCTION, name: ""})
    with pytest.raises(SettingsError, match="https"):
        load_settings({**_PRODUCTION, "PUBLIC_URL": "http://trade.example.org"})


def test_signing_keys_of_the_right_kind_are_taken() -> None:
    good = (ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate())
    for key in good:
        load_settings({"JWT_PRIVATE_KEY": _pem(key).replace("\n", "\\n")})
    wrong = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(SettingsError, match="neither an EC P-256 nor an Ed25519"):
        load_settings({"JWT_PRIVATE_KEY": _pem(wrong)})


def test_a_dotenv_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HTTP_PORT=9001\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOG_LEVEL", "error")
    monkeypatch.delenv("HTTP_PORT", raising=False)
    settings = load_settings()
    assert (settings.http_port, settings.log_level) == (9001, "error")


def test_the_replay_file_is_found_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "BTCUSDT_1m.csv").touch()
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"MARKET_FEED": "replay:BTCUSDT_1m.csv"})
    assert settings.market_feed == f"replay:{tmp_path / 'BTCUSDT_1m.csv'}"


def test_the_data_folder_is_outside_the_clone_and_stable(tmp_path: Path) -> None:
    first = load_settings({"HOME": str(tmp_path)}).data_dir
    assert first == load_settings({"HOME": str(tmp_path)}).data_dir
    assert not first.is_relative_to(_ROOT)
    assert first.parent.name == "countersign"
    given = load_settings({"DATA_DIR": "~/x"}).data_dir
    assert given.is_absolute()
    assert "~" not in str(given)


def test_the_committed_example_is_the_generated_one() -> None:
    assert (_ROOT / ".env.example").read_text() == render(), "run `make env-example`"


def test_the_example_starts_when_uncommented(tmp_path: Path) -> None:
    lines = re.findall(r"^# ([A-Z_]+)=(.*)$", render(), re.M)
    assert sorted(name for name, _ in lines) == sorted(_NAMES)
    settings = load_settings({**dict(lines), "DATA_DIR": str(tmp_path)})
    assert settings.public_url == "https://trade.example.org"
