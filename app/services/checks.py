"""What every service checks of the values it is handed."""

from collections.abc import Collection
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import Invalid
from signals.addresses import AddressError, check_address

LANGUAGES = ("nb", "nn", "sv", "da", "nl", "en")


def check_number(number: int, field: str) -> int:
    """A number that a bigint can hold."""
    if not 0 <= number < 2**63:
        raise Invalid("There is no such number", field)
    return number


def check_id(text: str, field: str) -> int:
    """The number behind an opaque id."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise Invalid("This is not an id", field)
    return check_number(int(text), field)


def check_words(value: str, field: str, most: int = 500, least: int = 0) -> str:
    """Text that Postgres can keep (SE-11), trimmed; Invalid where it is too short or too long."""
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Invalid("It holds a character that cannot be stored", field)
    value = value.strip()
    if len(value) < least:
        raise Invalid("It must not be empty", field)
    if len(value) > most:
        raise Invalid(f"It is longer than {most} characters", field)
    return value


def check_between(value: int, low: int, high: int, field: str) -> int:
    if not low <= value <= high:
        raise Invalid(f"It must be from {low} to {high}", field)
    return value


def check_zone(name: str, field: str) -> str:
    """An IANA time zone."""
    if not is_zone(name):
        raise Invalid("This is not a time zone, such as Europe/Oslo", field)
    return name


@lru_cache(maxsize=1000)
def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def check_reachable(address: str, private_hosts: Collection[str], field: str) -> str:
    """The host of an address that we may call; Invalid says why not (SE-01, SE-02)."""
    try:
        return check_address(address, private_hosts).host
    except AddressError as error:
        raise Invalid(str(error), field) from None
