# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: errors, acknowledgements, limits, rights to every action, what costs what, audit and metrics."""

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from harness.contracts import derived
from harness.metrics import total
from harness.rooms import PERMISSION_DENIED, ROOMS, TIME, Rooms, unique
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement


@requirement("ROOM-050", "ROOM-051", "ROOM-053")
def test_a_failed_action_without_a_callback_is_told_by_the_event_error(rooms: Rooms) -> None:
    room = rooms.open_room(unique("usr"))
    with rooms.client(unique("usr")) as client:
        client.emit("room:subscribe", {"roomId": room})
        assert client.expect("error") == (
            {
                "code": "PERMISSION_DENIED", "message": PERMISSION_DENIED,
                "details": {"action": "room:subscribe", "roomId": room},
            },
        )
        # With a callback it is the callback that is told, once.
        client.refusal("room:subscribe", {"roomId": room})
        client.expect_silence("error")


@requirement("ROOM-052", "ROOM-D17")
def test_each_code_has_its_cause_and_its_text(rooms: Rooms) -> None:
    room = rooms.open_room(unique("usr"))
    causes = {
        ("PERMISSION_DENIED", PERMISSION_DENIED): ("room:subscribe", {"roomId": room}),
        ("ROOM_NOT_FOUND", "Room doesn't exist"): ("room:subscribe", {"roomId": "none"}),
        ("INVALID_PAYLOAD", "Invalid event payload"): ("room:subscribe", {"roomId": 7}),
    }
    with rooms.client(unique("usr")) as client:
        for (code, message), call in causes.items():
            assert client.refusal(*call) == {"code": code, "message": message}
        # A command that is not configured.
        assert client.refusal("prize:create", {"roomId": room})["code"] == "INVALID_PAYLOAD"
        client.emit("prize:create", {"roomId": room})
        assert client.expect("error")[0]["details"] == {"action": "prize:create", "roomId": room}
    assert rooms.refused({"token": "x"})["data"]["code"] == "AUTHENTICATION_FAILED"


@requirement("ROOM-053", "ROOM-054", "ROOM-055")
def test_every_client_event_calls_its_callback_exactly_once(rooms: Rooms, javascript: Callable[..., Any]) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    calls = [
        (event, argument)
        for event in ("room:subscribe", "presence:get_online", "room:unsubscribe", "notification:mark_read", "quiz:unknown")
        for argument in ({"roomId": room}, {"roomId": "none"}, {}, 7, None)
    ]
    program = javascript(
        f"""const socket = io('{rooms.address}', {{ auth: {{ token: userToken }} }});
        const counts = calls.map(() => 0);
        calls.forEach(([event, argument], index) => {{
          socket.emit(event, argument, (...values) => {{ counts[index] += 1; say('answer', index, values); }});
        }});""",
        names={"userToken": token(user), "calls": calls},
    )
    for _ in calls:
        index, values = program.expect("answer")
        assert len(values) == 1, (calls[index], values)
        ack = values[0]
        if ack["success"]:
            assert set(ack) >= {"success", "data"} and isinstance(ack["data"], dict), (calls[index], ack)
        else:
            assert set(ack) == {"success", "error"} and set(ack["error"]) == {"code", "message"}, (calls[index], ack)
    program.run("say('counts', counts);")
    assert program.expect("counts") == [[1] * len(calls)]


@requirement("ROOM-065")
def test_the_event_after_the_hundredth_in_a_minute_is_refused_and_the_connection_stays(
    serve_rooms: Callable[..., Rooms],
) -> None:
    server = serve_rooms()
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user) as client, server.client(user) as other:
        client.subscribe(room)
        for _ in range(99):
            assert client.call("presence:get_online", {"roomId": room})["success"] is True
        assert client.refusal("presence:get_online", {"roomId": room}) == {
            "code": "RATE_LIMIT_EXCEEDED", "message": "Too many events",
        }
        client.emit("presence:get_online", {"roomId": room})
        assert client.expect("error")[0]["code"] == "RATE_LIMIT_EXCEEDED"
        # Another connection has a count of its own, and this one still hears its room.
        assert other.call("presence:get_online", {"roomId": room})["success"] is True
        data = {"roomId": room, "prizeId": "p", "timestamp": TIME}
        server.admin.publish("prize:deleted", data)
        assert client.expect("prize:deleted")[0] == data


@requirement("ROOM-081", "ROOM-049", "ROOM-067")
def test_every_action_is_refused_to_a_user_without_any_right(rooms: Rooms) -> None:
    room = rooms.open_room(unique("usr"))
    notification = unique("notif")
    data = {
        "id": notification, "type": "t", "title": "t", "message": "m", "data": {}, "read": False, "createdAt": TIME,
    }
    rooms.admin.publish("notification:received", data, users=[unique("usr")], id=notification)
    actions = re.findall(r'^  "([a-z_]+:[a-z_]+)":\n    does: (\w+)\n(?!    as: app)', ROOMS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(actions) == 4
    arguments: dict[str, Any] = {"roomId": room, "notificationId": notification}
    with rooms.client(unique("usr")) as client:
        for action, operation in actions:
            if operation == "unsubscribe":
                # Of the client's own subscriptions only; there is none that it could end.
                assert client.call(action, arguments)["success"] is True
            else:
                assert client.refusal(action, arguments)["code"] == "PERMISSION_DENIED", action
        # Nothing that a client says is published to anybody.
        for event in ("room:updated", "prize:created", "platform:announcement"):
            assert client.refusal(event, {"roomId": room, "timestamp": TIME})["code"] == "INVALID_PAYLOAD"
    assert rooms.refused({"token": token(unique("usr"))}, f"/rooms/{room}")["data"]["code"] == "PERMISSION_DENIED"


@requirement("ROOM-082")
def test_a_publication_costs_what_its_room_costs_not_what_all_connections_cost(rooms: Rooms) -> None:
    user = unique("usr")
    here, elsewhere = rooms.open_room(user), rooms.open_room(user)

    def deliveries() -> float:
        return total(rooms.admin.metrics(), "switchboard_deliveries_total", platform="rooms")

    with rooms.client(user) as client:
        client.subscribe(here)
        strangers = [rooms.client(user) for _ in range(10)]
        try:
            for stranger in strangers:
                stranger.subscribe(elsewhere)
            before = deliveries()
            receipts = [
                rooms.admin.publish("prize:deleted", {"roomId": here, "prizeId": "p", "timestamp": TIME}) for _ in range(5)
            ]
            for _ in receipts:
                client.expect("prize:deleted")
            assert [receipt["receivers"] for receipt in receipts] == [1] * 5
            assert deliveries() - before == 5
        finally:
            for stranger in strangers:
                stranger.close()


@requirement("ROOM-083")
def test_the_audit_log_has_each_subscription_refusal_and_publication(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path
) -> None:
    audit = tmp_path / "audit.log"
    server = serve_rooms(arguments=("--audit-log", str(audit)))
    user = unique("usr")
    room, foreign = server.open_room(user), server.open_room()
    with server.client(user) as client:
        client.subscribe(room)
        client.refusal("room:subscribe", {"roomId": foreign})
        client.call("room:unsubscribe", {"roomId": room})
    server.refused({"token": "x"})
    server.admin.publish("prize:deleted", {"roomId": room, "prizeId": "p", "timestamp": TIME})

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in audit.read_text(encoding="utf-8").splitlines()]

    eventually(lambda: any(line.get("event") == "prize:deleted" for line in lines()))
    eventually(lambda: any(line["action"] == "disconnect" for line in lines()))
    eventually(lambda: any(line["action"] == "refuse" for line in lines()))
    told = [
        (line["action"], line.get("channel"), line["decision"])
        for line in lines()
        if line.get("user") == user and line.get("channel", "").startswith("room:") and line["action"] != "admin"
    ]
    assert told == [
        ("subscribe", f"room:{room}", "allowed"),
        ("subscribe", f"room:{foreign}", "denied"),
        ("unsubscribe", f"room:{room}", "allowed"),
    ]
    assert all("time" in line for line in lines())


@requirement("ROOM-084")
def test_the_operator_sees_the_health_of_connections(serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path) -> None:
    def ping_often(contract: dict[str, Any]) -> None:
        contract["heartbeat"] = {"every": "1s", "timeout": "1s"}

    server = serve_rooms(derived(tmp_path, ping_often, source=ROOMS))
    user = unique("usr")

    def figure(name: str, **labels: str) -> float:
        return total(server.admin.metrics(), name, platform="rooms", **labels)

    def transports() -> dict[str, bool]:
        """By what the user's connections are carried, and whether a ping was answered over it."""
        found = server.admin.connections(user)
        return {each["transport"]: isinstance(each["pingMilliseconds"], int) for each in found}

    with server.client(user), server.client(user, transports=["polling"]):
        eventually(lambda: figure("switchboard_connections") == 2)
        for transport in ("websocket", "polling"):
            assert figure("switchboard_socketio_sessions", transport=transport) == 1
        eventually(lambda: transports() == {"websocket": True, "polling": True}, what="answered pings")
        assert figure("switchboard_socketio_pongs_total") >= 2
        assert figure("switchboard_socketio_ping_seconds_total") >= 0
    eventually(lambda: figure("switchboard_connections") == 0)
    assert figure("switchboard_socketio_ended_total") == 2
