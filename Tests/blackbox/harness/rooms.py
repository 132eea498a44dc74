# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform under test: the server, payloads as its document shows them, and clients that judge acks and events."""

import copy
import json
import pathlib
import uuid
from typing import Any

from .both import Wire
from .client import is_timestamp
from .engineio import Endpoint
from .ports import free_port
from .server import ROOT, Server
from .stock import SocketIOClient
from .tokens import SECRET, token
from .waiting import eventually

ROOMS = ROOT / "Contracts" / "rooms.yaml"
#: The address that every block prints.
PRINTED = "wss://api.platform.example.com"
#: The room that every block prints.
PRINTED_ROOM = "room_xyz789"
TIME = "2025-01-15T10:00:00Z"
PERMISSION_DENIED = "You don't have permission to perform this action"


def unique(kind: str) -> str:
    return f"{kind}_{uuid.uuid4().hex[:10]}"


def room(room: str, name: str = "New Year Lottery 2025", status: str = "active") -> dict[str, str]:
    """As an ack of `room:subscribe` has it."""
    return {"id": room, "name": name, "status": status}


def participant(user: str, id: str = "part_123abc") -> dict[str, Any]:
    return {
        "id": id, "userId": user, "role": "participant", "joinedAt": TIME,
        "user": {"id": user, "name": "John Doe", "avatar": "https://..."},
    }


class RoomClient(SocketIOClient):
    """A stock client in the namespace `/`, or in others."""

    def subscribe(self, room: str, **options: Any) -> dict[str, Any]:
        """Subscribes to a room, which must be allowed, and takes the event behind the ack. Gives the ack."""
        ack = self.call("room:subscribe", {"roomId": room}, **options)
        assert ack["success"] is True, ack
        assert set(ack) == {"success", "room", "data"} and ack["data"] == {"room": ack["room"]}, ack
        data, *_ = self.expect("room:subscribed", **options)
        assert set(data) == {"roomId", "timestamp"} and data["roomId"] == room and is_timestamp(data["timestamp"]), data
        return ack

    def refusal(self, name: str, *values: Any, **options: Any) -> dict[str, Any]:
        """Calls what must be refused, and gives the error."""
        ack = self.call(name, *values, **options)
        assert set(ack) == {"success", "error"} and ack["success"] is False, ack
        assert set(ack["error"]) == {"code", "message"}, ack
        return ack["error"]


class Rooms(Server):
    """One server of the room platform."""

    def __init__(self, data: pathlib.Path, *contracts: pathlib.Path, **options: Any) -> None:
        options = {"name": "rooms", "port": free_port(), "platform": "rooms"} | options
        variables = {
            "ROOMS_PORT": str(options["port"]), "ROOMS_JWT_SECRET": SECRET, "RANGKAI_PORT": None, "RANGKAI_JWT_SECRET": None,
        }
        super().__init__(data, *(contracts or (ROOMS,)), **(variables | options))
        self.address = f"http://127.0.0.1:{self.port}"
        #: For programs: printed addresses lead here.
        self.hosts = {PRINTED: self.address}

    # Clients

    def client(
        self, user: str | None, *, roles: list[str] | None = None, address: str | None = None, **options: Any
    ) -> RoomClient:
        """Connects as this user; None: without a token. `auth` of the options wins. `address`: not directly."""
        options.setdefault("auth", {"token": token(user, roles=roles, name="John Doe", avatar="https://...")} if user else {})
        return RoomClient(address or self.address, **options)

    def refused(self, auth: object, namespace: str = "/", **options: Any) -> dict[str, Any]:
        """What a client is told that must not get in: `message` and `data`."""
        with RoomClient(self.address, auth=auth, namespaces=(namespace,), must_connect=False, **options) as client:
            return client.expect("connect_error", namespace=namespace)[0]

    def wire(self) -> Wire:
        """A client that speaks packets and has joined nothing yet."""
        return Wire(Endpoint(self.port, "/socket.io/").session())

    # The backend

    def open_room(self, *users: str, room: str | None = None, status: str = "active", **others: Any) -> str:
        """Makes a room with these participants, and gives its id."""
        room = room or unique("room")
        summary = {"id": room, "name": "New Year Lottery 2025", "status": status} | others
        self.admin.publish("room:created", {"roomId": room, "room": summary, "timestamp": TIME})
        for user in users:
            self.join(room, user)
        return room

    def join(self, room: str, user: str) -> None:
        self.admin.publish("participant:joined", {"roomId": room, "participant": participant(user), "timestamp": TIME})

    def leave(self, room: str, user: str) -> None:
        data = {"roomId": room, "participantId": "part_123abc", "userId": user, "timestamp": TIME}
        self.admin.publish("participant:left", data)

    def subscribers(self, room: str) -> int:
        return self.admin.channels().get(f"room:{room}", 0)

    def eventually_subscribed(self, room: str, count: int) -> None:
        eventually(lambda: self.subscribers(room) == count, what=f"{count} subscribers of {room}")

    def put_user(self, user: str, **content: str) -> None:
        answer = self.admin.http.put(f"/v1/platforms/rooms/users/{user}", json=content)
        assert answer.status_code == 200, answer.text

    def revoke(self, **what: str) -> int:
        """Revokes tokens and gives how many connections ended."""
        answer = self.admin.http.post("/v1/platforms/rooms/revocations", json=what)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["disconnected"])


#: The documented payloads of what backends publish to a room, by event.
EXAMPLES: dict[str, Any] = json.loads(
    (pathlib.Path(__file__).parents[1] / "documents" / "rooms-payloads.json").read_text(encoding="utf-8")
)
#: Which requirement an event is that rooms go on after.
EVENTS = {
    "room:updated": "ROOM-022", "room:status_changed": "ROOM-023", "participant:joined": "ROOM-025",
    "participant:left": "ROOM-026", "participant:updated": "ROOM-027", "prize:created": "ROOM-028",
    "prize:updated": "ROOM-029", "prize:deleted": "ROOM-030", "winner:selected": "ROOM-031", "winner:removed": "ROOM-032",
}


def example(event: str, room: str = PRINTED_ROOM) -> dict[str, Any]:
    """The documented payload, for another room if need be."""
    data = copy.deepcopy(EXAMPLES[event])
    data["roomId"] = room
    if "room" in data:
        data["room"]["id"] = room
    return data
