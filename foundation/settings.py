"""All settings: one frozen object, read once from the environment and from `.env`.

Every name is optional; without any of them a development installation starts. What is wrong
stops the start with the name, the value (secrets masked), the reason and what would be right.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.sources.utils import parse_env_vars

from foundation.crypto import parse_encryption_key, parse_signing_key
from foundation.data_dir import default_data_dir
from foundation.errors import SettingsError
from foundation.log import MASK, mask_text

_DOTENV: Final = Path(".env")
_ALIASES: Final = {"default_venue": ("DEFAULT_VENUE", "EXCHANGE_TYPE")}


def _address(value: str) -> str:
    """An http(s) address without a trailing slash, query or credentials."""
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http:// or https:// address")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("an address without user, query and fragment is needed")
    return value.strip().rstrip("/")


def _words(value: Any) -> Any:
    return (
        [word for word in re.split(r"[\s,;]+", value) if word] if isinstance(value, str) else value
    )


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(word, strict=False)) for word in value)


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _postgres(value: SecretStr) -> SecretStr:
    if not re.match(r"postgres(ql)?(\+asyncpg)?://", value.get_secret_value()):
        raise ValueError("not a postgresql:// or postgresql+asyncpg:// address")
    return value


def _feed(value: str) -> str:
    kind, colon, path = value.strip().partition(":")
    if value in ("auto", "live", "simulated"):
        return value
    if kind != "replay" or not colon or not path:
        raise ValueError("neither auto, nor live, nor simulated, nor replay:<candle file>")
    if not Path(path).is_file():
        raise ValueError(f"there is no file {path}")
    return f"replay:{Path(path).resolve()}"


def _matching(pattern: str, wanted: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: SecretStr) -> SecretStr:
        if not compiled.fullmatch(value.get_secret_value().strip()):
            raise ValueError(f"this is not {wanted}")
        return SecretStr(value.get_secret_value().strip())

    return AfterValidator(check)


def _key_text(parse: Callable[[str], bytes]) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        parse(value.get_secret_value())
        return value

    return AfterValidator(check)


def _default_telegram_mode(found: dict[str, Any]) -> Literal["webhook", "polling"]:
    return "webhook" if str(found.get("public_url")).startswith("https://") else "polling"


def _default_log_format(found: dict[str, Any]) -> Literal["json", "console"]:
    return "json" if found.get("environment") == "production" else "console"


Address = Annotated[str, AfterValidator(_address)]
BotToken = Annotated[SecretStr, _matching(r"[0-9]{1,16}:[A-Za-z0-9_-]{1,128}", "a bot token")]
WebhookSecret = Annotated[SecretStr, _matching(r"[A-Za-z0-9_-]{1,256}", "1-256 of A-Z a-z 0-9 _ -")]
Lower = BeforeValidator(_lower)


class Settings(BaseSettings):
    """An attribute per name, in lower case; secrets are `SecretStr`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        validate_by_name=True,
        validate_by_alias=True,
        validate_default=False,
    )

    environment: Annotated[Literal["development", "production"], Lower] = Field(
        "development", description="production refuses everything that is only fit for trying out"
    )

    http_host: str = Field("127.0.0.1", description="address the server listens on")
    http_port: int = Field(8080, ge=1, le=65535, description="port the server listens on")
    public_url: Address | None = Field(
        None,
        description="the https address users and Telegram see",
        examples=["https://trade.example.org"],
    )
    trusted_proxies: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_networks)
    ] = Field(
        (),
        description="proxies whose X-Forwarded-For is believed: addresses or networks, by commas",
        examples=["127.0.0.1,10.0.0.0/8"],
    )
    webhooks_allow_private: bool = Field(
        False,
        description="let webhooks post to private networks and over plain HTTP; whoever may make "
        "a webhook can then reach what this machine reaches",
    )
    metrics_token: SecretStr | None = Field(None, description="bearer token that opens /metrics")

    data_dir: Path = Field(
        description="folder for local state (embedded Postgres, generated keys)",
        examples=["/var/lib/countersign/main"],
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        None,
        description="an external Postgres, instead of the embedded one",
        examples=["postgresql://user:password@host:5432/countersign"],
    )
    database_pool_size: int = Field(20, ge=1, le=500, description="connections kept per pool")
    database_max_overflow: int = Field(10, ge=0, le=500, description="further ones in a rush")

    owner_telegram_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_words)] = Field(
        (),
        description="Telegram ids of the owners, by commas; without it the sandbox's first user is "
        "the owner, and with a real bot a one-time claim link is printed",
        examples=["123456789"],
    )
    registration: Annotated[Literal["open", "invite", "closed"], Lower] = Field(
        "open", description="who may join: open (paper accounts for all), invite or closed"
    )
    bot_token: BotToken | None = Field(
        None, description="the bot's token from @BotFather; without it the sandbox runs"
    )
    telegram_api_url: Address = Field(
        "https://api.telegram.org", description="base address of the Bot API"
    )
    telegram_mode: Annotated[Literal["webhook", "polling"], Lower] = Field(
        default_factory=_default_telegram_mode,
        description="how updates arrive; by default webhook if PUBLIC_URL is https, else polling",
        examples=["polling"],
    )
    telegram_webhook_secret: WebhookSecret | None = Field(
        None, description="what Telegram must send along; derived from the key if absent"
    )

    stripe_api_key: SecretStr | None = Field(None, description="Stripe's secret key")
    stripe_api_url: Address = Field(
        "https://api.stripe.com", description="base address of Stripe's API"
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None, description="signing secret of the Stripe webhook endpoint"
    )

    default_venue: Annotated[Literal["paper", "binance", "bybit", "mt5", "ea"], Lower] = Field(
        "paper",
        validation_alias=AliasChoices(*_ALIASES["default_venue"]),
        description="where a new account trades (EXCHANGE_TYPE is read as an alias)",
    )
    binance_api_url: Address | None = Field(
        None,
        description="base address of Binance's spot REST",
        examples=["https://api.binance.com"],
    )
    binance_futures_api_url: Address | None = Field(
        None,
        description="base address of Binance's futures REST",
        examples=["https://fapi.binance.com"],
    )
    bybit_api_url: Address | None = Field(
        None, description="base address of Bybit's REST", examples=["https://api.bybit.com"]
    )
    precision_refresh_seconds: int = Field(
        3600,
        ge=60,
        le=86_400,
        description="age in seconds at which an exchange's precision rules are read anew",
    )
    paper_fee_bps: Decimal = Field(
        Decimal(10), ge=0, le=100, description="fee of paper trades, in hundredths of a percent"
    )
    paper_slippage_bps: Decimal = Field(
        Decimal(2),
        ge=0,
        le=500,
        description="slippage of paper market orders, in hundredths of a percent",
    )
    paper_latency_ms: int = Field(
        0,
        ge=0,
        le=3000,
        description="how long paper orders and cancels are on their way, in milliseconds",
    )
    paper_fill_fraction: Decimal | None = Field(
        None,
        gt=0,
        lt=1,
        description="share of a paper order that one price fills at most; whole orders if absent",
    )
    market_feed: Annotated[str, AfterValidator(_feed)] = Field(
        "auto",
        description="prices of paper accounts (others follow their exchange's own): auto (live if "
        "reachable at the first start, else simulated), live, simulated or replay:<candle file>",
    )
    market_replay_speed: float = Field(
        60, gt=0, le=1_000_000, description="market seconds per second of a replay"
    )

    encryption_key: Annotated[SecretStr, _key_text(parse_encryption_key)] | None = Field(
        None,
        description="32 bytes as base64 or hex, seals stored secrets; generated in DATA_DIR if "
        "absent, needed in production (openssl rand -base64 32)",
    )
    encryption_key_previous: Annotated[SecretStr, _key_text(parse_encryption_key)] | None = Field(
        None,
        description="the encryption key before this one, while it is being changed: at the next "
        "start all secrets are sealed anew with ENCRYPTION_KEY, and the log says when this can go",
    )
    jwt_private_key: Annotated[SecretStr, _key_text(parse_signing_key)] | None = Field(
        None,
        description="PEM (EC P-256 or Ed25519), signs sessions; generated in DATA_DIR if absent, "
        "needed in production (openssl genpkey -algorithm ed25519)",
    )
    smtp_url: SecretStr | None = Field(
        None, description="outgoing mail", examples=["smtps://user:password@mail.example.org:465"]
    )

    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lower] = Field(
        "info", description="least severity that is logged: debug, info, warning or error"
    )
    log_format: Annotated[Literal["json", "console"], Lower] = Field(
        default_factory=_default_log_format,
        description="json or console; by default json in production, else console",
        examples=["json"],
    )
    log_file: Path | None = Field(
        None,
        description="a rotating log file besides stderr",
        examples=["/var/log/countersign.log"],
    )

    @property
    def sandbox(self) -> bool:
        """Whether the stand-in chat takes Telegram's place: no bot token was given."""
        return self.bot_token is None

    @property
    def base_url(self) -> str:
        """The address to print and to link to: PUBLIC_URL, or where we listen."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.http_host in ("0.0.0.0", "::", "") else self.http_host  # noqa: S104 - compared, not bound
        return (
            f"http://[{host}]:{self.http_port}"
            if ":" in host
            else f"http://{host}:{self.http_port}"
        )

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.environment != "production":
            return self
        needed = ("public_url", "bot_token", "encryption_key", "jwt_private_key")
        missing = [name.upper() for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)} to be set")
        if not str(self.public_url).startswith("https://"):
            raise ValueError("production needs PUBLIC_URL to be an https:// address")
        return self

    @model_validator(mode="after")
    def _webhook_has_an_address(self) -> Self:
        if self.telegram_mode == "webhook" and self.public_url is None:
            raise ValueError("TELEGRAM_MODE=webhook needs PUBLIC_URL: Telegram must find us")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load_settings` hands everything in; nothing is read behind its back."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


class _Given(EnvSettingsSource):
    """Settings from a mapping, read exactly as the environment is."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._given = env
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return parse_env_vars(self._given, self.case_sensitive, self.env_ignore_empty)


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings from `env`; without it from the process's environment over `.env`.

    Raises SettingsError that names every wrong setting at once.
    """
    values: dict[str, Any] = {}
    if env is None:
        env = os.environ
        values.update(DotEnvSettingsSource(Settings, env_file=_DOTENV)())
    values.update(_Given(env)())
    values.setdefault("data_dir", default_data_dir(env))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _explained(error, env) from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def env_name(field: str) -> str:
    """The environment's name of a field."""
    return _ALIASES.get(field, (field.upper(),))[0]


def _explained(error: ValidationError, env: Mapping[str, str]) -> SettingsError:
    lines, first = [], None
    for problem in error.errors(include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue  # follows from another problem
        reason = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            lines.append(reason)
            continue
        field = _field(str(problem["loc"][0]))
        given = next((name for name in _ALIASES.get(field, ()) if env.get(name)), env_name(field))
        first = first or given
        lines.append(f"{given}={_shown(field, problem['input'])}: {reason}. {_help(field)}")
    return SettingsError("\n".join(lines), field=first)


def _field(location: str) -> str:
    """The attribute behind a name, an alias included."""
    return next((f for f, names in _ALIASES.items() if location in names), location.lower())


def _shown(field: str, value: Any) -> str:
    secret = "SecretStr" in repr(Settings.model_fields[field].annotation)
    return MASK if secret else repr(mask_text(str(value))[:80])


def _help(field: str) -> str:
    info = Settings.model_fields[field]
    example = f", for example {info.examples[0]}" if info.examples else ""
    return f"Wanted: {info.description}{example}."
