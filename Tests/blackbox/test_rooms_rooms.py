# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: subscribing to rooms, and the events of rooms, participants, prizes and winners."""

import re
from typing import Any

import pytest

from harness.client import is_timestamp
from harness.rooms import EVENTS, EXAMPLES, PERMISSION_DENIED, ROOMS, TIME, Rooms, example, room, unique

requirement = pytest.mark.requirement


# Subscribing


@requirement("ROOM-015", "ROOM-016", "ROOM-054", "ROOM-D06", "ROOM-D07")
def test_subscribing_answers_with_the_room_and_then_sends_the_event(rooms: Rooms) -> None:
    user = unique("usr")
    id = rooms.open_room(user)
    with rooms.client(user) as client:
        ack = client.call("room:subscribe", {"roomId": id})
        assert ack == {"success": True, "room": room(id), "data": {"room": room(id)}}
        data, *rest = client.expect("room:subscribed")
        assert data == {"roomId": id, "timestamp": data["timestamp"]} and is_timestamp(data["timestamp"]) and not rest
        assert client.call("room:subscribe", {"roomId": id})["success"] is True
    assert [told.name for told in client.told[:2]] == ["connect", "room:subscribed"]


@requirement("ROOM-017", "ROOM-018", "ROOM-051", "ROOM-055", "ROOM-067")
def test_a_refused_subscription_says_why_and_delivers_nothing(rooms: Rooms) -> None:
    user = unique("usr")
    foreign = rooms.open_room(unique("usr"))
    with rooms.client(user) as client:
        assert client.refusal("room:subscribe", {"roomId": foreign}) == {
            "code": "PERMISSION_DENIED", "message": PERMISSION_DENIED,
        }
        assert client.refusal("room:subscribe", {"roomId": unique("room")}) == {
            "code": "ROOM_NOT_FOUND", "message": "Room doesn't exist",
        }
        for wrong in ({}, {"roomId": 7}, {"roomId": None}, {"roomId": ""}, {"roomId": ["a"]}, {"roomId": "x" * 500}):
            assert client.refusal("room:subscribe", wrong) == {
                "code": "INVALID_PAYLOAD", "message": "Invalid event payload",
            }, wrong
        assert client.refusal("room:subscribe", "room_1")["code"] == "INVALID_PAYLOAD"
        assert client.refusal("room:subscribe")["code"] == "INVALID_PAYLOAD"
        rooms.admin.publish("prize:deleted", example("prize:deleted", foreign))
        client.expect_silence("prize:deleted")
        client.expect_silence("room:subscribed")
    assert rooms.subscribers(foreign) == 0


@requirement("ROOM-019", "ROOM-020", "ROOM-021", "ROOM-054", "ROOM-D07")
def test_unsubscribing_ends_delivery_with_and_without_a_callback(rooms: Rooms) -> None:
    user = unique("usr")
    first, second = rooms.open_room(user), rooms.open_room(user)
    with rooms.client(user) as client:
        client.subscribe(first)
        client.subscribe(second)
        client.emit("room:unsubscribe", {"roomId": first})
        data, *_ = client.expect("room:unsubscribed")
        assert data == {"roomId": first, "timestamp": data["timestamp"]} and is_timestamp(data["timestamp"])
        ack = client.call("room:unsubscribe", {"roomId": second})
        assert ack == {"success": True, "data": {"roomId": second}}
        assert client.expect("room:unsubscribed")[0]["roomId"] == second
        for id in (first, second):
            rooms.admin.publish("prize:deleted", example("prize:deleted", id))
        client.expect_silence("prize:deleted")


# Events


@pytest.mark.parametrize(
    "event", [pytest.param(event, marks=requirement(id, "ROOM-033", "ROOM-062")) for event, id in EVENTS.items()]
)
def test_an_event_of_a_room_reaches_its_subscribers_as_it_was_published_and_nobody_else(rooms: Rooms, event: str) -> None:
    user, other = unique("usr"), unique("usr")
    here, elsewhere = rooms.open_room(user, other), rooms.open_room(user, other)
    with rooms.client(user, namespaces=("/", f"/rooms/{here}")) as client, rooms.client(other) as stranger:
        client.subscribe(here)
        stranger.subscribe(elsewhere)
        data = example(event, here)
        receipt = rooms.admin.publish(event, data)
        for namespace in ("/", f"/rooms/{here}"):
            received, id = client.expect(event, namespace=namespace)
            assert received == data and isinstance(id, str) and id == receipt["id"]
        stranger.expect_silence(event)


@requirement("ROOM-024", "ROOM-D08")
def test_a_deleted_room_says_so_and_then_nothing_more(rooms: Rooms) -> None:
    user = unique("usr")
    id = rooms.open_room(user)
    with rooms.client(user) as client:
        client.subscribe(id)
        rooms.admin.publish("room:deleted", example("room:deleted", id))
        assert client.expect("room:deleted")[0] == example("room:deleted", id)
        rooms.eventually_subscribed(id, 0)
        rooms.admin.publish("prize:deleted", example("prize:deleted", id))
        client.expect_silence("prize:deleted")
        client.expect_silence("room:unsubscribed")
        assert client.refusal("room:subscribe", {"roomId": id})["code"] == "ROOM_NOT_FOUND"


@requirement("ROOM-022", "ROOM-023", "ROOM-D09")
def test_the_summary_of_a_room_follows_its_events(rooms: Rooms) -> None:
    user = unique("usr")
    id = rooms.open_room(user, status="draft")
    with rooms.client(user) as client:
        assert client.subscribe(id)["room"] == room(id, status="draft")
        rooms.admin.publish("room:status_changed", example("room:status_changed", id))
        assert client.call("room:subscribe", {"roomId": id})["room"] == room(id, status="active")
        rooms.admin.publish("room:updated", example("room:updated", id))
        # An update says a status, and no change of status follows from it.
        client.expect("room:status_changed")
        client.expect_silence("room:status_changed")
        assert client.call("room:subscribe", {"roomId": id})["room"] == room(id, "Updated Room Name")


@requirement("ROOM-014", "ROOM-D03")
@pytest.mark.parametrize("name", ["draw", "draw.started", "draw_started", ":started", "draw:", ""])
def test_a_name_of_another_form_is_refused(rooms: Rooms, name: str) -> None:
    user = unique("usr")
    id = rooms.open_room(user)
    for target in (f"room:{id}", "everyone", f"user:{user}"):
        answer = rooms.admin.try_publish(name, {"timestamp": TIME}, to=[target])
        assert 400 <= answer.status_code < 500, (name, answer.text)
    with rooms.client(user) as client:
        client.subscribe(id)
        rooms.admin.publish("lottery:draw_started", {"drawNumber": 1}, to=[f"room:{id}"])
        assert client.expect("lottery:draw_started")[0] == {"drawNumber": 1}


@requirement("ROOM-014")
def test_every_event_of_the_platform_is_named_entity_and_action() -> None:
    events = re.findall(r"^  (\S+):\n    description: ", ROOMS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name.strip('"') for name in events} > set(EXAMPLES)
    for name in events:
        assert re.fullmatch(r'"[a-z]+:[a-z_]+"', name), name


@requirement("ROOM-062", "ROOM-080")
@pytest.mark.parametrize("event", [*EVENTS, "room:deleted"])
def test_a_payload_without_a_documented_field_is_refused(rooms: Rooms, event: str) -> None:
    id = rooms.open_room()
    for field in EXAMPLES[event]:
        data = example(event, id)
        del data[field]
        answer = rooms.admin.try_publish(event, data)
        assert answer.status_code == 422 and answer.json()["error"]["code"] == "invalidPayload", (field, answer.text)
        wrong = example(event, id) | {field: 7}
        assert rooms.admin.try_publish(event, wrong).status_code == 422, field


# Rights


@requirement("ROOM-069", "ROOM-D21")
def test_who_leaves_a_room_hears_nothing_more_of_it(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    id = rooms.open_room(user, other)
    namespace = f"/rooms/{id}"
    with rooms.client(user, namespaces=("/", namespace)) as client, rooms.client(other) as witness:
        client.subscribe(id)
        witness.subscribe(id)
        rooms.leave(id, user)
        assert witness.expect("participant:left")[0]["userId"] == user
        rooms.admin.publish("prize:deleted", example("prize:deleted", id))
        witness.expect("prize:deleted")
        for each in ("/", namespace):
            client.expect_silence("prize:deleted", namespace=each)
        assert client.refusal("room:subscribe", {"roomId": id})["code"] == "PERMISSION_DENIED"


@requirement("ROOM-067", "ROOM-D21")
def test_participants_the_owner_and_admins_may_enter(rooms: Rooms) -> None:
    participant, owner = unique("usr"), unique("usr")
    id = rooms.open_room(participant, ownerId=owner)
    for user, roles in ((participant, None), (owner, None), (unique("usr"), ["admin"])):
        with rooms.client(user, roles=roles) as client:
            client.subscribe(id)
    with rooms.client(unique("usr"), roles=["user"]) as client:
        assert client.refusal("room:subscribe", {"roomId": id})["code"] == "PERMISSION_DENIED"


@requirement("ROOM-D21")
def test_rooms_may_be_public(serve_rooms: Any) -> None:
    server = serve_rooms(ROOMS_ACCESS="everyone")
    id = server.open_room()
    with server.client(unique("usr")) as client:
        client.subscribe(id)
        assert client.refusal("room:subscribe", {"roomId": "none"})["code"] == "ROOM_NOT_FOUND"
