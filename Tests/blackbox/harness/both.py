# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A platform of the tests' own with a plain listener and one for Socket.IO, and Socket.IO clients byte by byte for it."""

import json
import pathlib
from typing import Any

from .client import Client
from .engineio import Endpoint, Polling, WebSocket
from .ports import free_port
from .server import Server
from .stock import SocketIOClient
from .tokens import SECRET, token

CONTRACT = pathlib.Path(__file__).with_name("both.yaml")


class Wire:
    """A Socket.IO client that speaks packets, over either transport, and can be cut off and come back."""

    def __init__(self, transport: WebSocket | Polling) -> None:
        self.transport = transport
        self.id = ""
        self.pid: str | None = None
        #: The second argument of the last event that had one, as stock clients remember it.
        self.offset: str | None = None

    def send(self, packet: str) -> None:
        self.transport.put(packet)

    def receive(self) -> str:
        """The next packet that is no heartbeat."""
        while True:
            packet = self.transport.receive()
            assert isinstance(packet, str), packet
            if packet == "2":
                self.transport.put("3")
            elif packet != "6":
                return packet

    def event(self) -> tuple[str, Any]:
        """The next packet, which must be an event: its name and first argument."""
        packet = self.receive()
        assert packet.startswith("42["), packet
        name, *arguments = json.loads(packet[2:])
        if arguments and isinstance(arguments[-1], str):
            self.offset = arguments[-1]
        return name, arguments[0]

    def events(self, name: str, count: int) -> list[Any]:
        """The next so many events of a name, among others."""
        found: list[Any] = []
        while len(found) < count:
            event, data = self.event()
            if event == name:
                found.append(data)
        return found

    def join(self, auth: dict[str, Any]) -> list[tuple[str, Any]]:
        """Joins the namespace `/` and gives the events that came before the answer."""
        self.send("40" + json.dumps(auth))
        before: list[tuple[str, Any]] = []
        while True:
            packet = self.receive()
            if packet.startswith("42["):
                name, *arguments = json.loads(packet[2:])
                if isinstance(arguments[-1], str):
                    self.offset = arguments[-1]
                before.append((name, arguments[0]))
                continue
            assert packet.startswith("40{"), packet
            answer = json.loads(packet[2:])
            self.id, self.pid = answer["sid"], answer.get("pid")
            return before

    def call(self, event: str, data: Any, number: int = 7) -> list[Any]:
        """Emits with a callback and gives its arguments; events that come before are passed over."""
        self.send(f"42{number}" + json.dumps([event, data]))
        while not (packet := self.receive()).startswith(f"43{number}["):
            assert packet.startswith("42["), packet
        return json.loads(packet[2 + len(str(number)):])

    def cut(self) -> None:
        """Ends the connection without a word."""
        if isinstance(self.transport, WebSocket):
            self.transport.socket.close()
        else:
            # A poll that is given up is how a lost client shows at once.
            self.transport.start_get().socket.close()


class Both(Server):
    """The platform, served. `port` is the plain listener's."""

    def __init__(self, data: pathlib.Path, *contracts: pathlib.Path, name: str = "both", **variables: Any) -> None:
        self.socketio_port = free_port()
        port = free_port()
        super().__init__(
            data, *(contracts or (CONTRACT,)), name=name, port=port, platform="both", BOTH_PORT=str(port),
            BOTH_SOCKETIO_PORT=str(self.socketio_port), BOTH_SECRET=SECRET, **variables)

    @property
    def engine(self) -> Endpoint:
        return Endpoint(self.socketio_port, "/socket.io/")

    def wire(self, user: str, transport: str = "websocket", **auth: Any) -> Wire:
        """Joins the namespace `/` as this user, packet by packet, and takes what is sent to everybody who joins."""
        wire = self.unjoined(transport)
        wire.join({"token": token(user)} | auth)
        assert wire.event() == ("connected", {"user": user})
        return wire

    def unjoined(self, transport: str = "websocket") -> Wire:
        return Wire(self.engine.session() if transport == "websocket" else self.engine.polling())

    def returned(self, wire: Wire, user: str, transport: str = "websocket") -> tuple[Wire, list[tuple[str, Any]]]:
        """Comes back as a stock client does after its connection was lost; also what came before the answer."""
        auth: dict[str, Any] = {"token": token(user), "pid": wire.pid}
        if wire.offset is not None:
            auth["offset"] = wire.offset
        again = self.unjoined(transport)
        again.offset = wire.offset
        return again, again.join(auth)

    def stock(self, user: str, *transports: str, **options: Any) -> SocketIOClient:
        """python-socketio's client."""
        return SocketIOClient(
            f"http://127.0.0.1:{self.socketio_port}", auth={"token": token(user, roles=options.pop("roles", None))},
            transports=transports or ("websocket",), **options)

    def plain(self, user: str, *channels: str, positions: bool = False) -> Client:
        client = Client(self.url(token(user)) + ("&positions=1" if positions else ""))
        assert client.receive() == {"user": user}
        for channel in channels:
            assert client.ask({"type": "subscribe", "channel": channel}) == {"type": "subscribed", "channel": channel}
        return client
