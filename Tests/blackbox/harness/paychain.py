# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain under test: the server with its two ports, and a client that judges every frame's form."""

import pathlib
import uuid
from typing import Any

import httpx

from .client import Client, is_timestamp
from .ports import free_port
from .server import ROOT, Server
from .tokens import SECRET, token

PAYCHAIN = ROOT / "Contracts" / "paychain.yaml"
MILLISECONDS = 24  # of "2025-11-01T12:00:00.000Z"


class PayChainClient(Client):
    """Every frame has exactly `type`, `data` (an object) and `timestamp` (PAY-005)."""

    connection = ""
    #: What `reconnect_token` told, where a test took it.
    resume: dict[str, Any] = {}

    def receive(self, timeout: float = 20.0) -> dict[str, Any]:
        message = super().receive(timeout)
        assert set(message) == {"type", "data", "timestamp"}, message
        assert isinstance(message["type"], str) and isinstance(message["data"], dict), message
        assert is_timestamp(message["timestamp"]) and len(message["timestamp"]) == MILLISECONDS, message
        return message

    def receive_type(self, type: str, timeout: float = 20.0) -> dict[str, Any]:
        """The data of the next frame, which must be of this type."""
        message = self.receive(timeout)
        assert message["type"] == type, f"expected {type}, got {message}"
        return message["data"]

    def receive_until(self, type: str) -> dict[str, Any]:
        """The data of the next frame of this type; others before it are dropped."""
        while (message := self.receive())["type"] != type:
            pass
        return message["data"]

    def welcome(self) -> dict[str, Any]:
        data = self.receive_type("connected")
        assert set(data) == {"connection_id"}, data
        self.connection = data["connection_id"]
        assert str(uuid.UUID(self.connection)) == self.connection
        return data

    def subscribe(self, *channels: str) -> None:
        """Subscribes to channels that must be allowed, with one message."""
        self.send({"type": "subscribe", "channels": list(channels)})
        assert self.receive_type("subscribed") == {"channels": list(channels)}

    def refusal(self, channel: str) -> dict[str, Any]:
        """Tries to subscribe to a channel that must be refused, and gives the error's data."""
        self.send({"type": "subscribe", "channels": [channel]})
        return self.receive_type("error")


class PayChain(Server):
    """One server of PayChain. `auth` is `PAYCHAIN_AUTH`; None leaves the contract's default."""

    def __init__(self, data: pathlib.Path, *contracts: pathlib.Path, auth: str | None = None, **options: Any) -> None:
        self.internal_port = free_port()
        self.auth = auth
        options = {"name": "paychain", "port": free_port(), "platform": "paychain"} | options
        variables = {
            "PAYCHAIN_PORT": str(options["port"]),
            "PAYCHAIN_INTERNAL_PORT": str(self.internal_port),
            "PAYCHAIN_AUTH": auth,
            "PAYCHAIN_JWT_SECRET": SECRET if auth else None,
            "RANGKAI_PORT": None,
            "RANGKAI_JWT_SECRET": None,
        }
        super().__init__(data, *(contracts or (PAYCHAIN,)), **(variables | options))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False)

    def let_go(self) -> None:
        self.http.close()
        super().let_go()

    def guest(self, **options: Any) -> PayChainClient:
        """Connects without credentials and takes the welcome."""
        client = PayChainClient(self.url(None), **options)
        client.welcome()
        return client

    def user(self, user: str, *, user_type: str | None = None, query: str = "", **options: Any) -> PayChainClient:
        """Connects as this user; takes the welcome, and leaves the token for the next connection in `resume`."""
        claims = {"user_type": user_type} if user_type else {}
        client = PayChainClient(self.url(token(user, **claims)) + query, **options)
        client.welcome()
        client.resume = client.receive_type("reconnect_token")
        return client

    def try_broadcast(self, body: Any, **options: Any) -> httpx.Response:
        return self.http.post("/broadcast", json=body, **options)

    def broadcast(self, type: str, data: Any = None, **others: Any) -> dict[str, Any]:
        """Broadcasts what must be accepted, and gives the answer."""
        body = {"type": type} | ({} if data is None else {"data": data}) | others
        answer = self.try_broadcast(body)
        assert answer.status_code == 200, f"{type} was refused: {answer.status_code} {answer.text}"
        return answer.json()

    def stats(self) -> dict[str, Any]:
        answer = self.http.get("/stats")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def total(self) -> int:
        return self.stats()["total"]
