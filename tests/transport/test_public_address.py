"""Only addresses of the public internet pass, however the others are written."""

import pytest

from nurture.transport.public_address import what_is_not_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.9", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.7", "192.88.99.1", "192.168.1.1",
        "198.19.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
        "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1",
        "localhost", "", "127.1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_named(address: str) -> None:
    assert what_is_not_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1",
     "223.255.255.255", "2606:4700::6810:84e5", "2a00:1450:4001::1", "3ffe::1"],
)  # fmt: skip
def test_what_is_public_passes(address: str) -> None:
    assert what_is_not_public(address) == ""
