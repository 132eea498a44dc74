# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: notifications of one user, on all of his devices, kept and marked as read, and those that follow from a
winner."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.client import is_timestamp
from harness.rooms import PERMISSION_DENIED, TIME, RoomClient, Rooms, example, unique
from harness.tokens import token

requirement = pytest.mark.requirement
NOTIFIED = "notification:received"


def notification(id: str, **others: Any) -> dict[str, Any]:
    return {
        "id": id, "type": "winner_selected", "title": "Congratulations!", "message": "You won Grand Prize - iPhone 15",
        "data": {"roomId": "room_xyz789", "winnerId": "winner_ghi789", "prizeId": "prize_def456"}, "read": False,
        "createdAt": TIME,
    } | others


def winner(room: str, user: str) -> dict[str, Any]:
    data = example("winner:selected", room)
    data["winner"]["id"] = unique("winner")
    data["winner"]["participant"]["user"]["id"] = user
    return data


def listed(rooms: Rooms, user: str, **query: Any) -> list[dict[str, Any]]:
    """What the user finds at GET /api/notifications."""
    answer = httpx.get(
        f"{rooms.address}/api/notifications", params=query, headers={"Authorization": f"Bearer {token(user)}"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def from_winner(data: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    """The documented notification of this winner, with the id and time that it got."""
    assert is_timestamp(got["createdAt"])
    about = {"roomId": data["roomId"], "winnerId": data["winner"]["id"], "prizeId": data["winner"]["prizeId"]}
    return notification(got["id"], data=about, createdAt=got["createdAt"])


@requirement("ROOM-043")
def test_a_notification_reaches_all_sockets_of_its_user_and_nobody_else(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    room = rooms.open_room(user, other)
    data = notification(unique("notif"))
    with rooms.client(user) as first, rooms.client(user) as second, rooms.client(other) as stranger:
        for client in (first, stranger):
            client.subscribe(room)
        rooms.admin.publish(NOTIFIED, data, users=[user])
        for client in (first, second):
            assert client.expect(NOTIFIED)[0] == data
            client.expect_silence(NOTIFIED)
        stranger.expect_silence(NOTIFIED)


@requirement("ROOM-044", "ROOM-D14")
def test_what_one_device_has_read_is_read_on_all_and_after_a_kill(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms()
    user = unique("usr")
    first, second = notification(unique("notif")), notification(unique("notif"))
    with rooms.client(user) as phone, rooms.client(user) as page:
        for data in (first, second):
            rooms.admin.publish(NOTIFIED, data, users=[user])
            assert phone.expect(NOTIFIED)[0] == data and page.expect(NOTIFIED)[0] == data
        assert listed(rooms, user) == [first, second]
        assert phone.call("notification:mark_read", {"notificationId": first["id"]}) == {
            "success": True, "data": {"notificationId": first["id"]},
        }
        assert listed(rooms, user) == [first | {"read": True}, second]
    rooms.kill()
    rooms.start()
    assert listed(rooms, user) == [first | {"read": True}, second]
    with rooms.client(user) as returned:  # nothing is sent again
        returned.expect_silence(NOTIFIED)
        assert returned.call("notification:mark_read", {"notificationId": second["id"]})["success"] is True
    assert [item["read"] for item in listed(rooms, user)] == [True, True]


@requirement("ROOM-D14")
def test_the_list_is_the_users_own_in_pages_and_needs_a_token(rooms: Rooms) -> None:
    user = unique("usr")
    ids = [unique("notif") for _ in range(5)]
    for id in ids:
        rooms.admin.publish(NOTIFIED, notification(id), users=[user])
    assert [item["id"] for item in listed(rooms, user)] == ids
    assert [item["id"] for item in listed(rooms, user, limit=2)] == ids[-2:]
    assert [item["id"] for item in listed(rooms, user, since=TIME, limit=2)] == ids[:2]
    assert listed(rooms, unique("usr")) == []
    address = f"{rooms.address}/api/notifications"
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        assert httpx.get(address, headers=headers).status_code == 401
    own = {"Authorization": f"Bearer {token(user)}"}
    for query in ({"since": "yesterday"}, {"limit": "many"}):
        assert httpx.get(address, headers=own, params=query).status_code == 400


@requirement("ROOM-043", "ROOM-D14")
def test_an_id_that_contradicts_the_notification_is_refused(rooms: Rooms) -> None:
    user = unique("usr")
    data = notification(unique("notif"))
    assert rooms.admin.publish(NOTIFIED, data, users=[user])["id"] == data["id"]
    refused = rooms.admin.try_publish(NOTIFIED, data, users=[user], id="another")
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "invalidRequest", refused.text
    assert rooms.admin.try_publish(NOTIFIED, notification("n" * 65), users=[user]).status_code == 422
    assert len(listed(rooms, user)) == 1


@requirement("ROOM-D14")
def test_a_winner_is_notified_once_and_nobody_else(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    room = rooms.open_room(user, other)
    data = winner(room, user)
    with rooms.client(user) as client, rooms.client(other) as stranger:
        for one in (client, stranger):
            one.subscribe(room)
        receipts = [rooms.admin.publish("winner:selected", data, idempotencyKey=data["winner"]["id"]) for _ in range(2)]
        assert receipts[0]["channels"] == [f"room:{room}"] and receipts[0]["receivers"] == 2
        assert receipts[1]["duplicate"] is True and receipts[1]["id"] == receipts[0]["id"]
        for one in (client, stranger):
            assert one.expect("winner:selected")[0] == data
        got = client.expect(NOTIFIED)[0]
        assert got == from_winner(data, got)
        stranger.expect_silence(NOTIFIED)
        client.expect_silence(NOTIFIED)
        marked(client, got["id"])
    assert listed(rooms, user) == [got | {"read": True}]
    assert listed(rooms, other) == []


def marked(client: RoomClient, id: str) -> None:
    assert client.call("notification:mark_read", {"notificationId": id})["success"] is True


@requirement("ROOM-D14")
def test_a_winner_who_is_away_finds_one_notification_though_the_server_was_killed(
    serve_rooms: Callable[..., Rooms],
) -> None:
    rooms = serve_rooms()
    user = unique("usr")
    room = rooms.open_room(user)
    won = [winner(room, user) for _ in range(3)]
    for data in won:
        rooms.admin.publish("winner:selected", data, idempotencyKey=data["winner"]["id"])
    rooms.kill()
    rooms.start()
    for data in won:  # the backend, which has not heard the answer, tries again
        rooms.admin.publish("winner:selected", data, idempotencyKey=data["winner"]["id"])
    found = listed(rooms, user)
    assert found == [from_winner(data, got) for data, got in zip(won, found, strict=True)]
    assert len({got["id"] for got in found}) == 3


@requirement("ROOM-D14")
def test_each_winner_of_a_batch_is_notified_and_what_the_backend_sends_itself_stands_for_it(rooms: Rooms) -> None:
    users = [unique("usr") for _ in range(3)]
    room = rooms.open_room(*users)
    won = [winner(room, user) for user in users]
    own = notification(unique("notif"), title="Well done")
    batch: list[dict[str, Any]] = [{"event": "winner:selected", "data": data} for data in won]
    batch.insert(1, {"event": NOTIFIED, "data": own, "users": [users[1]]})
    answer = rooms.admin.publish_batch(batch)
    assert answer.status_code == 200 and len(answer.json()) == 4, answer.text
    assert [receipt["channels"] for receipt in answer.json()][1] == [f"user:{users[1]}"]
    assert listed(rooms, users[1]) == [own]
    for data, user in ((won[0], users[0]), (won[2], users[2])):
        found = listed(rooms, user)
        assert found == [from_winner(data, got) for got in found] and len(found) == 1
    broken = [{"event": "winner:selected", "data": won[0]}, {"event": "winner:selected", "data": {"roomId": room}}]
    assert rooms.admin.publish_batch(broken).status_code == 422
    assert len(listed(rooms, users[0])) == 1


@requirement("ROOM-D14")
def test_the_rule_can_be_switched_off(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_WINNER_NOTIFICATIONS="false")
    user = unique("usr")
    rooms.admin.publish("winner:selected", winner(rooms.open_room(user), user))
    assert listed(rooms, user) == []


@requirement("ROOM-045")
def test_a_notification_of_somebody_elses_is_not_marked(rooms: Rooms) -> None:
    user = unique("usr")
    data = notification(unique("notif"))
    rooms.admin.publish(NOTIFIED, data, users=[user])
    with rooms.client(unique("usr")) as stranger:
        denied = {"code": "PERMISSION_DENIED", "message": PERMISSION_DENIED}
        assert stranger.refusal("notification:mark_read", {"notificationId": data["id"]}) == denied
    assert listed(rooms, user) == [data]
