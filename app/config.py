"""Settings: one class, read from FORKANT_… variables, each with a default that works."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import ConfigurationError
from signals.addresses import AddressError, check_address

SECRET = (("mastodon_tokens",), ("admin_password",))  # never shown, not even when they cannot be used


class Settings(BaseSettings):
    """Everything that can be set. Names of variables are FORKANT_ and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="FORKANT_", env_file=".env", extra="ignore")

    home: Path = Field(Path(".forkant"), description="Where the embedded database, models and logs live")
    database_url: str = Field("", description="A Postgres 16 or newer; empty: the embedded one")
    database_patience: float = Field(60.0, ge=0, description="Seconds that the database may take to come up at a start")
    host: str = Field("127.0.0.1", description="Address that API and pages listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port that API and pages listen on; 0: any free one")
    public_url: str = Field("", description="Address that people reach Forkant at, for links in messages")
    contact: str = Field("", description="Mail or web address told to the sites we read, in the User-Agent")
    organisation: str = Field("My organisation", description="Name of the organisation, at first start")
    time_zone: str = Field("Europe/Oslo", description="Its IANA time zone, at first start")
    language: Literal["en", "nb", "nn", "sv", "da", "nl"] = Field(
        "en", description="In which its messages say why, at first start"
    )
    admin_name: str = Field("admin", description="Name of the first person who may sign in")
    admin_password: str = Field("", description="Their password; empty: one is made and printed once")
    starters: bool = Field(True, description="Load the starter sources at first start")
    workers: int = Field(1, ge=1, le=64, description="How many `work` processes `forkant up` starts")
    polls_at_once: int = Field(32, ge=1, le=1000, description="Sources fetched at the same time per worker")
    streams_at_once: int = Field(8, ge=0, le=200, description="Streams listened to at the same time per worker")
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts on private addresses that may be fetched, comma-separated host or host:port"
    )
    kinds_on: Annotated[tuple[Literal["reddit", "hackernews", "gdelt"], ...], NoDecode] = Field(
        (), description="Kinds of sources to switch on that are off by default, comma-separated"
    )
    mastodon_tokens: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Access tokens for Mastodon servers, comma-separated server=token", repr=False
    )
    push: Literal["off", "priority", "all"] = Field(
        "priority", description="Whose feeds are subscribed to at their hubs (WebSub); needs a public https address"
    )
    fastest_poll: float = Field(120.0, gt=0, description="Seconds; no source is polled more often")
    host_pause: float = Field(2.0, ge=0, description="Seconds between two requests to one host")
    learn_after: int = Field(30, ge=0, description="New judgements after which a candidate is trained; 0: never")
    questions_a_day: int = Field(10, ge=0, le=100, description="Texts that people are asked about, each day at most")
    promote_by_rule: bool = Field(False, description="Whether a candidate that passes the rule is put into use by it")
    promote_held_out: int = Field(50, ge=1, description="Held-out texts that the rule asks for")
    embeddings: Literal["auto", "off"] = Field(
        "auto", description="Whether labels are refined by sentence embeddings, where the extra is installed"
    )
    embeddings_folder: str = Field(
        "", description="A folder with a model of embeddings of your own, and its heads; empty: the one that ships"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "text", "json"] = Field("auto", description="auto: text on a terminal, else JSON")

    @property
    def user_agent(self) -> str:
        """What we call ourselves to the sites we read; honest, and with a way to reach whoever runs this."""
        return f"Forkant/0.1 (early warning for communications teams{f'; {self.contact}' if self.contact else ''})"

    @property
    def link_base(self) -> str:
        """Where links in messages lead; empty where only chance knows the port."""
        host = "localhost" if self.host in ("0.0.0.0", "::") else f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or (f"http://{host}:{self.port}" if self.port else "")

    @property
    def hub_base(self) -> str:
        """Where hubs on the internet can reach us; empty: nowhere, so that nothing is subscribed to."""
        with suppress(AddressError):
            address = self.public_url.rstrip("/")
            return address if check_address(address, self.private_hosts).url.scheme == "https" else ""
        return ""

    @property
    def own_embeddings(self) -> Path | None:
        return Path(self.embeddings_folder) if self.embeddings_folder else None

    @property
    def tokens_by_host(self) -> dict[str, str]:
        pairs = (one.partition("=") for one in self.mastodon_tokens)
        return {host.strip().lower(): token.strip() for host, _, token in pairs}

    @field_validator("mastodon_tokens")
    @classmethod
    def _have_both_sides(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host, _, token in (one.partition("=") for one in value):
            secret = token.strip()
            if not (host.strip() and secret and secret.isascii() and secret.isprintable() and "/" not in host):
                raise ValueError("each is a server's host, =, and a token, such as server.example=abc")
        return value

    @field_validator("private_hosts", "kinds_on", "mastodon_tokens", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str) -> str:
        if value and urlsplit(value).scheme.split("+")[0] not in ("postgresql", "postgres"):
            raise ValueError("must begin with postgresql://")
        return value


def load_settings(**given: object) -> Settings:
    """Settings from the environment, `given` first. ConfigurationError names every bad variable at once."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"FORKANT_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            f" (given: {'a secret' if problem['loc'][:1] in SECRET else repr(problem['input'])})"
            for problem in error.errors()
        ]
        raise ConfigurationError("These settings cannot be used:\n  " + "\n  ".join(lines)) from None
