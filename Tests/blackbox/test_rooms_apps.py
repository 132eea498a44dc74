# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: apps that publish into rooms, what they may, how much of it, and how they are registered."""

import concurrent.futures
import json
import pathlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.apps import AppBackend, printed_request, put_app, refused, register
from harness.client import is_timestamp
from harness.metrics import total
from harness.rooms import Rooms, unique
from harness.server import ROOT
from harness.tokens import token

requirement = pytest.mark.requirement
MANIFEST = ROOT / "Contracts" / "apps" / "rooms.yaml"
#: What `app_lottery_v1` tells, as the document has it.
DRAW = {"drawNumber": 1, "totalPrizes": 10, "estimatedDuration": 300}
FORBIDDEN = (403, "APP_PERMISSION_DENIED", "App lacks required permission")
LIMITED = (429, "RATE_LIMIT_EXCEEDED", "Too many events")


@pytest.fixture
def app(rooms: Rooms) -> AppBackend:
    """An app of this test's own."""
    return register(rooms, unique("app"))


def event(app: AppBackend, action: str = "told") -> str:
    return f"{app.id}:{action}"


# Publishing


@requirement("ROOM-034", "ROOM-035", "ROOM-036", "ROOM-D10", "ROOM-D12")
def test_the_printed_request_runs_and_the_room_hears_what_the_app_sent(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_APPS=str(MANIFEST), LOTTERY_KEY="key-of-the-lottery-0123456789")
    user = unique("usr")
    room = rooms.open_room(user)
    with rooms.client(user) as client, rooms.client(user) as elsewhere:
        client.subscribe(room)
        answer = printed_request(rooms, room, "key-of-the-lottery-0123456789")
        assert answer.status_code == 202, answer.text
        body = answer.json()
        assert body["success"] is True and set(body) == {"success", "data"}
        assert set(body["data"]) == {"eventId", "roomId", "event", "timestamp"}
        assert body["data"]["roomId"] == room and body["data"]["event"] == "lottery:draw_started"
        assert is_timestamp(body["data"]["timestamp"])
        data, id = client.expect("lottery:draw_started")
        assert data == DRAW and id == body["data"]["eventId"]
        elsewhere.expect_silence("lottery:draw_started")


@requirement("ROOM-036")
def test_a_payload_arrives_byte_for_byte(rooms: Rooms, app: AppBackend) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    data = '{ "b":1.50,  "a":"\\u00e4",\t"n":12345678901234567890, "e":[ ], "b":null }'
    wire = rooms.wire()
    wire.join({"token": token(user)})
    wire.send(f'42["room:subscribe",{{"roomId":"{room}"}}]')
    rooms.eventually_subscribed(room, 1)
    assert app.post(room, f'{{"event":"{event(app)}","data":{data}}}').status_code == 202
    while not (packet := wire.receive()).startswith(f'42["{event(app)}"'):
        pass
    assert data in packet


@requirement("ROOM-036")
@pytest.mark.parametrize("data", [[], [1, "a"], "text", 7, None, {}, {"data": {"data": {}}}])
def test_any_json_is_a_payload(rooms: Rooms, app: AppBackend, data: Any) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    with rooms.client(user) as client:
        client.subscribe(room)
        app.publish(room, event(app), data)
        assert client.expect(event(app))[0] == data


@requirement("ROOM-037", "ROOM-076", "ROOM-D12")
def test_an_app_without_the_permission_is_refused_and_nothing_is_broadcast(rooms: Rooms) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    app = register(rooms, unique("app"), permissions=["realtime:call"])
    with rooms.client(user) as client:
        client.subscribe(room)
        assert app.refusal(room, event(app), {}) == FORBIDDEN
        client.expect_silence(event(app))
        # What holds is looked up for each publication.
        assert put_app(rooms, app.id, permissions=["realtime:publish"]).status_code == 200
        app.publish(room, event(app), {"n": 1})
        assert client.expect(event(app))[0] == {"n": 1}
        assert put_app(rooms, app.id, permissions=[]).status_code == 200
        assert app.refusal(room, event(app), {}) == FORBIDDEN


@requirement("ROOM-038", "ROOM-075", "ROOM-D10")
def test_an_event_without_the_prefix_is_refused_with_those_that_are_allowed(rooms: Rooms) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    id = unique("app")
    app = register(rooms, id, prefixes=[f"draw{id}", f"wheel{id}"])
    with rooms.client(user) as client:
        client.subscribe(room)
        for name in ("lottery:draw_started", f"draw{id}", f"draw{id}:", f"draw{id}s:x", "room:deleted", f"x:draw{id}:y"):
            status, code, message = app.refusal(room, name, {})
            assert (status, code) == (403, "APP_PERMISSION_DENIED"), name
            assert all(f'"{prefix}:"' in message for prefix in (f"draw{id}", f"wheel{id}", id)), message
            client.expect_silence(name, during=0.05)
        for name in (f"draw{id}:x", f"wheel{id}:x:y", f"{id}:x"):
            app.publish(room, name, {})
            assert client.expect(name)[0] == {}


@requirement("ROOM-D12")
def test_the_key_and_the_id_of_an_app_belong_together(rooms: Rooms, app: AppBackend) -> None:
    room = rooms.open_room()
    other = register(rooms, unique("app"))
    for wrong in (None, other.id, "", app.id.upper()):
        assert app.refusal(room, event(app), {}, X_App_Id=wrong) == FORBIDDEN
    for wrong in (None, "Bearer", "Bearer nobody", f"Basic {app.key}", f"Bearer {token('usr_1')}", f"Bearer {app.key}x"):
        status, code, message = app.refusal(room, event(app), {}, Authorization=wrong)
        assert (status, code, message) == (401, "AUTHENTICATION_FAILED", "Invalid or expired token"), wrong
    # Nor does the key of the administrative API.
    key = rooms.admin.http.headers["Authorization"]
    assert app.refusal(room, event(app), {}, Authorization=key)[0] == 401


@requirement("ROOM-068", "ROOM-D12")
def test_an_app_publishes_into_its_rooms_alone_and_into_those_that_exist(rooms: Rooms, app: AppBackend) -> None:
    mine, foreign = rooms.open_room(), rooms.open_room()
    few = register(rooms, unique("app"), rooms=[mine])
    few.publish(mine, event(few), {})
    assert few.refusal(foreign, event(few), {}) == FORBIDDEN
    app.publish(foreign, event(app), {})
    assert app.refusal(unique("room"), event(app), {}) == (404, "ROOM_NOT_FOUND", "Room doesn't exist")
    rooms.admin.publish("room:deleted", {"roomId": foreign, "timestamp": "2025-01-15T10:00:00Z"})
    assert app.refusal(foreign, event(app), {})[:2] == (404, "ROOM_NOT_FOUND")


@requirement("ROOM-D12", "ROOM-080")
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "7", "{}", '{"data":{}}', '{"event":7}', '{"event":""}', '{"event":"' + "x" * 256 + '"}']
)
def test_a_body_of_another_form_is_an_invalid_payload(rooms: Rooms, app: AppBackend, body: str) -> None:
    answer = app.post(rooms.open_room(), body)
    assert refused(answer) == (400, "INVALID_PAYLOAD", "Invalid event payload")


@requirement("ROOM-079", "ROOM-080", "ROOM-D12")
def test_what_an_app_says_of_its_events_is_checked_and_served(rooms: Rooms) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    id = unique("app")
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    events = {f"{id}:counted": {"description": "One more.", "schema": schema, "example": {"n": 1}}, f"{id}:reset": {}}
    app = register(rooms, id, name="Counter", events=events)
    with rooms.client(user) as client:
        client.subscribe(room)
        for wrong in ({}, {"n": "1"}, [], None):
            assert app.refusal(room, f"{id}:counted", wrong)[:2] == (400, "INVALID_PAYLOAD")
        app.publish(room, f"{id}:counted", {"n": 2, "more": True})
        assert client.expect(f"{id}:counted")[0] == {"n": 2, "more": True}
        app.publish(room, f"{id}:other", {"n": "any"})
    answer = httpx.get(f"{rooms.address}/api/apps/{id}/events", trust_env=False)
    assert answer.status_code == 200
    assert answer.json() == [{"event": f"{id}:counted"} | events[f"{id}:counted"], {"event": f"{id}:reset"}]
    unknown = httpx.get(f"{rooms.address}/api/apps/nobody/events", trust_env=False)
    assert refused(unknown) == (404, "APP_NOT_FOUND", "App doesn't exist")


# Limits


def burst(app: AppBackend, rooms: list[str]) -> list[httpx.Response]:
    """Publishes into these rooms at once."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(lambda room: app.try_publish(room, event(app), {}), rooms))


@requirement("ROOM-039", "ROOM-D11", "ROOM-077")
def test_a_rooms_eleventh_event_is_refused_whatever_app_sends_it(serve_rooms: Callable[..., Rooms]) -> None:
    # An hour, so that no busy machine lets one go by; the shipped second is held against the clock in a unit test.
    rooms = serve_rooms(ROOMS_APP_ROOM_LIMIT="10/h")
    one, two = register(rooms, "app_one_v1"), register(rooms, "app_two_v1")
    room, other = rooms.open_room(), rooms.open_room()
    # What is refused counts nothing.
    for _ in range(3):
        assert one.refusal(room, "two:told", {})[0] == 403
    left = []
    for number in range(10):
        answer = (one if number % 2 else two).try_publish(room, f"{'one' if number % 2 else 'two'}:told", {})
        assert answer.status_code == 202, answer.text
        assert answer.headers["RateLimit-Limit"] == "10"
        left.append(int(answer.headers["RateLimit-Remaining"]))
    assert left == list(range(9, -1, -1))
    for app in (one, two):
        answer = app.try_publish(room, f"{app.id}:told", {})
        assert refused(answer) == LIMITED
        assert answer.headers["RateLimit-Remaining"] == "0" and answer.headers["RateLimit-Limit"] == "10"
        assert 3500 <= int(answer.headers["Retry-After"]) <= 3600
        assert answer.headers["RateLimit-Reset"] == answer.headers["Retry-After"]
    one.publish(other, "one:told", {})


@requirement("ROOM-039")
def test_ten_events_at_once_pass_and_no_more(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_APP_ROOM_LIMIT="10/h")
    app = register(rooms, "app_one_v1")
    room = rooms.open_room()
    statuses = sorted(answer.status_code for answer in burst(app, [room] * 24))
    assert statuses == [202] * 10 + [429] * 14


@requirement("ROOM-066", "ROOM-077", "ROOM-D20")
def test_an_apps_601st_event_is_refused_in_whatever_room(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_APP_LIMIT="600/h", ROOMS_APP_ROOM_LIMIT="10/h")
    app, other = register(rooms, "app_one_v1"), register(rooms, "app_two_v1")
    ids = [rooms.open_room() for _ in range(61)]
    answers = burst(app, [id for id in ids[:60] for _ in range(10)])
    assert [answer.status_code for answer in answers] == [202] * 600
    answer = app.try_publish(ids[60], event(app), {})
    assert refused(answer) == LIMITED
    assert answer.headers["RateLimit-Limit"] == "600" and answer.headers["RateLimit-Remaining"] == "0"
    other.publish(ids[60], event(other), {})
    # The limit of the app was reached, and so nothing was counted for the room.
    assert other.try_publish(ids[60], event(other), {}).headers["RateLimit-Remaining"] == "8"


@requirement("ROOM-077")
def test_an_answer_tells_what_is_left_under_the_smaller_limit(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_APP_LIMIT="4/h", ROOMS_APP_ROOM_LIMIT="3/h")
    app = register(rooms, "app_one_v1")
    one, two = rooms.open_room(), rooms.open_room()
    told = [app.try_publish(id, event(app), {}) for id in (one, one, two)]
    assert [answer.status_code for answer in told] == [202] * 3
    assert [(answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) for answer in told] == [
        ("3", "2"), ("3", "1"), ("4", "1"),
    ]


@requirement("ROOM-078")
def test_a_repeated_key_is_broadcast_once_and_gets_the_same_answer(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms(ROOMS_APP_ROOM_LIMIT="3/h")
    user = unique("usr")
    room = rooms.open_room(user)
    app, other = register(rooms, "app_one_v1"), register(rooms, "app_two_v1")
    with rooms.client(user) as client:
        client.subscribe(room)
        first = app.try_publish(room, event(app), {"n": 1}, Idempotency_Key="k 1")
        for _ in range(5):
            again = app.try_publish(room, event(app), {"n": 1}, Idempotency_Key="k 1")
            assert (again.status_code, again.content) == (first.status_code, first.content) == (202, first.content)
            # A repetition counts nothing.
            assert again.headers["RateLimit-Remaining"] == "2"
        assert app.refusal(room, event(app), {"n": 2}, Idempotency_Key="k 1")[:2] == (409, "IDEMPOTENCY_CONFLICT")
        # The key is the app's own.
        foreign = other.publish(room, event(other), {"n": 3}, Idempotency_Key="k 1")
        assert foreign["data"]["eventId"] != first.json()["data"]["eventId"]
        assert app.refusal(room, event(app), {}, Idempotency_Key="k" * 256)[:2] == (400, "INVALID_PAYLOAD")
        assert client.expect(event(app))[0] == {"n": 1}
        assert client.expect(event(other))[0] == {"n": 3}
        client.expect_silence(event(app))
        rooms.stop()
    rooms.start()
    again = app.try_publish(room, event(app), {"n": 1}, Idempotency_Key="k 1")
    assert (again.status_code, again.content) == (202, first.content)


# The registry


@requirement("ROOM-076")
def test_registered_apps_are_there_after_a_crash_and_keys_are_shown_once(serve_rooms: Callable[..., Rooms]) -> None:
    rooms = serve_rooms()
    room = rooms.open_room()
    app = register(rooms, "app_one_v1", name="One", rooms=[room])
    rooms.kill()
    rooms.start()
    app.publish(room, "one:told", {})
    http = rooms.admin.http
    shown = http.get("/v1/platforms/rooms/apps/app_one_v1").json()
    assert shown == {
        "id": "app_one_v1", "origin": "registry", "name": "One", "prefixes": ["one"],
        "permissions": ["realtime:publish"], "rooms": [room], "events": {},
    }
    assert http.get("/v1/platforms/rooms/apps").json() == {"apps": [shown], "suppressed": []}
    for file in rooms.data.rglob("*"):
        assert not file.is_file() or app.key.encode() not in file.read_bytes(), file


@requirement("ROOM-076")
def test_a_replaced_key_and_a_removed_app_hold_no_more_from_the_answer_on(rooms: Rooms, app: AppBackend) -> None:
    room = rooms.open_room()
    path = f"/v1/platforms/rooms/apps/{app.id}"
    answer = rooms.admin.http.post(f"{path}/key")
    assert answer.status_code == 200 and answer.json()["id"] == app.id
    assert app.refusal(room, event(app), {})[0] == 401
    again = AppBackend(rooms, app.id, answer.json()["key"])
    again.publish(room, event(again), {})
    assert rooms.admin.http.delete(path).status_code == 204
    assert again.refusal(room, event(again), {})[0] == 401
    for answer in (rooms.admin.http.delete(path), rooms.admin.http.post(f"{path}/key"), rooms.admin.http.get(path)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknownApp")


@requirement("ROOM-076")
def test_what_is_wrong_with_an_app_is_told_with_its_place(rooms: Rooms, app: AppBackend) -> None:
    id = unique("app")
    for content, status, pointer, message in (
        ({"permissions": ["realtime:publsh"]}, 422, "/permissions/0", 'did you mean "realtime:publish"?'),
        ({"prefixs": []}, 422, "/prefixs", 'did you mean "prefixes"?'),
        ({"prefixes": [app.id]}, 409, None, f'events of "{app.id}" begin with'),
        ({"prefixes": [f"{app.id}:sub"]}, 409, None, f'events of "{app.id}" begin with'),
        ({"prefixes": ["room"]}, 409, None, "the platform's own"),
        ({"prefixes": ["notification"]}, 409, None, "the platform's own"),
        ({"events": {f"{id}:x": {"schema": {"typ": "object"}}}}, 422, f"/events/{id}:x/schema/typ", "is not a keyword"),
        ({"webhook": {"url": "file:///etc/passwd", "secret": "whsec_" + "A" * 32}}, 422, "/webhook/url", "http"),
    ):
        answer = put_app(rooms, id, **content)
        error = answer.json()["error"]
        assert (answer.status_code, error.get("pointer")) == (status, pointer), (content, error)
        assert message in error["message"], error
    assert put_app(rooms, "app%20x").json()["error"]["code"] == "invalidPath"
    assert rooms.admin.http.get(f"/v1/platforms/rooms/apps/{id}").status_code == 404


# The manifest


def manifest(folder: pathlib.Path, apps: dict[str, Any]) -> pathlib.Path:
    file = folder / "apps.json"
    file.write_text(json.dumps({"apps": apps}, indent=1), encoding="utf-8")
    return file


KEYS = {"one": "key-of-app-one-0123456789", "two": "key-of-app-two-0123456789"}


@requirement("ROOM-076")
def test_a_manifest_is_read_again_with_the_contract_as_a_whole_or_not_at_all(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path
) -> None:
    one = {"key": KEYS["one"], "permissions": ["realtime:publish"]}
    file = manifest(tmp_path, {"app_one_v1": one})
    rooms = serve_rooms(ROOMS_APPS=str(file))
    room = rooms.open_room()
    first, second = (AppBackend(rooms, f"app_{name}_v1", key) for name, key in KEYS.items())
    first.publish(room, "one:told", {})
    assert second.refusal(room, "two:told", {})[0] == 401
    # Broken: what there was goes on.
    manifest(tmp_path, {"app_two_v1": {"key": KEYS["two"], "permissions": ["realtime:publsh"]}})
    answer = rooms.admin.http.post("/v1/reload")
    assert answer.status_code == 422
    fault, = answer.json()["faults"]
    assert fault["place"].startswith(f"{file}:") and fault["message"] == 'there is no permission "realtime:publsh"'
    assert fault["hint"] == 'did you mean "realtime:publish"?'
    first.publish(room, "one:told", {})
    manifest(tmp_path, {"app_two_v1": {"key": KEYS["two"], "permissions": ["realtime:publish"]}})
    assert rooms.admin.http.post("/v1/reload").status_code == 200
    assert first.refusal(room, "one:told", {})[0] == 401
    second.publish(room, "two:told", {})


@requirement("ROOM-076")
def test_apps_of_the_manifest_are_changed_there_alone_and_go_first(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path
) -> None:
    rooms = serve_rooms(ROOMS_APPS=str(manifest(tmp_path, {})))
    room = rooms.open_room()
    registered = register(rooms, "app_one_v2")
    registered.publish(room, "one:told", {})
    manifest(tmp_path, {"app_one_v1": {"key": KEYS["one"], "permissions": ["realtime:publish"]}})
    assert rooms.admin.http.post("/v1/reload").status_code == 200
    http, path = rooms.admin.http, "/v1/platforms/rooms/apps/app_one_v1"
    for answer in (http.put(path, json={}), http.delete(path), http.post(f"{path}/key")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert registered.refusal(room, "one:told", {})[0] == 401
    listed = http.get("/v1/platforms/rooms/apps").json()
    assert [app["id"] for app in listed["apps"]] == ["app_one_v1"] and listed["suppressed"] == ["app_one_v2"]
    AppBackend(rooms, "app_one_v1", KEYS["one"]).publish(room, "one:told", {})


# What is taken down


@requirement("ROOM-083")
def test_publications_and_refusals_of_apps_are_in_the_audit_log_and_in_the_metrics(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "audit.log"
    rooms = serve_rooms(arguments=("--audit-log", str(file)))
    room = rooms.open_room()
    app = register(rooms, "app_one_v1")
    app.publish(room, "one:told", {}, Idempotency_Key="k")
    app.publish(room, "one:told", {}, Idempotency_Key="k")
    app.refusal(room, "two:told", {})
    app.refusal(room, "one:told", {}, Authorization="Bearer nobody")
    text = file.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    told = [line for line in lines if line.get("app") == "app_one_v1" and line["action"] in ("publish", "refuse")]
    assert [(line["action"], line["decision"], line.get("reason")) for line in told] == [
        ("publish", "allowed", None), ("publish", "allowed", None), ("publish", "denied", "appPrefix"),
        ("refuse", "denied", "invalidCredentials"),
    ]
    assert all(is_timestamp(line["time"]) for line in told)
    assert [line.get("channel") for line in told[:3]] == [f"room:{room}"] * 3
    assert [line.get("event") for line in told[:3]] == ["one:told", "one:told", "two:told"]
    assert room in told[3]["operation"]
    assert [line["operation"] for line in lines if line["action"] == "admin" and line.get("app")] == ["putApp"]
    assert app.key not in text
    name, page = "switchboard_app_publications_total", rooms.admin.metrics()
    counts = {outcome: total(page, name, app="app_one_v1", outcome=outcome) for outcome in ("accepted", "repeated", "forbidden")}
    assert counts == {"accepted": 1, "repeated": 1, "forbidden": 1}
