# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The connection manager: what a service asks of the server's connections, by the names it always had.

`manager` is one that is ready to use: it takes the server's addresses from the environment at its first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypedDict
from urllib.parse import quote

import httpx

from .broadcasting import TIMEOUT, broadcast, broadcast_sync
from .settings import Settings


class Statistics(TypedDict):
    """How many connections there are, and how many of them hear each channel."""

    total: int
    by_channel: dict[str, int]


class ConnectionManager:
    """For code without an event loop. May be used by several threads; `close` ends its HTTP connections."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._client: httpx.Client | None = None

    def broadcast_to_all(self, type: str, data: Mapping[str, Any] | None = None) -> int:
        """Sends an event to every client, subscribed or not. Returns how many; raises `BroadcastError`."""
        return broadcast_sync(type, data, settings=self._where(), client=self._http())

    def broadcast_to_channel(self, channel: str, type: str, data: Mapping[str, Any] | None = None) -> int:
        """Sends an event to the subscribers of a channel. Returns how many; raises `BroadcastError`."""
        return broadcast_sync(type, data, channel=channel, settings=self._where(), client=self._http())

    def send_to_connection(self, connection_id: str, type: str, data: Mapping[str, Any] | None = None) -> bool:
        """Sends an event to one connection. False when it has gone; raises `httpx.HTTPError`."""
        where = self._where()
        answer = self._http().post(
            _connection(where, connection_id) + "/events", json=_event(type, data), headers=where.headers
        )
        return _found(answer)

    def get_stats(self) -> Statistics:
        """The counts of now. Raises `httpx.HTTPError`."""
        answer = self._http().get(f"{self._where().service_url}/stats")
        return _statistics(answer)

    def get_message_count(self, connection_id: str) -> int:
        """How many messages a connection has sent; 0 for one that has gone. Raises `httpx.HTTPError`."""
        where = self._where()
        answer = self._http().get(_connection(where, connection_id), headers=where.headers)
        return int(answer.json()["messageCount"]) if _found(answer) else 0

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> ConnectionManager:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _where(self) -> Settings:
        if self._settings is None:
            self._settings = Settings.from_environment()
        return self._settings

    def _http(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=TIMEOUT)
        return self._client


class AsyncConnectionManager:
    """The same operations as coroutines, for one event loop; `close` ends its HTTP connections."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._client: httpx.AsyncClient | None = None

    async def broadcast_to_all(self, type: str, data: Mapping[str, Any] | None = None) -> int:
        return await broadcast(type, data, settings=self._where(), client=self._http())

    async def broadcast_to_channel(self, channel: str, type: str, data: Mapping[str, Any] | None = None) -> int:
        return await broadcast(type, data, channel=channel, settings=self._where(), client=self._http())

    async def send_to_connection(self, connection_id: str, type: str, data: Mapping[str, Any] | None = None) -> bool:
        where = self._where()
        answer = await self._http().post(
            _connection(where, connection_id) + "/events", json=_event(type, data), headers=where.headers
        )
        return _found(answer)

    async def get_stats(self) -> Statistics:
        return _statistics(await self._http().get(f"{self._where().service_url}/stats"))

    async def get_message_count(self, connection_id: str) -> int:
        where = self._where()
        answer = await self._http().get(_connection(where, connection_id), headers=where.headers)
        return int(answer.json()["messageCount"]) if _found(answer) else 0

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def __aenter__(self) -> AsyncConnectionManager:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _where(self) -> Settings:
        if self._settings is None:
            self._settings = Settings.from_environment()
        return self._settings

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT)
        return self._client


def _connection(settings: Settings, connection_id: str) -> str:
    return f"{settings.admin_url}/v1/platforms/{settings.platform}/connections/{quote(connection_id, safe='')}"


def _event(type: str, data: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"event": type, "data": dict(data or {})}


def _found(answer: httpx.Response) -> bool:
    if answer.status_code == 404:
        return False
    answer.raise_for_status()
    return True


def _statistics(answer: httpx.Response) -> Statistics:
    answer.raise_for_status()
    content = answer.json()
    return Statistics(total=content["total"], by_channel=content["by_channel"])


manager = ConnectionManager()
