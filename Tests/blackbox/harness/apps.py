# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Apps of the room platform, as they publish over HTTP, and their registry."""

from typing import Any

import httpx

from .documents import printed
from .rooms import Rooms


class AppBackend:
    """One app that publishes into rooms."""

    def __init__(self, rooms: Rooms, id: str, key: str) -> None:
        self.rooms = rooms
        self.id = id
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}", "X-App-Id": id}

    def post(self, room: str, content: str | bytes, **headers: str | None) -> httpx.Response:
        """Posts a body as it is; a header of None is left out. `X_App_Id` is X-App-Id."""
        others = {name.replace("_", "-"): value for name, value in headers.items()}
        fields = {"Content-Type": "application/json"} | self.headers | others
        return httpx.post(
            f"{self.rooms.address}/api/rooms/{room}/events", content=content, trust_env=False, timeout=30,
            headers={name: value for name, value in fields.items() if value is not None},
        )

    def try_publish(self, room: str, event: str, data: Any, **headers: str | None) -> httpx.Response:
        return self.post(room, httpx.Request("POST", "/", json={"event": event, "data": data}).content, **headers)

    def publish(self, room: str, event: str, data: Any, **headers: str | None) -> dict[str, Any]:
        """Publishes what must be accepted, and gives the answer."""
        answer = self.try_publish(room, event, data, **headers)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def refusal(self, room: str, event: str, data: Any, **headers: str | None) -> tuple[int, str, str]:
        """Publishes what must be refused, and gives status, code and message."""
        return refused(self.try_publish(room, event, data, **headers))


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert body["success"] is False and set(body) == {"success", "error"}, body
    assert set(body["error"]) == {"code", "message"}, body
    return answer.status_code, body["error"]["code"], body["error"]["message"]


def put_app(rooms: Rooms, id: str, /, **content: Any) -> httpx.Response:
    return rooms.admin.http.put(f"/v1/platforms/{rooms.admin.platform}/apps/{id}", json=content)


def register(rooms: Rooms, id: str, /, **content: Any) -> AppBackend:
    """Registers a new app, by default one that may publish."""
    answer = put_app(rooms, id, **({"permissions": ["realtime:publish"]} | content))
    assert answer.status_code == 200, answer.text
    return AppBackend(rooms, id, answer.json()["key"])


def printed_request(rooms: Rooms, room: str, key: str) -> httpx.Response:
    """Sends the document's request as it is printed, its placeholders filled in."""
    text = printed("rooms-app-event.http", {":roomId": room, "{appToken}": key})
    head, _, body = text.partition("\n\n")
    line, *fields = head.split("\n")
    method, target = line.split(" ")
    headers = [tuple(field.split(": ", 1)) for field in fields]
    return httpx.request(method, rooms.address + target, headers=headers, content=body.encode(), trust_env=False)  # type: ignore[arg-type]
