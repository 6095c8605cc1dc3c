"""Forkant's web application on loopback, and a browser-less client that knows who it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI

from app.api.application import make_app
from app.config import Settings
from app.records import Role, Scope
from app.services.directory import Services, make_services
from app.services.discovery import Discover
from app.storage.database import Database
from tests.support.rows import NOON

PASSWORD = "nordlys over havna"


class Client:
    """Requests to one server, as one caller."""

    def __init__(self, base: str, session: aiohttp.ClientSession, headers: dict[str, str]) -> None:
        self.base = base
        self.session = session
        self.headers = headers

    async def ask(self, method: str, path: str, **options: Any) -> "Answer":
        headers = self.headers | options.pop("headers", {})
        async with self.session.request(
            method, self.base + path, headers=headers, allow_redirects=False, **options
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **options: Any) -> "Answer":
        return await self.ask("GET", path, **options)

    async def post(self, path: str, **options: Any) -> "Answer":
        return await self.ask("POST", path, **options)

    async def patch(self, path: str, **options: Any) -> "Answer":
        return await self.ask("PATCH", path, **options)


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        import json

        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Web:
    """A running server with its services."""

    def __init__(self, app: FastAPI, services: Services, base: str, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.services = services
        self.base = base
        self.session = session

    @property
    def stranger(self) -> Client:
        return Client(self.base, self.session, {})

    async def with_key(self, *scopes: Scope) -> Client:
        made = await self.services.keys.create("test", scopes, NOON)
        return Client(self.base, self.session, {"Authorization": f"Bearer {made.secret}"})

    async def signed_in(self, role: Role = Role.ADMIN, name: str = "kari") -> Client:
        """As a browser would, with the session's cookie and, for changes, Origin and form token."""
        await self.services.people.add(name, PASSWORD, role, NOON)
        session = await self.services.people.sign_in(name, PASSWORD, "127.0.0.1", NOON)
        headers = {
            "Cookie": f"forkant={session.token}",
            "Origin": self.base,
            "X-Form-Token": session.caller.form_token,
        }
        return Client(self.base, self.session, headers)


@asynccontextmanager
async def serving(
    database: Database, *, now: Callable[[], datetime] = lambda: NOON, discover: Discover | None = None, **settings: Any
) -> AsyncIterator[Web]:
    """Forkant on a free port of loopback. The time stands still at noon unless told otherwise."""
    chosen = Settings(_env_file=None, **settings)  # type: ignore[call-arg]
    services = make_services(database, chosen, discover=discover)
    app = make_app(services, chosen, now=now)
    kept_open = 600  # seconds; else the server may hang up just as a client, long held up, asks its next question
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on", timeout_keep_alive=kept_open)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Web(app, services, base, session)
    server.should_exit = True
    await running
