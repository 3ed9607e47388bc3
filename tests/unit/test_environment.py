"""The environment template names every setting, and nothing else."""

import re
from pathlib import Path

import pytest

from agent.config import ConfigError, Settings, load_settings

TEMPLATE = Path(__file__).resolve().parent.parent.parent / ".env.example"
FOR_SANDBOXES = {"ZOHO_ACCOUNTS_URL", "ZOHO_API_URL"}
GOOD = {
    "ZOHOSYNC_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1/db",
    "ZOHOSYNC_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "ZOHOSYNC_ZOHO_CLIENT_ID": "id",
    "ZOHOSYNC_ZOHO_CLIENT_SECRET": "secret",
    "ZOHOSYNC_ZOHO_REFRESH_TOKEN": "token",
    "ZOHOSYNC_MOODLE_URL": "https://moodle.example.org/",
    "ZOHOSYNC_MOODLE_TOKEN": "token",
    "ZOHOSYNC_MOODLE_WEBHOOK_SECRETS": "whsec_b25lIG9mIHR3byBzZWNyZXRz,whsec_dHdvIG9mIHR3byBzZWNyZXRz",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_the_template_names_every_setting() -> None:
    named = set(re.findall(r"^#?ZOHOSYNC_(\w+)=", TEMPLATE.read_text(), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields} - FOR_SANDBOXES


def test_good_settings_are_read_and_lists_are_split() -> None:
    settings = load_settings()
    assert settings.moodle_url == "https://moodle.example.org"
    assert len(settings.moodle_webhook_secrets) == 2


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ZOHOSYNC_MOODLE_URL", "http://moodle.example.org", "must use https"),
        ("ZOHOSYNC_MOODLE_URL", "https://user:pw@moodle.example.org", "user name or password"),
        ("ZOHOSYNC_MOODLE_URL", "moodle", "http"),
        ("ZOHOSYNC_DATABASE_URL", "mysql://u:top-secret@h/db", "postgresql+psycopg"),
        ("ZOHOSYNC_ENCRYPTION_KEYS", "top-secret", "Fernet"),
        ("ZOHOSYNC_ENCRYPTION_KEYS", "", "at least one"),
        ("ZOHOSYNC_MOODLE_WEBHOOK_SECRETS", "short", "16 characters"),
        ("ZOHOSYNC_MOODLE_WEBHOOK_SECRETS", "", "at least one"),
        ("ZOHOSYNC_ZOHO_DATA_CENTER", "mars", "us"),
        ("ZOHOSYNC_PORT", "0", "1"),
        ("ZOHOSYNC_ZOHO_CLIENT_SECRET", "", "is empty"),
        ("ZOHOSYNC_MOODLE_TOKEN", " ", "is empty"),
    ],
)
def test_a_bad_setting_is_named_with_the_reason_and_never_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    text = str(caught.value)
    assert reason in text
    assert name.removeprefix("ZOHOSYNC_") in text.upper()
    assert "top-secret" not in text
    assert "pw@" not in text


def test_several_missing_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZOHOSYNC_ZOHO_CLIENT_ID")
    monkeypatch.delenv("ZOHOSYNC_MOODLE_TOKEN")
    with pytest.raises(ConfigError, match=r"(?s)CLIENT_ID: is missing.*MOODLE_TOKEN: is missing"):
        load_settings()
