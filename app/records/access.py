"""Who asks, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a caller may do; each includes those before it."""

    READ = "read:alerts"
    TRIAGE = "write:triage"
    ADMIN = "admin"


class Role(StrEnum):
    READER = "reader"
    TRIAGE = "triage"
    ADMIN = "admin"

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset(list(Scope)[: list(Role).index(self) + 1])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person in a browser, or a program with a key."""

    organisation_id: int
    name: str  # written as the actor of what they change
    scopes: frozenset[Scope]
    person_id: int | None = None
    key_id: str = ""
    form_token: str = ""  # must come back with every change made by cookie

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    role: Role
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes into the cookie and is stored nowhere."""

    token: str
    caller: Caller
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at its making: `secret` is the whole `fk_…`, shown once."""

    key: ApiKey
    secret: str
