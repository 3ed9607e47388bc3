"""Secrets and addresses, from the environment or `.env`, checked at start. Nothing else reads os.environ."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _filled(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise ValueError("is empty")
    return value


Secret = Annotated[SecretStr, AfterValidator(_filled)]
SecretList = Annotated[list[SecretStr], NoDecode]
Digest = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]
DigestList = Annotated[list[Digest], NoDecode]


class ConfigError(Exception):
    """The environment lacks a setting or holds a bad one; the text names each."""


def check_url(value: str) -> str:
    """Return an address without its last slash.

    Raises:
        ValueError: it is none, or would carry secrets in clear.
    """
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http(s) address")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must use https (plain http is allowed for loopback addresses only)")
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password")
    return value.rstrip("/")


class Settings(BaseSettings):
    """The agent's environment; every name is prefixed with ``ZOHOSYNC_``."""

    model_config = SettingsConfigDict(
        env_prefix="ZOHOSYNC_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    database_url: SecretStr = Field(description="postgresql+psycopg:// URL of the agent's database")
    encryption_keys: SecretList = Field(
        description="Fernet keys, comma separated; the first encrypts, all decrypt"
    )

    zoho_data_center: Literal["us", "eu", "in", "au", "jp", "cn", "ca", "sa", "uk"] = "us"
    zoho_accounts_url: str | None = Field(None, description="overrides the data centre's accounts host")
    zoho_api_url: str | None = Field(None, description="overrides the data centre's API host")
    zoho_client_id: Secret
    zoho_client_secret: Secret
    zoho_refresh_token: Secret
    zoho_concurrency: int = Field(
        10, ge=1, le=25, description="calls to Zoho in flight at once; the editions allow 5 (free) to 25"
    )
    zoho_webhook_secrets: SecretList = Field(
        default_factory=list, description="secrets of signed Zoho webhooks (text keys), comma separated"
    )
    zoho_header_secrets: SecretList = Field(
        default_factory=list, description="secrets of native Zoho webhooks (header X-Webhook-Secret)"
    )
    zoho_notification_tokens: SecretList = Field(
        default_factory=list, description="tokens that the Notification API echoes"
    )

    moodle_url: str = Field(description="wwwroot of the Moodle site")
    moodle_token: Secret = Field(description="web-service token of the agent's service account")
    moodle_concurrency: int = Field(3, ge=1, le=32, description="calls to Moodle in flight at once")
    moodle_webhook_secrets: SecretList = Field(
        description="secrets of Moodle's signed events (whsec_...), comma separated"
    )

    api_operator_tokens: DigestList = Field(
        default_factory=list, description="SHA-256 of the tokens that may see and retry (`zohosync token`)"
    )
    api_administrator_tokens: DigestList = Field(
        default_factory=list, description="SHA-256 of the tokens that may change settings as well"
    )

    public_url: str | None = Field(
        None, description="where Zoho reaches this agent (https://...), for `zohosync zoho setup`"
    )
    host: str = "127.0.0.1"
    port: int = Field(8420, ge=1, le=65535)
    workers: int = Field(32, ge=1, le=64, description="records processed at once")
    moodle_pull_seconds: float = Field(60.0, ge=0, description="pull of Moodle's outbox; 0 switches it off")
    reconcile_minutes: float = Field(
        15.0, ge=0, description="between two passes over what Zoho changed; 0 switches them off"
    )
    log_format: Literal["json", "console"] = "json"

    @field_validator(
        "encryption_keys",
        "zoho_webhook_secrets",
        "zoho_header_secrets",
        "zoho_notification_tokens",
        "moodle_webhook_secrets",
        "api_operator_tokens",
        "api_administrator_tokens",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, value: list[SecretStr]) -> list[SecretStr]:
        if not value:
            raise ValueError("at least one Fernet key is needed")
        for key in value:
            try:
                Fernet(key.get_secret_value())
            except ValueError as error:
                raise ValueError("must be Fernet keys (url-safe base64 of 32 bytes)") from error
        return value

    @field_validator("moodle_webhook_secrets", "zoho_webhook_secrets", "zoho_header_secrets")
    @classmethod
    def _check_secret_length(cls, value: list[SecretStr]) -> list[SecretStr]:
        if any(len(secret.get_secret_value()) < 16 for secret in value):
            raise ValueError("each secret needs at least 16 characters")
        return value

    @field_validator("moodle_url", "zoho_accounts_url", "zoho_api_url", "public_url")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        return None if value is None else check_url(value)

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("postgresql+psycopg://"):
            raise ValueError("must start with postgresql+psycopg://")
        return value

    @model_validator(mode="after")
    def _needs_senders(self) -> Settings:
        if not self.moodle_webhook_secrets:
            raise ValueError("moodle_webhook_secrets: at least one secret is needed")
        return self


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        ConfigError: names every missing or bad setting by its environment name, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for item in error.errors(include_input=False, include_url=False):
            name = "ZOHOSYNC_" + str(item["loc"][0]).upper() if item["loc"] else "settings"
            reason = "is missing" if item["type"] == "missing" else item["msg"].removeprefix("Value error, ")
            lines.append(f"  {name}: {reason}")
        raise ConfigError("The agent cannot start; mend these settings:\n" + "\n".join(lines)) from None
