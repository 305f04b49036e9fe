"""Whoever asks is the rightmost hop that is not a proxy of ours."""

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from accounts.client_address import UNKNOWN, client_address, client_network

PROXIES = ["10.0.0.0/8", "2001:db8:aaaa::/48"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # a stranger's header is worth nothing
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.2.0.1", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.5", "10.0.0.5"),
        ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8:aaaa::1", "2001:DB8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),  # not beyond what cannot be read
        ("", "203.0.113.7", "203.0.113.7"),  # a socket file: the peer is our proxy
        ("", "", UNKNOWN),
    ],
)
def test_the_visitor_is_the_rightmost_hop_that_is_not_ours(
    peer: str, forwarded: str, visitor: str, settings: LazySettings
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == visitor


@pytest.mark.parametrize(("peer", "visitor"), [("203.0.113.7", "203.0.113.7"), ("", UNKNOWN)])
def test_without_proxies_nobodys_header_counts(peer: str, visitor: str, settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert client_address(request) == visitor


def test_a_subscriber_is_counted_once_for_all_addresses_he_has() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{number}") for number in (1, 2)]
    assert {client_network(request) for request in requests} == {"2001:db8:1:2::/64"}
    assert client_network(RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")) == "203.0.113.7"
