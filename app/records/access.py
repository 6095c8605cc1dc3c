"""Who asks, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a caller may do."""

    READ = "read:alerts"
    TRIAGE = "write:triage"
    ADMIN = "admin"
    TIPS = "write:tips"  # give tips, and nothing else


# Each with those it includes.
INCLUDED: Final = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.TRIAGE: frozenset({Scope.READ, Scope.TRIAGE}),
    Scope.ADMIN: frozenset(Scope),
    Scope.TIPS: frozenset({Scope.TIPS}),
}


def widened(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """Scopes with those that they include."""
    return frozenset[Scope]().union(*(INCLUDED[scope] for scope in scopes))


class Role(StrEnum):
    READER = "reader"
    TRIAGE = "triage"
    ADMIN = "admin"

    @property
    def scopes(self) -> frozenset[Scope]:
        """What a colleague may do who signs in: everybody may give tips."""
        own = {Role.READER: Scope.READ, Role.TRIAGE: Scope.TRIAGE, Role.ADMIN: Scope.ADMIN}[self]
        return widened({own, Scope.TIPS})


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees: in which organisation, and what of its restricted tips. The rule is in storage/seeing."""

    organisation_id: int
    sees_restricted: bool = False
    person: str = ""  # sees those that hit a watch which names them as owner; empty: a program


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

    @property
    def sight(self) -> Sight:
        person = self.name if self.person_id is not None else ""
        return Sight(self.organisation_id, self.may(Scope.ADMIN), person)


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
