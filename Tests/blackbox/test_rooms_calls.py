# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: clients' events that apps answer by their webhooks, and everything that can be wrong with an answer."""

import json
import pathlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import standardwebhooks

from harness.apps import AppBackend
from harness.client import is_timestamp
from harness.contracts import derived
from harness.javascript import Program
from harness.documents import printed
from harness.metrics import total
from harness.rooms import PERMISSION_DENIED, PRINTED, PRINTED_ROOM, ROOMS, RoomClient, Rooms, participant, unique
from harness.tokens import token
from harness.waiting import eventually
from harness.webhook import QUIZ, QUIZ_KEY, VERDICT, Webhook, manifest

requirement = pytest.mark.requirement
INVALID = {"code": "INVALID_PAYLOAD", "message": "Invalid event payload"}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.close()


@pytest.fixture(scope="module")
def answering() -> Iterator[Webhook]:
    """The webhook of `quiz`."""
    webhook = Webhook()
    yield webhook
    webhook.close()


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory, answering: Webhook) -> Iterator[Rooms]:
    """The room platform with a quiz that answers by its webhook, and is asked however often it fails."""
    folder = tmp_path_factory.mktemp("quiz")
    contract = derived(folder, lambda rooms: rooms["apps"].update(calls={"deadline": "4s", "failures": 1000000}), source=ROOMS)
    server = Rooms(
        folder / "data", contract, name=__name__, ROOMS_EVENT_LIMIT="5000/min", ROOMS_APPS=str(manifest(folder, answering))
    )
    server.start()
    yield server  # type: ignore[misc]
    server.stop()
    server.admin.close()


@pytest.fixture
def player(quiz: Rooms) -> Iterator[tuple[RoomClient, str]]:
    """Somebody in a room, and the room."""
    user = unique("usr")
    room = quiz.open_room(user)
    with quiz.client(user) as client:
        client.subscribe(room)
        yield client, room


def failure(client: RoomClient, event: str, **data: Any) -> tuple[str, str]:
    error = client.refusal(event, data)
    return error["code"], error["message"]


# Answers


@requirement("ROOM-041", "ROOM-053", "ROOM-D13")
def test_the_app_is_told_who_asks_where_and_its_answer_is_the_ack(quiz: Rooms, answering: Webhook) -> None:
    user = unique("usr")
    room = quiz.open_room(user)
    quiz.join(room, user)
    with quiz.client(user, roles=["player"]) as client:
        client.subscribe(room)
        data = {"questionId": "q_1", "answer": "Paris", "timestamp": 1736935200000}
        assert client.call("quiz:answer_submit", data) == VERDICT
        client.expect_silence("error")
    call = answering.calls[-1].json
    assert set(call) == {
        "type", "id", "platform", "app", "event", "channel", "parameters", "user", "connection", "with", "receivedAt", "data",
    }
    assert call["data"] == data
    assert (call["type"], call["platform"], call["app"], call["event"]) == ("call", "rooms", QUIZ, "quiz:answer_submit")
    assert (call["channel"], call["parameters"]) == (f"room:{room}", {"roomId": room})
    assert call["user"] == {"id": user, "name": "John Doe", "avatar": "https://...", "roles": ["player"]}
    assert call["with"] == {"participant": participant(user)}
    assert is_timestamp(call["receivedAt"]) and call["connection"]["id"] and call["id"]


@requirement("ROOM-041")
@pytest.mark.parametrize("runtime", ["node", "chromium"])
def test_the_printed_block_is_answered_by_an_app(
    quiz: Rooms, answering: Webhook, javascript: Callable[..., Program], runtime: str
) -> None:
    user = unique("usr")
    quiz.open_room(user, room=PRINTED_ROOM)
    opening = f"""const socket = io('{PRINTED}', {{ auth: {{ token: userToken }} }});
    socket.on('connect', () => socket.emit('room:subscribe', {{ roomId: '{PRINTED_ROOM}' }}, () => say('ready')));\n"""
    program = javascript(opening, names={"userToken": token(user)}, hosts=quiz.hosts, runtime=runtime)
    program.expect("ready")
    program.run(printed("rooms-answer-submit.js"))
    line = program.expect_line("Answer result: ")
    program.run(
        """socket.emit('quiz:answer_submit', { questionId: 'q_123', answer: 'Paris', timestamp: Date.now() },
        (...values) => say('answer', values));"""
    )
    assert program.expect("answer") == [[VERDICT]]
    assert "success" in line or "Object" in line
    assert answering.calls[-1].json["data"]["questionId"] == "q_123"


def test_the_signature_is_that_of_standard_webhooks(player: tuple[RoomClient, str], answering: Webhook) -> None:
    client, _ = player
    assert client.call("quiz:answer_submit", {"n": 1}) == VERDICT
    call = answering.calls[-1]
    judge = standardwebhooks.Webhook(answering.secret)
    assert judge.verify(call.body, call.headers) == call.json
    assert call.headers["webhook-id"] == call.json["id"]
    assert call.headers["content-type"] == "application/json"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        judge.verify(call.body.replace(b'"call"', b'"cell"'), call.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        judge.verify(call.body, call.headers | {"webhook-timestamp": str(int(time.time()) - 3600)})


@requirement("ROOM-083")
def test_calls_are_in_the_audit_log(
    serve_rooms: Callable[..., Rooms], webhook: Webhook, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "audit.log"
    rooms = serve_rooms(arguments=("--audit-log", str(file)), ROOMS_APPS=str(manifest(tmp_path, webhook)))
    user = unique("usr")
    room, other = rooms.open_room(user), rooms.open_room()
    with rooms.client(user) as client:
        client.subscribe(room)
        assert client.call("quiz:answer_submit", {"secret": "Paris"}) == VERDICT
        client.refusal("quiz:answer_submit", {"roomId": other})
        # No app's, so that nobody did anything.
        client.refusal("nobody:asks", {})
    text = file.read_text(encoding="utf-8")
    lines = [line for line in map(json.loads, text.splitlines()) if line["action"] == "call"]
    assert [(line["channel"], line["decision"], line.get("reason")) for line in lines] == [
        (f"room:{room}", "allowed", None), (f"room:{other}", "denied", "forbidden"),
    ]
    assert all((line["user"], line["app"], line["event"]) == (user, QUIZ, "quiz:answer_submit") for line in lines)
    assert "Paris" not in text


def test_an_answer_of_64_kib_arrives_and_an_event_without_a_callback_is_asked_silently(
    player: tuple[RoomClient, str], answering: Webhook
) -> None:
    client, _ = player
    assert len(client.call("quiz:largest", {})) == 64 * 1024 - 2
    marker = unique("n")
    client.emit("quiz:answer_submit", {"marker": marker})
    eventually(lambda: any(call.json["data"] == {"marker": marker} for call in answering.calls), what="the call")
    client.emit("quiz:broken", {})
    assert client.expect("error")[0]["code"] == "APP_UNAVAILABLE"


# Where


@requirement("ROOM-068")
def test_nobody_asks_about_a_room_that_is_not_his(quiz: Rooms, answering: Webhook, player: tuple[RoomClient, str]) -> None:
    client, _ = player
    foreign = quiz.open_room(unique("usr"))
    count = len(answering.calls)
    assert failure(client, "quiz:answer_submit", roomId=foreign) == ("PERMISSION_DENIED", PERMISSION_DENIED)
    assert failure(client, "quiz:answer_submit", roomId="none") == ("ROOM_NOT_FOUND", "Room doesn't exist")
    assert len(answering.calls) == count


@requirement("ROOM-D13")
def test_the_room_is_where_the_question_was_asked_or_the_only_one(quiz: Rooms, answering: Webhook) -> None:
    user = unique("usr")
    first, second = quiz.open_room(user), quiz.open_room(user)
    app = AppBackend(quiz, QUIZ, QUIZ_KEY)
    question = unique("q")
    app.publish(second, "quiz:question_published", {"questionId": question})
    with quiz.client(user) as client:
        assert client.refusal("quiz:answer_submit", {}) == INVALID
        client.subscribe(first)
        assert client.call("quiz:answer_submit", {"questionId": "unknown"}) == VERDICT
        assert client.call("quiz:answer_submit", {"questionId": question}) == VERDICT
        assert client.call("quiz:answer_submit", {"questionId": 7, "roomId": second}) == VERDICT
        assert [call.json["parameters"]["roomId"] for call in answering.calls[-3:]] == [first, second, second]
        client.subscribe(second)
        assert client.refusal("quiz:answer_submit", {"questionId": "unknown"}) == INVALID
        assert client.refusal("quiz:answer_submit") == INVALID
        assert client.refusal("quiz:answer_submit", 7) == INVALID
        assert client.refusal("lottery:draw", {"roomId": first}) == INVALID
    # A room of its own namespace is one that the connection is in.
    with quiz.client(user, namespaces=("/", f"/rooms/{first}")) as client:
        quiz.eventually_subscribed(first, 1)
        assert client.call("quiz:answer_submit", {}) == VERDICT
        assert client.call("quiz:answer_submit", {}, namespace=f"/rooms/{first}") == VERDICT
        assert answering.calls[-1].json["channel"] == f"room:{first}"


# Answers that are none


@requirement("ROOM-D13", "ROOM-053")
@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("html", "answered with something that is no JSON"),
        ("large", "answered with more than 65536 bytes"),
        ("redirect", "answered with a redirect (302)"),
        ("broken", "answered with the status 500"),
        ("unknown", "refused the call (404)"),
        ("empty", "answered with something that is no JSON"),
        ("hang", "did not answer in time"),
        ("stream", "did not answer in time"),
        ("cut", "ended the connection without an answer"),
        ("close", "ended the connection without an answer"),
        ("noise", "ended the connection without an answer"),
    ],
)
def test_a_bad_answer_is_one_clear_error(
    player: tuple[RoomClient, str], answering: Webhook, event: str, message: str
) -> None:
    client, _ = player
    before = len(answering.calls)
    assert failure(client, f"quiz:{event}") == ("APP_UNAVAILABLE", f'the app "{QUIZ}" {message}')
    # Nothing is tried twice that may have been done, nor where a redirect points.
    assert len(answering.calls) == before + 1
    assert client.call("quiz:answer_submit", {}) == VERDICT


def test_a_second_answer_is_nobodys(player: tuple[RoomClient, str]) -> None:
    client, _ = player
    for _ in range(5):
        assert client.call("quiz:twice", {}) == {"success": True, "number": 1}
        assert client.call("quiz:answer_submit", {}) == VERDICT


def test_a_late_answer_is_nobodys_and_a_client_who_has_gone_is_missed_by_nobody(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, webhook: Webhook
) -> None:
    server = serve_rooms(ROOMS_APPS=str(manifest(tmp_path, webhook)), ROOMS_CALL_DEADLINE="2s")
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user) as client:
        client.subscribe(room)
        client.emit("quiz:hang", {})
        eventually(lambda: webhook.calls_of("quiz:hang"), what="the call")
    with server.client(user) as client:
        client.subscribe(room)
        assert failure(client, "quiz:late")[1].endswith("did not answer in time")
        webhook.released.set()
        assert client.call("quiz:answer_submit", {}) == VERDICT
        client.expect_silence("error")


# Apps that are not well


def test_an_app_that_cannot_be_reached_is_left_alone_until_it_answers(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, webhook: Webhook
) -> None:
    contract = derived(
        tmp_path, lambda rooms: rooms["apps"].update(calls={"deadline": "5s", "failures": 3, "pause": "3s"}), source=ROOMS
    )
    server = serve_rooms(contract, ROOMS_EVENT_LIMIT="5000/min", ROOMS_APPS=str(manifest(tmp_path, webhook)))
    user = unique("usr")
    room = server.open_room(user)

    def calls(outcome: str) -> float:
        return total(server.admin.metrics(), "switchboard_app_calls_total", app=QUIZ, outcome=outcome)

    with server.client(user) as client:
        client.subscribe(room)
        # Of one user alone four times as many.
        for _ in range(12):
            assert failure(client, "quiz:broken")[1].endswith("status 500")
        count = len(webhook.calls)
        assert failure(client, "quiz:answer_submit") == ("APP_UNAVAILABLE", f'the app "{QUIZ}" does not answer at the moment')
        assert len(webhook.calls) == count
        assert calls("paused") == 1 and calls("failed") == 12
        eventually(lambda: client.call("quiz:answer_submit", {}) == VERDICT, what="an answer")
        assert client.call("quiz:answer_submit", {}) == VERDICT
        assert calls("answered") == 2
        webhook.close()
        codes = [failure(client, "quiz:answer_submit") for _ in range(13)]
        assert {code for code, _ in codes} == {"APP_UNAVAILABLE"}, codes
        assert f'the app "{QUIZ}" cannot be reached' in {message for _, message in codes}, codes
    # One line for each change, however many calls.
    about = [line for line in server.log.splitlines() if f'the app "{QUIZ}"' in line]
    assert [("answers again" in line) for line in about] == [False, True, False], about
    assert webhook.secret not in server.log and webhook.url not in server.log


def test_no_more_calls_are_under_way_than_may_be(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, webhook: Webhook
) -> None:
    contract = derived(tmp_path, lambda rooms: rooms["apps"].update(calls={"deadline": "60s", "concurrency": 3}), source=ROOMS)
    server = serve_rooms(contract, ROOMS_APPS=str(manifest(tmp_path, webhook)))
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user) as client, ThreadPoolExecutor(16) as threads:
        client.subscribe(room)
        waiting = [threads.submit(client.call, "quiz:hang", {}) for _ in range(3)]
        eventually(lambda: len(webhook.calls) == 3, what="three calls")
        assert failure(client, "quiz:answer_submit") == ("APP_UNAVAILABLE", f'the app "{QUIZ}" has too many calls under way')
        webhook.released.set()
        assert [call.result(30) for call in waiting] == [{"success": True}] * 3
        assert client.call("quiz:answer_submit", {}) == VERDICT


def test_an_app_without_permission_or_webhook_is_not_asked(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, webhook: Webhook
) -> None:
    server = serve_rooms(ROOMS_APPS=str(manifest(tmp_path, webhook, permissions=["realtime:publish"])))
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user) as client:
        client.subscribe(room)
        assert failure(client, "quiz:answer_submit") == ("APP_PERMISSION_DENIED", "App lacks required permission")
        manifest(tmp_path, None)
        assert server.admin.http.post("/v1/reload").status_code == 200
        assert failure(client, "quiz:answer_submit")[1] == f'the app "{QUIZ}" is not connected and has no webhook'
        manifest(tmp_path, webhook, rooms=["elsewhere"])
        assert server.admin.http.post("/v1/reload").status_code == 200
        assert failure(client, "quiz:answer_submit")[0] == "APP_PERMISSION_DENIED"
        manifest(tmp_path, webhook, rooms=[room])
        assert server.admin.http.post("/v1/reload").status_code == 200
        assert client.call("quiz:answer_submit", {}) == VERDICT
