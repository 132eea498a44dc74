# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Bulk Buyer Group under test: the server with its sessions, and a client that judges every message's form."""

import pathlib
from typing import Any

import httpx

from .client import Client, is_timestamp
from .ports import free_port
from .server import ROOT, Server

BULKBUYER = ROOT / "Contracts" / "bulkbuyer.yaml"
PATH = "/api/notifications/ws"
TYPES = ("ORDER_STATUS_CHANGE", "POOL_PROGRESS", "SYSTEM_NOTIFICATION")


def check(message: Any) -> dict[str, Any]:
    """The notification itself, once its form is exactly the documented one (BULK-006)."""
    assert isinstance(message, dict) and set(message) == {"type", "id", "timestamp", "data"}, message
    assert message["type"] in TYPES, message
    assert isinstance(message["id"], str) and message["id"] and is_timestamp(message["timestamp"]), message
    assert isinstance(message["data"], dict), message
    return message


class BulkBuyerClient(Client):
    """There is no welcome: a client is connected once its PING is answered."""

    def receive_notification(self, type: str, timeout: float = 20.0) -> dict[str, Any]:
        message = check(self.receive(timeout))
        assert message["type"] == type, f"expected {type}, got {message}"
        return message

    def ping(self) -> dict[str, Any]:
        reply = self.ask({"type": "PING"})
        assert set(reply) == {"type", "timestamp"} and is_timestamp(reply["timestamp"]), reply
        assert reply["type"] == "PONG", f"expected the PONG, got {reply}"
        return {"type": "pong"}


class BulkBuyer(Server):
    def __init__(self, data: pathlib.Path, *contracts: pathlib.Path, **options: Any) -> None:
        options = {"name": "bulkbuyer", "port": free_port(), "platform": "bulkbuyer"} | options
        variables = {
            "BULKBUYER_PORT": str(options["port"]), "RANGKAI_PORT": None, "RANGKAI_JWT_SECRET": None,
        }
        super().__init__(data, *(contracts or (BULKBUYER,)), **(variables | options))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False)
        self.cookie = self.environment.get("BULKBUYER_COOKIE", "session")

    def let_go(self) -> None:
        self.http.close()
        super().let_go()

    # Sessions

    def session(self, user: str, **others: Any) -> str:
        """The id of a new session of this user in the server's own store."""
        answer = self.admin.http.post("/v1/platforms/bulkbuyer/sessions", json={"user": user} | others)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def end_session(self, session: str) -> None:
        answer = self.admin.http.delete(f"/v1/platforms/bulkbuyer/sessions/{session}")
        assert answer.status_code == 204, answer.text

    def headers(self, session: str | None) -> dict[str, str]:
        return {"Cookie": f"{self.cookie}={session}"} if session is not None else {}

    # Clients

    def attempt(self, session: str | None, query: str = "", **options: Any) -> BulkBuyerClient:
        """Opens a WebSocket with this session's cookie and reads nothing yet."""
        headers = options.pop("headers", self.headers(session))
        return BulkBuyerClient(self.url(None, PATH) + query, additional_headers=headers, **options)

    def user(self, user: str, **options: Any) -> BulkBuyerClient:
        """Connects as this user with a session of its own; the server has taken the connection when this returns."""
        client = self.attempt(self.session(user), **options)
        client.ping()
        return client

    # Notifications

    def fetch(self, session: str | None, **query: Any) -> httpx.Response:
        return self.http.get("/api/notifications", params=query, headers=self.headers(session))

    def missed(self, session: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.fetch(session, **query)
        assert answer.status_code == 200, answer.text
        return [check(message) for message in answer.json()]

    def notify(self, title: str, *, users: list[str] | None = None, **others: Any) -> dict[str, Any]:
        """Publishes a system notification, for all or for these users."""
        data = {"title": title, "message": "m", "severity": "INFO"} | others
        return self.admin.publish("SYSTEM_NOTIFICATION", data, **({"users": users} if users else {}))
