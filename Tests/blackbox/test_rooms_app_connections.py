# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: apps that answer clients over connections of their own, with stock clients as apps."""

import pathlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import socketio

from harness.apps import register
from harness.javascript import Program
from harness.metrics import total
from harness.rooms import RoomClient, Rooms, unique
from harness.tokens import token
from harness.waiting import DEADLINE, eventually
from harness.webhook import VERDICT, Webhook

requirement = pytest.mark.requirement
PERMISSIONS = ["realtime:publish", "realtime:call"]


class ConnectedApp:
    """An app over the stock Python client. It answers `PREFIX:NAME` with what `answers[NAME]` makes of the call."""

    def __init__(self, rooms: Rooms, id: str, key: str, *names: str, **options: Any) -> None:
        self.id = id
        self.calls: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.ended = threading.Event()
        self.sio = socketio.Client(reconnection=False)
        self.sio.on("disconnect", lambda *_: self.ended.set(), namespace="/apps")
        for name in names or ("ask",):
            self.sio.on(f"{id}:{name}", self._answer(name), namespace="/apps")
        auth = {"appId": id, "token": key}
        self.sio.connect(
            rooms.address, auth=auth, namespaces=["/apps"], wait_timeout=int(DEADLINE), **({"transports": ["websocket"]} | options)
        )

    def _answer(self, name: str) -> Callable[[dict[str, Any]], Any]:
        def answer(call: dict[str, Any]) -> Any:
            self.calls.append(call)
            return self.answers.get(name, lambda call: {"success": True, "asked": call["data"]})(call)

        return answer

    def command(self, name: str, data: Any) -> Any:
        return self.sio.call(name, data, namespace="/apps", timeout=int(DEADLINE))

    def __enter__(self) -> "ConnectedApp":
        return self

    def __exit__(self, *_: object) -> None:
        self.sio.shutdown()


@pytest.fixture
def app(rooms: Rooms) -> tuple[str, str]:
    """An app of this test's own, with its key."""
    id = unique("app")
    return id, register(rooms, id, permissions=PERMISSIONS).key


def player(rooms: Rooms) -> RoomClient:
    user = unique("usr")
    room = rooms.open_room(user)
    client = rooms.client(user)
    client.subscribe(room)
    return client


@requirement("ROOM-041", "ROOM-053", "ROOM-D13")
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_an_app_answers_over_its_connection(rooms: Rooms, app: tuple[str, str], transport: str) -> None:
    with ConnectedApp(rooms, *app, transports=[transport]) as connected, player(rooms) as client:
        event = f"{app[0]}:ask"
        assert client.call(event, {"é": "€😀"}) == {"success": True, "asked": {"é": "€😀"}}
        connected.answers["ask"] = lambda call: VERDICT
        assert client.call(event, {}) == VERDICT
        call = connected.calls[-1]
        assert (call["type"], call["app"], call["event"]) == ("call", app[0], event)
        with ThreadPoolExecutor(8) as threads:
            connected.answers["ask"] = lambda call: call["data"]["n"]
            answers = list(threads.map(lambda n: client.call(event, {"n": n}), range(64)))
        assert answers == list(range(64))


@requirement("ROOM-041")
@pytest.mark.parametrize("runtime", ["node", "chromium"])
def test_an_app_in_javascript_answers_by_its_acknowledgement(
    rooms: Rooms, app: tuple[str, str], javascript: Callable[..., Program], runtime: str
) -> None:
    id, key = app
    program = javascript(
        f"""const socket = io('{rooms.address}/apps', {{ auth: {{ appId: '{id}', token: '{key}' }} }});
        socket.on('connect', () => say('connected'));
        socket.on('{id}:ask', (call, answer) => {{ answer({{ rank: call.data.n }}); answer({{ rank: 'again' }}); }});
        socket.on('{id}:twice', (call, answer) => answer([1], 2, 3));""",
        runtime=runtime,
    )
    program.expect("connected")
    with player(rooms) as client:
        for n in range(20):
            assert client.call(f"{id}:ask", {"n": n}) == {"rank": n}
        assert client.call(f"{id}:twice", {}) == [1]


def test_nobody_but_the_app_gets_into_its_namespace(rooms: Rooms, app: tuple[str, str]) -> None:
    id, key = app
    other = unique("app")
    register(rooms, other, permissions=PERMISSIONS)
    for auth in ({}, {"appId": id}, {"appId": id, "token": "x"}, {"appId": other, "token": key}, {"token": token("usr_1")}):
        refusal = rooms.refused(auth, namespace="/apps")
        assert refusal["data"]["code"] == "AUTHENTICATION_FAILED", auth
    # And an app's key is nothing elsewhere.
    assert rooms.refused({"appId": id, "token": key})["data"]["code"] == "AUTHENTICATION_FAILED"


def test_an_app_that_says_nothing_is_late_and_what_it_says_later_is_nobodys(
    serve_rooms: Callable[..., Rooms],
) -> None:
    server = serve_rooms(ROOMS_CALL_DEADLINE="2s")
    id = unique("app")
    key = register(server, id, permissions=PERMISSIONS).key
    release = threading.Event()
    with ConnectedApp(server, id, key, "wait", "ask", "nothing") as connected, player(server) as client:
        connected.answers["wait"] = lambda call: release.wait(DEADLINE) and {"late": True}
        connected.answers["nothing"] = lambda call: None
        connected.answers["ask"] = lambda call: "x" * 70_000 if call["data"].get("long") else VERDICT
        error = client.refusal(f"{id}:wait", {})
        assert error == {"code": "APP_UNAVAILABLE", "message": f'the app "{id}" did not answer in time'}
        release.set()

        def ignored() -> float:
            return total(server.admin.metrics(), "switchboard_app_answers_ignored_total", app=id)

        eventually(lambda: ignored() == 1, what="the late answer")
        assert client.call(f"{id}:ask", {}) == VERDICT
        assert client.refusal(f"{id}:nothing", {})["message"].endswith("answered without a value")
        assert client.refusal(f"{id}:ask", {"long": True})["message"].endswith("answered with more than 65536 bytes")
        client.expect_silence("error")


def test_calls_are_spread_over_connections_and_lost_with_them(rooms: Rooms, app: tuple[str, str]) -> None:
    release = threading.Event()
    event = f"{app[0]}:ask"
    with ConnectedApp(rooms, *app) as first, player(rooms) as client, ThreadPoolExecutor(16) as threads:
        with ConnectedApp(rooms, *app) as second:
            for connected in (first, second):
                connected.answers["ask"] = lambda call: release.wait(DEADLINE) and VERDICT
            waiting = [threads.submit(client.call, event, {}) for _ in range(6)]
            eventually(lambda: len(first.calls) + len(second.calls) == 6, what="the calls")
            assert len(first.calls) == len(second.calls) == 3
            threads.submit(second.sio.disconnect)
            lost = {"code": "APP_UNAVAILABLE", "message": f'the app "{app[0]}" ended the connection without an answer'}
            eventually(lambda: sum(call.done() for call in waiting) == 3, what="the lost calls")
            release.set()
            answers = [call.result(DEADLINE) for call in waiting]
            assert answers.count(VERDICT) == 3 and answers.count({"success": False, "error": lost}) == 3, answers
        assert client.call(event, {}) == VERDICT
    with player(rooms) as client:
        eventually(
            lambda: total(rooms.admin.metrics(), "switchboard_app_connections", app=app[0]) == 0, what="the end of the app"
        )
        assert client.refusal(event, {})["message"] == f'the app "{app[0]}" is not connected and has no webhook'


def test_a_connected_app_is_asked_before_its_webhook(rooms: Rooms) -> None:
    webhook = Webhook()
    id = unique("app")
    app = register(rooms, id, permissions=PERMISSIONS, webhook={"url": webhook.url, "secret": webhook.secret})
    with player(rooms) as client:
        assert client.call(f"{id}:ask", {}) == VERDICT
        with ConnectedApp(rooms, id, app.key):
            assert client.call(f"{id}:ask", {}) == {"success": True, "asked": {}}
        eventually(lambda: total(rooms.admin.metrics(), "switchboard_app_connections", app=id) == 0, what="its end")
        assert client.call(f"{id}:ask", {}) == VERDICT
    assert len(webhook.calls) == 2
    webhook.close()


@requirement("ROOM-034", "ROOM-036", "ROOM-037", "ROOM-038")
def test_an_app_publishes_over_its_connection_as_over_http(rooms: Rooms, app: tuple[str, str]) -> None:
    id, _ = app
    user = unique("usr")
    room = rooms.open_room(user)
    with ConnectedApp(rooms, *app) as connected, rooms.client(user) as client:
        client.subscribe(room)
        data = {"n": 1, "text": "é€😀"}
        ack = connected.command("app:publish", {"roomId": room, "event": f"{id}:told", "data": data})
        assert ack["success"] is True and ack["data"]["event"] == f"{id}:told" and ack["data"]["roomId"] == room
        heard, position = client.expect(f"{id}:told")
        assert heard == data and position == ack["data"]["eventId"]
        for event, where, code in (
            ("quizz:told", room, "APP_PERMISSION_DENIED"), (f"{id}:told", "none", "ROOM_NOT_FOUND"),
            ("room:deleted", room, "APP_PERMISSION_DENIED"), (7, room, "INVALID_PAYLOAD"),
        ):
            refusal = connected.command("app:publish", {"roomId": where, "event": event, "data": {}})
            assert (refusal["success"], refusal["error"]["code"]) == (False, code), event
        assert connected.command("room:subscribe", {"roomId": room})["error"]["code"] == "INVALID_PAYLOAD"
        # Nor is a client an app.
        refusal = client.refusal("app:publish", {"roomId": room, "event": f"{id}:told", "data": {}})
        assert refusal["code"] == "INVALID_PAYLOAD"
        client.expect_silence(f"{id}:told")


@requirement("ROOM-076")
def test_the_connection_ends_with_the_registration_and_with_the_key(rooms: Rooms, app: tuple[str, str]) -> None:
    id, _ = app
    address = f"/v1/platforms/rooms/apps/{id}"
    with ConnectedApp(rooms, *app) as connected:
        answer = rooms.admin.http.post(f"{address}/key")
        assert answer.status_code == 200, answer.text
        assert connected.ended.wait(DEADLINE)
    with ConnectedApp(rooms, id, answer.json()["key"]) as connected, player(rooms) as client:
        assert client.call(f"{id}:ask", {})["success"] is True
        assert rooms.admin.http.delete(address).status_code in (200, 204)
        assert connected.ended.wait(DEADLINE)
        assert client.refusal(f"{id}:ask", {})["code"] == "INVALID_PAYLOAD"
