# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION under test: the server with its three ports, its clients, and what services publish there."""

import itertools
import json
import pathlib
from typing import Any

from .client import is_timestamp
from .ports import free_port
from .server import ROOT, Server
from .stock import SocketIOClient
from .tokens import SECRET, token

ORION = ROOT / "Contracts" / "orion.yaml"
TIMESTAMP = "2025-10-18T14:30:00Z"
#: The payloads that ORION's document prints, by event.
SAMPLES: dict[str, list[dict[str, Any]]] = json.loads(
    (pathlib.Path(__file__).parents[1] / "documents" / "orion-payloads.json").read_text(encoding="utf-8")
)

_numbers = itertools.count(1)


def fresh_user() -> str:
    """A user whom no other test knows: attempts and connections are counted for each."""
    return f"user-{next(_numbers)}"


def from_fresh_address() -> dict[str, str]:
    """Headers of a client whose address no other test has."""
    number = next(_numbers)
    return {"X-Forwarded-For": f"10.7.{number // 256}.{number % 256}"}


def health(service: str = "auth", status: str = "healthy", **others: Any) -> dict[str, Any]:
    return {"service": service, "status": status, "timestamp": TIMESTAMP, "details": {"checks": {}}} | others


def check_error(error: Any, code: str, **others: Any) -> dict[str, Any]:
    """The error itself, once it is exactly what ORION's errors are."""
    assert isinstance(error, dict) and error["code"] == code, error
    assert set(error) - {"event", "retryAfter"} == {"code", "message", "timestamp"}, error
    assert error["message"] and is_timestamp(error["timestamp"]), error
    assert {key: error.get(key) for key in others} == others, error
    return error


class Orion(Server):
    """One server of ORION: `port` is the admin interface's."""

    def __init__(self, data: pathlib.Path, *contracts: pathlib.Path, **options: Any) -> None:
        self.gateway_port = free_port()
        self.notifications_port = free_port()
        options = {"name": "orion", "port": free_port(), "platform": "orion"} | options
        variables = {
            "ORION_PORT": str(options["port"]),
            "ORION_GATEWAY_PORT": str(self.gateway_port),
            "ORION_NOTIFICATIONS_PORT": str(self.notifications_port),
            "ORION_JWT_SECRET": SECRET,
            # Whose token is bad is counted by his address, which tests may choose with X-Forwarded-For.
            "SWITCHBOARD_TRUSTED_PROXIES": "127.0.0.1",
            "RANGKAI_PORT": None,
            "RANGKAI_JWT_SECRET": None,
        }
        super().__init__(data, *(contracts or (ORION,)), **(variables | options))
        self.clients: list[SocketIOClient] = []

    @property
    def hosts(self) -> dict[str, str]:
        """Printed addresses and those of this server."""
        return {
            "http://localhost:20004": self.address(self.port),
            "http://localhost:20001": self.address(self.gateway_port),
            "http://localhost:20003": self.address(self.notifications_port),
        }

    @staticmethod
    def address(port: int) -> str:
        return f"http://127.0.0.1:{port}"

    def user(
        self, user: str | None = None, *, port: int | None = None, roles: list[str] | None = None,
        credentials: str | None = None, claims: dict[str, Any] | None = None, **options: Any,
    ) -> SocketIOClient:
        """Connects python-socketio as this user, or as one of its own; closed with the test's server or `close_clients`."""
        client = SocketIOClient(
            self.address(port or self.port),
            auth={"token": credentials or token(user or fresh_user(), roles=roles, **(claims or {}))}, **options,
        )
        self.clients.append(client)
        return client

    def close_clients(self) -> None:
        while self.clients:
            self.clients.pop().close()

    def let_go(self) -> None:
        self.close_clients()
        super().let_go()

    def update(self, service: str = "auth", status: str = "healthy", **others: Any) -> dict[str, Any]:
        """Publishes a service's health, and gives it."""
        data = health(service, status, **others)
        self.admin.publish("health:update", data)
        return data

    def updated(self, client: SocketIOClient, *services: str) -> None:
        """The client's next health updates are of these services, in this order."""
        for service in services:
            assert client.expect("health:update")[0]["service"] == service
