from __future__ import annotations

import pytest

from agent.errors import Action, SyncError
from agent.zoho.data_centers import DATA_CENTERS, endpoints


@pytest.mark.parametrize(
    ("key", "accounts", "api"),
    [
        ("us", "https://accounts.zoho.com", "https://www.zohoapis.com"),
        ("eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"),
        ("in", "https://accounts.zoho.in", "https://www.zohoapis.in"),
        ("au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
        ("jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"),
        ("cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
        ("ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),  # not zoho.ca
        ("sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"),  # swapped with uk elsewhere
        ("uk", "https://accounts.zoho.uk", "https://www.zohoapis.uk"),
    ],
)
def test_each_data_center_has_its_own_hosts(key: str, accounts: str, api: str) -> None:
    where = endpoints(key, None, None)
    assert (where.accounts_url, where.default_api_url) == (accounts, api)
    assert where.api_url(api) == api


def test_every_configurable_data_center_is_known() -> None:
    assert set(DATA_CENTERS) == {"us", "eu", "in", "au", "jp", "cn", "ca", "sa", "uk"}


@pytest.mark.parametrize(
    "domain",
    [
        "https://www.zohoapis.com",
        "https://www.zohoapis.eu/",  # Zoho's word on where the organisation lives is followed
        "https://sandbox.zohoapis.com",
        "https://developer.zohoapis.in",
        "https://WWW.zohoapis.com",
    ],
)
def test_a_token_may_go_to_zohos_own_hosts(domain: str) -> None:
    assert endpoints("us", None, None).api_url(domain) == domain.lower().rstrip("/")


@pytest.mark.parametrize(
    "domain",
    [
        "https://www.zohoapis.com.evil.example",
        "https://evil.example/www.zohoapis.com",
        "https://www.zohoapis.com@evil.example",
        "https://www.zohoapis.com:8443",
        "http://www.zohoapis.com",  # in clear
        "https://zohoapis.com",
        "//www.zohoapis.com",
        "",
    ],
)
@pytest.mark.parametrize("override", [None, "http://127.0.0.1:9000"])
def test_a_token_goes_nowhere_else(domain: str, override: str | None) -> None:
    with pytest.raises(SyncError) as caught:
        endpoints("us", None, override).api_url(domain)
    assert (caught.value.code, caught.value.action) == ("UNKNOWN_API_DOMAIN", Action.STOP_TARGET)


def test_a_configured_address_is_the_only_one_used() -> None:
    where = endpoints("eu", "http://127.0.0.1:9000/", "http://127.0.0.1:9000/")
    assert where.accounts_url == "http://127.0.0.1:9000"
    assert where.api_url("http://127.0.0.1:9000") == "http://127.0.0.1:9000"
    assert where.api_url("https://www.zohoapis.eu") == "http://127.0.0.1:9000"
