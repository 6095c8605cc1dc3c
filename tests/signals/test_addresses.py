"""Which addresses may be called: every special range, every embedding of one, every trick of spelling."""

from urllib.parse import urlsplit

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as some

from signals.addresses import AddressError, check_address, find_refusal


def words(text: str) -> list[str]:
    return text.split()


REFUSED = words("""
0.0.0.0 0.1.2.3 0.255.255.255 10.0.0.0 10.1.2.3 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255
127.0.0.1 127.0.0.2 127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:100.64.0.1 ::ffff:169.254.169.254
::ffff:0.0.0.0 ::ffff:192.168.1.1 ::ffff:224.0.0.1 ::ffff:0:127.0.0.1 ::ffff:0:10.0.0.1 ::ffff:0:192.168.1.1
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254
64:ff9b::192.168.0.1 64:ff9b:1::1 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1
2001::1 2001:0:7f00:1::1 2001:0:808:808::80ff:fffe 2001:0:a00:1:0:0:f7f7:f7f7 2001:1::1 2001:2::1 2001:3::1
2001:4:112::1 2001:10::1 2001:20::1 2001:db8::1 2001:1ff::1 2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe::
2002:c0a8:101::1 2002:e000:1::1 2620:4f:8000::1 3ffe::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1
fe80::1%eth0 fe80::5efe:8.8.8.8 febf::1 fec0::1 feff::1 ff02::1 ff0e::1 2a00:1450::5efe:127.0.0.1
2a00:1450::200:5efe:10.0.0.1 2a00:1450::5efe:192.168.1.1 localhost 127.1 0x7f000001
""")

ALLOWED = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.1.1
172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700:4700::1111 2a00:1450:400f:80d::200e 2a02:fe0:c410::1 2001:4860:4860::8888 2001:200::1 ::ffff:8.8.8.8
64:ff9b::8.8.8.8 2002:808:808::1 2a00:1450::5efe:8.8.8.8 2620:4f:7fff::1
""")


@pytest.mark.parametrize("address", REFUSED)
def test_se_01_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert find_refusal(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_se_01_a_public_address_is_allowed(address: str) -> None:
    assert find_refusal(address) is None


BAD = [
    "", " ", "http", "http:", "http:/", "http://", "http:///", "http:///example.com/", "http:example.com",
    "http:/example.com", "//example.com/", "example.com", "/etc/passwd", "file:///etc/passwd", "FILE:///etc/passwd",
    "source:file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "javascript:alert(1)",
    "data:text/xml,<rss/>", "dict://example.com:11211/", "jar:http://example.com!/", "feed://example.com/",
    "view-source:http://example.com/", "http+unix://example.com/", "ws://example.com/",
    " http://example.com/", "http://example.com/ ", "http://exa mple.com/", "http://example.com/a b",
    "http://example.com\t/", "http://example.com/\r\nHost: x", "http://example.com/\x00", "ht\ntp://example.com/",
    "http://example.com\\@127.0.0.1/", "http://127.0.0.1:8888\\@example.com/", "http:\\\\example.com\\",
    "http://example.com/\\..\\x", "http://user@example.com/", "http://user:secret@example.com/",
    "http://example.com:80@127.0.0.1/", "http://@example.com/", "http://example.com@/", "http://a@b@example.com/",
    "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
    "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://0x/", "http://1.2.3/", "http://1.2.3.4.5/",
    "http://256.1.1.1/", "http://08.8.8.8/", "http://1.1.1.1./", "http://example.0x7f/", "http://example.1/",
    "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://١٢٧.0.0.1/", "http://example.com:８０/",
    "http://[::1/", "http://::1/", "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/",
    "http://[v1.a]/", "http://[]/", "http://[1]/", "http://%31%32%37.0.0.1/", "http://ex%61mple.com/",
    "http://example..com/", "http://.example.com/", "http://-example.com/", "http://exam!ple.com/",
    "http://example.com:/x:y@z:", "http://example.com:99999/", "http://example.com:-1/", "http://example.com:0/",
    "http://example.com:80:80/", "http://example.com:8o/", "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 130 + "com/",
    "http://example.com/" + "a" * 3000, "http://exa<mple.com/", "http://exa\u200bmple\u2028.com/", "http://${host}/",
    "http://{{host}}/", "http://example.com`id`/", "http://\udcff.com/",
]  # fmt: skip

INSIDE = [
    "http://127.0.0.1/", "http://10.0.0.1/", "http://192.168.1.1:8080/", "http://169.254.169.254/latest/meta-data/",
    "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/", "http://[fd00::1]/", "http://localhost/", "http://LOCALHOST/", "http://localhost./",
    "http://a.localhost/", "http://intranet/", "http://db/", "http://printer.local/", "http://metadata.google.internal/",
    "http://router.home.arpa/", "http://example.com:22/", "http://example.com:6379/", "http://example.com:5432/",
    "https://example.com:25/",
]  # fmt: skip

GOOD = {
    "http://example.com": ("example.com", 80),
    "https://example.com": ("example.com", 443),
    "HTTP://EXAMPLE.com/": ("example.com", 80),
    "https://www.nrk.no/toppsaker.rss": ("www.nrk.no", 443),
    "http://example.com:8080/feed": ("example.com", 8080),
    "https://example.com:8443/feed": ("example.com", 8443),
    "http://example.com:443/": ("example.com", 443),
    "http://example.com./": ("example.com", 80),
    "http://example.com?x=1": ("example.com", 80),
    "http://example.com/a?u=http://user@other/": ("example.com", 80),
    "http://example.com/a@b:c": ("example.com", 80),
    "http://example.com/%2e%2e/%00": ("example.com", 80),
    "http://blåbær.example/ø": ("xn--blbr-roah.example", 80),
    "http://xn--blbr-roah.example/": ("xn--blbr-roah.example", 80),
    "http://BLÅBÆR.example/": ("xn--blbr-roah.example", 80),
    "http://example。com/": ("example.com", 80),
    "http://my_feed.example.com/": ("my_feed.example.com", 80),
    "http://3d.example.com/": ("3d.example.com", 80),
    "http://127.0.0.1.example.com/": ("127.0.0.1.example.com", 80),
    "http://8.8.8.8/": ("8.8.8.8", 80),
    "http://[2606:4700:4700::1111]/": ("2606:4700:4700::1111", 80),
    "https://[2606:4700:4700::1111]:8443/x": ("2606:4700:4700::1111", 8443),
}


@pytest.mark.parametrize("address", BAD)
def test_se_02_an_address_that_two_readers_may_read_differently_is_refused(address: str) -> None:
    with pytest.raises(AddressError) as error:
        check_address(address)
    assert not error.value.is_inside


@pytest.mark.parametrize("address", INSIDE)
def test_se_02_an_address_inside_is_refused_and_the_operator_is_named(address: str) -> None:
    with pytest.raises(AddressError, match="FORKANT_PRIVATE_HOSTS") as error:
        check_address(address)
    assert error.value.is_inside


@pytest.mark.parametrize("address", GOOD)
def test_se_02_an_ordinary_address_passes_with_its_host_in_ascii(address: str) -> None:
    checked = check_address(address)
    assert (checked.host, checked.port) == GOOD[address]


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("http://127.0.0.1:9999/", "127.0.0.1:9999"),
        ("http://127.0.0.1:9999/", "127.0.0.1"),
        ("http://intranet/", "Intranet"),
        ("http://[::1]:9/", "[::1]:9"),
        ("http://[::1]:9/", "::1"),
        ("http://example.com:6379/", "example.com:6379"),
    ],
)
def test_se_01_the_operator_can_allow_a_host_or_a_host_with_a_port(address: str, listed: str) -> None:
    assert check_address(address, (listed,)).is_allowed_private


@pytest.mark.parametrize("listed", ["127.0.0.1:80", "127.0.0.2", "localhost", "example.com"])
def test_se_01_allowing_one_host_allows_no_other(listed: str) -> None:
    with pytest.raises(AddressError):
        check_address("http://127.0.0.1:9999/", (listed,))


@given(
    some.text(max_size=60), some.sampled_from(["", "http://", "https://", "http://a.example/", "http://[", "http://1."])
)
def test_se_02_whatever_passes_is_read_the_same_once_more(text: str, start: str) -> None:
    try:
        first = check_address(start + text)
    except AddressError:
        return
    again = check_address(str(first.url))
    assert (again.host, again.port, again.url) == (first.host, first.port, first.url)


@given(
    some.text(some.sampled_from("aø.1[]:@/\\?#%-xn‚。①"), max_size=20),
    some.sampled_from(["http://", "https://", "http://a.example", "http://1.1.1.1", "http://[2606::1]"]),
)
def test_se_02_whatever_passes_other_readers_take_for_the_same_host(text: str, start: str) -> None:
    try:
        checked = check_address(start + text)
    except AddressError:
        return
    for read in (start + text, str(checked.url)):
        host = urlsplit(read).hostname or ""
        plain = host if host.isascii() else idna.encode(host, uts46=True, strict=False, std3_rules=False).decode()
        assert plain.rstrip(".") == checked.host
