# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: who is online in a room, and what is marked as read."""

from collections.abc import Callable

import pytest

from harness.client import is_timestamp
from harness.rooms import PERMISSION_DENIED, TIME, Rooms, unique
from harness.tokens import token

requirement = pytest.mark.requirement


@requirement("ROOM-046", "ROOM-D15")
def test_a_room_is_told_that_a_user_came_and_his_own_sockets_are_not(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    room = rooms.open_room(user, other)
    with rooms.client(other) as watcher, rooms.client(user) as first, rooms.client(user) as second:
        watcher.subscribe(room)
        first.subscribe(room)
        data, *_ = watcher.expect("presence:user_online")
        assert data == {
            "roomId": room, "userId": user, "timestamp": data["timestamp"],
            "user": {"id": user, "name": "John Doe", "avatar": "https://..."},
        }
        assert is_timestamp(data["timestamp"])
        second.subscribe(room)
        watcher.expect_silence("presence:user_online")
        # That the watcher had come may be told to whoever came right after.
        assert user not in {told.values[0]["userId"] for told in first.told if told.name == "presence:user_online"}
        first.call("room:unsubscribe", {"roomId": room})
        watcher.expect_silence("presence:user_offline")
        second.call("room:unsubscribe", {"roomId": room})
        gone, *_ = watcher.expect("presence:user_offline")
        assert gone == {"roomId": room, "userId": user, "timestamp": gone["timestamp"]}
        assert is_timestamp(gone["timestamp"])


@requirement("ROOM-046", "ROOM-D15")
def test_a_user_without_an_avatar_has_null(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    room = rooms.open_room(user, other)
    with rooms.client(other) as watcher, rooms.client(user, auth={"token": token(user)}) as client:
        watcher.subscribe(room)
        client.subscribe(room)
        assert watcher.expect("presence:user_online")[0]["user"] == {"id": user, "name": None, "avatar": None}


def lose(rooms: Rooms, user: str, room: str) -> None:
    """Has a user come to a room and then lose the connection; one more is subscribed there."""
    wire = rooms.wire()
    wire.join({"token": token(user)})
    assert wire.call("room:subscribe", {"roomId": room})[0]["success"] is True
    wire.cut()
    rooms.eventually_subscribed(room, 1)


@requirement("ROOM-047", "ROOM-D15")
def test_a_user_whose_connection_was_lost_is_gone_after_the_grace(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    room = rooms.open_room(user, other)
    with rooms.client(other) as watcher:
        watcher.subscribe(room)
        lose(rooms, user, room)
        watcher.expect("presence:user_online")
        gone, *_ = watcher.expect("presence:user_offline")
        assert gone == {"roomId": room, "userId": user, "timestamp": gone["timestamp"]}
        with rooms.client(user) as back:
            back.subscribe(room)
            watcher.expect("presence:user_online")


@requirement("ROOM-047", "ROOM-D15")
def test_a_user_who_is_back_within_the_grace_was_never_gone(serve_rooms: Callable[..., Rooms]) -> None:
    server = serve_rooms(ROOMS_OFFLINE_AFTER="10m")
    user, other = unique("usr"), unique("usr")
    room = server.open_room(user, other)
    with server.client(other) as watcher:
        watcher.subscribe(room)
        lose(server, user, room)
        watcher.expect("presence:user_online")
        assert watcher.call("presence:get_online", {"roomId": room})["count"] == 2
        with server.client(user) as back:
            back.subscribe(room)
            for event in ("presence:user_online", "presence:user_offline"):
                watcher.expect_silence(event)
            # Unsubscribing has no grace.
            back.call("room:unsubscribe", {"roomId": room})
            assert watcher.expect("presence:user_offline")[0]["userId"] == user


@requirement("ROOM-048", "ROOM-D16", "ROOM-054")
def test_the_list_has_everybody_who_is_online(rooms: Rooms) -> None:
    users = [unique("usr") for _ in range(3)]
    room = rooms.open_room(*users)
    with rooms.client(users[0]) as first, rooms.client(users[1]) as second:
        first.subscribe(room)
        second.subscribe(room)
        answer = second.call("presence:get_online", {"roomId": room})
        assert set(answer) == {"success", "roomId", "users", "count", "data"} and answer["success"] is True
        assert answer["data"] == {key: answer[key] for key in ("roomId", "users", "count")}
        assert answer["roomId"] == room and answer["count"] == len(answer["users"]) == 2
        for user, entry in zip(users, answer["users"], strict=False):
            assert entry == {
                "id": user, "name": "John Doe", "avatar": "https://...", "connectedAt": entry["connectedAt"],
            }
            assert is_timestamp(entry["connectedAt"])


@requirement("ROOM-049")
def test_the_list_is_refused_without_the_right_to_the_room(rooms: Rooms) -> None:
    room = rooms.open_room(unique("usr"))
    with rooms.client(unique("usr")) as client:
        assert client.refusal("presence:get_online", {"roomId": room}) == {
            "code": "PERMISSION_DENIED", "message": PERMISSION_DENIED,
        }
        assert client.refusal("presence:get_online", {"roomId": "none"})["code"] == "ROOM_NOT_FOUND"
        assert client.refusal("presence:get_online", {})["code"] == "INVALID_PAYLOAD"


@requirement("ROOM-045")
def test_marking_what_is_not_ones_own_is_refused_and_changes_nothing(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    notification = unique("notif")
    data = {
        "id": notification, "type": "winner_selected", "title": "Congratulations!", "message": "You won", "data": {},
        "read": False, "createdAt": TIME,
    }
    rooms.admin.publish("notification:received", data, users=[user], id=notification)
    denied = {"code": "PERMISSION_DENIED", "message": PERMISSION_DENIED}
    with rooms.client(user) as client, rooms.client(other) as stranger:
        assert stranger.refusal("notification:mark_read", {"notificationId": notification}) == denied
        assert client.refusal("notification:mark_read", {"notificationId": unique("notif")}) == denied
        assert client.refusal("notification:mark_read", {})["code"] == "INVALID_PAYLOAD"
        for _ in range(2):
            ack = client.call("notification:mark_read", {"notificationId": notification})
            assert ack == {"success": True, "data": {"notificationId": notification}}
        assert stranger.refusal("notification:mark_read", {"notificationId": notification}) == denied
