"""Which addresses we may call: one gate for the text of a URL, one table for the address behind its name.

Theory of operation. A server on the inside of the operator's network must not be reachable through an address
that somebody typed, imported or redirected us to. Two checks, both needed:

1. `check_address` reads the text. It refuses every spelling that two parsers may read differently, so that what
   we checked is what is called.
2. `find_refusal` judges an IP address. The outbound client asks it about each address that it is about to dial,
   after names are resolved and on every redirect, so a name that changes its mind gains nothing.

`ipaddress.is_global` is no substitute: it calls multicast, NAT64 and 6to4 global, and its table differs between
Python versions. The table here follows IANA's special-purpose registries and adds two cloud metadata addresses.
An IPv6 address that carries an IPv4 address is judged by what it carries.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import idna
from yarl import URL

PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 2048

REFUSED_V4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider's customers"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("169.254.0.0/16", "link-local, where clouds keep metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

GLOBAL_V6 = IPv6Network("2000::/3")  # the only part of IPv6 given out so far
REFUSED_V6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::1/128", "this machine"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2620:4f:8000::/48", "AS112"),
        ("3ffe::/16", "6bone"),
        ("3fff::/20", "documentation"),
    )
)

MAPPED = IPv6Network("::ffff:0:0/96")
TRANSLATED = IPv6Network("::ffff:0:0:0/96")
NAT64 = IPv6Network("64:ff9b::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")
TEREDO = IPv6Network("2001::/32")
ISATAP = (0x00005EFE, 0x02005EFE)  # the upper half of the interface identifier


def find_refusal(address: str) -> str | None:
    """Why this IP address must not be called, or None when it may.

    >>> find_refusal("192.168.1.10")
    'private'
    >>> find_refusal("::ffff:127.0.0.1")
    'this machine'
    >>> find_refusal("93.184.216.34") is None
    True
    """
    if "%" in address:
        return "link-local"
    return _refusal(address)


@lru_cache(maxsize=4096)
def _refusal(address: str) -> str | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "not an IP address"
    return _refusal_v4(parsed) if isinstance(parsed, IPv4Address) else _refusal_v6(parsed)


def _refusal_v4(address: IPv4Address) -> str | None:
    return next((why for network, why in REFUSED_V4 if address in network), None)


def _refusal_v6(address: IPv6Address) -> str | None:
    carried = _carried_v4(address)
    for inner in carried:
        if why := _refusal_v4(inner):
            return why
    if carried and not _is_isatap(address):
        return None
    if why := next((why for network, why in REFUSED_V6 if address in network), None):
        return why
    return None if address in GLOBAL_V6 else "not in use on the internet"


def _carried_v4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 address. IPv4-compatible ones (::a.b.c.d) are refused as unused."""
    number = int(address)
    if address in MAPPED or address in TRANSLATED or address in NAT64 or _is_isatap(address):
        return (IPv4Address(number & 0xFFFFFFFF),)
    if address in SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF),)
    if address in TEREDO:  # its server, and the client with every bit turned
        return (IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF))
    return ()


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32 & 0xFFFFFFFF) in ISATAP


class AddressError(ValueError):
    """This address will not be called. `is_inside` tells that it points into a private network."""

    def __init__(self, message: str, *, is_inside: bool = False) -> None:
        super().__init__(message)
        self.is_inside = is_inside


@dataclass(frozen=True, slots=True)
class Address:
    """An address that passed the gate, its host in ASCII."""

    url: URL
    host: str
    port: int
    is_allowed_private: bool  # the operator listed it: the table of addresses is not asked

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.url.scheme, self.host, self.port)


_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"{}|^`\u2028\u2029\ufeff]")
_AUTHORITY = re.compile(r"([^:\[\]]+|\[[0-9a-fA-F:.]+\])(?::([0-9]{1,5}))?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)
_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}", re.ASCII)


def check_address(text: str, private_hosts: Collection[str] = ()) -> Address:
    """The address in this text, if it may be called. AddressError says what is wrong and what to write instead.

    `private_hosts` holds `host` (any port) or `host:port`, as the operator set FORKANT_PRIVATE_HOSTS.
    """
    return _checked(text, private_hosts if isinstance(private_hosts, frozenset) else frozenset(private_hosts))


@lru_cache(maxsize=4096)  # the addresses of sources are asked for again and again
def _checked(text: str, private_hosts: frozenset[str]) -> Address:
    scheme, authority = _split(text)
    host, port = _host_and_port(scheme, authority, text)
    allowed = _lowered(private_hosts)
    shown = f"[{host}]" if ":" in host else host
    is_allowed = not allowed.isdisjoint((host, shown, f"{shown}:{port}"))
    if not is_allowed:
        _refuse_inside(host, port)
    return Address(_agreed_url(text, authority, shown, port, scheme), host, port, is_allowed)


@lru_cache(maxsize=8)
def _lowered(hosts: frozenset[str]) -> frozenset[str]:
    return frozenset(host.lower() for host in hosts)


def _split(text: str) -> tuple[str, str]:
    if len(text) > LONGEST:
        raise AddressError(f"The address is longer than {LONGEST} characters.")
    if found := _FORBIDDEN.search(text):
        raise AddressError(f"The address holds the character {found.group()!r}, which no web address may hold.")
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in ("http", "https"):
        raise AddressError(f"The address must begin with http:// or https:// (given: {text[:80]!r}).")
    if not rest.startswith("//") or rest.startswith("///"):
        raise AddressError(f"The address must have two slashes and a host after {scheme}: (given: {text[:80]!r}).")
    authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0]
    if "@" in authority:
        raise AddressError("The address holds a user name or password before an @; leave it out.")
    return scheme.lower(), authority


def _host_and_port(scheme: str, authority: str, text: str) -> tuple[str, int]:
    match = _AUTHORITY.fullmatch(authority)
    if not match:
        raise AddressError(f"{authority[:80]!r} is not a host name, with or without a port.")
    port = int(match[2]) if match[2] else (443 if scheme == "https" else 80)
    if not 0 < port < 65536:
        raise AddressError(f"{match[2]} is not a port.")
    if match[1].startswith("["):
        try:
            return str(IPv6Address(match[1][1:-1])), port
        except ValueError:
            raise AddressError(f"{match[1]} is not an IPv6 address.") from None
    return _ascii_host(match[1]), port


def _ascii_host(host: str) -> str:
    plain = unicodedata.normalize("NFKC", host).lower()
    if any(character.isdigit() and not character.isascii() for character in host):
        raise AddressError(f"{host!r} writes digits with other characters than 0-9.")
    try:
        name = plain if plain.isascii() else idna.encode(plain, uts46=True).decode("ascii")
    except UnicodeError:
        raise AddressError(f"{host!r} is not a host name.") from None
    name = name.removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        # Resolvers read 127.1, 0x7f.1, 0177.0.0.1 and 2130706433 as 127.0.0.1: only the full form is taken.
        if not _QUAD.fullmatch(host) or any(int(part) > 255 for part in host.split(".")):
            raise AddressError(f"{host!r} is a short or unusual way to write a number address; write a name.")
        return host
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise AddressError(f"{host[:80]!r} is not a host name.")
    return name


def _refuse_inside(host: str, port: int) -> None:
    advice = "If you mean it, the operator can add it to FORKANT_PRIVATE_HOSTS."
    if ":" in host or _QUAD.fullmatch(host):
        if why := find_refusal(host):
            raise AddressError(f"{host} is not a public address ({why}). {advice}", is_inside=True)
    elif "." not in host or host.endswith((".localhost", ".local", ".internal", ".localdomain", ".home.arpa")):
        raise AddressError(f"{host} is a name inside a private network. {advice}", is_inside=True)
    if port not in PORTS:
        raise AddressError(f"Port {port} is not used by public web sites. {advice}", is_inside=True)


def _agreed_url(text: str, authority: str, shown: str, port: int, scheme: str) -> URL:
    """The URL with its host in ASCII, when the two parsers of the house read it as we do."""
    start = text.index("//") + 2
    default = 443 if scheme == "https" else 80
    clean = f"{scheme}://{shown}{'' if port == default else f':{port}'}{text[start + len(authority) :]}"
    try:
        url, split = URL(clean), urlsplit(clean)
        agrees = (url.raw_host, url.port) == (shown.strip("[]"), port) and (split.port or default) == port
    except ValueError as error:
        raise AddressError(f"The address cannot be read: {error}.") from None
    if not agrees or (split.hostname or "") != shown.strip("[]") or url.scheme != scheme:
        raise AddressError(f"The address {text[:80]!r} can be read in two ways.")
    return url.with_fragment(None)
