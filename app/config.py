"""Settings: one class, read from FORKANT_… variables, each with a default that works."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import ConfigurationError


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
    admin_name: str = Field("admin", description="Name of the first person who may sign in")
    admin_password: str = Field("", description="Their password; empty: one is made and printed once")
    starters: bool = Field(True, description="Load the starter sources at first start")
    workers: int = Field(1, ge=1, le=64, description="How many `work` processes `forkant up` starts")
    polls_at_once: int = Field(32, ge=1, le=1000, description="Sources fetched at the same time per worker")
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts on private addresses that may be fetched, comma-separated host or host:port"
    )
    kinds_on: Annotated[tuple[Literal["reddit", "hackernews", "gdelt"], ...], NoDecode] = Field(
        (), description="Kinds of sources to switch on that are off by default, comma-separated"
    )
    fastest_poll: float = Field(120.0, gt=0, description="Seconds; no source is polled more often")
    host_pause: float = Field(2.0, ge=0, description="Seconds between two requests to one host")
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

    @field_validator("private_hosts", "kinds_on", mode="before")
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
            f" (given: {problem['input']!r})"
            for problem in error.errors()
        ]
        raise ConfigurationError("These settings cannot be used:\n  " + "\n  ".join(lines)) from None
