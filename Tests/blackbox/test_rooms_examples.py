# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform with the example backends: a quiz in Swift and a lottery in Python, with several players at once."""

import concurrent.futures
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from harness.client import is_timestamp
from harness.documents import printed
from harness.examples import LotteryBackend, QuizBackend
from harness.javascript import Program
from harness.rooms import PRINTED, RoomClient, Rooms, unique
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
#: Responses are told with one decimal.
ROUNDING = 0.05
#: Two programs read one clock, one of them to the millisecond.
CLOCK = 0.01


@pytest.fixture(scope="module")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rooms, QuizBackend, LotteryBackend]]:
    folder = tmp_path_factory.mktemp("examples")
    quiz, lottery = QuizBackend("quiz"), LotteryBackend("lottery", folder)
    manifest = folder / "apps.json"
    apps = {backend.app: backend.registration for backend in (quiz, lottery)}
    manifest.write_text(json.dumps({"apps": apps}), encoding="utf-8")
    rooms = Rooms(folder / "data", name="examples", ROOMS_APPS=str(manifest), ROOMS_APP_ROOM_LIMIT="100/s")
    rooms.start()
    quiz.serve(rooms)
    lottery.serve(rooms)
    yield rooms, quiz, lottery
    for backend in (quiz, lottery):
        backend.stop()
    rooms.stop()
    rooms.admin.close()


@pytest.fixture
def quiz(backends: tuple[Rooms, QuizBackend, LotteryBackend]) -> tuple[Rooms, QuizBackend]:
    return backends[0], backends[1]


@pytest.fixture
def lottery(backends: tuple[Rooms, QuizBackend, LotteryBackend]) -> tuple[Rooms, LotteryBackend]:
    return backends[0], backends[2]


@contextlib.contextmanager
def players(rooms: Rooms, count: int) -> Iterator[tuple[str, dict[str, RoomClient]]]:
    """A room with so many subscribed participants, by user."""
    users = [unique("usr") for _ in range(count)]
    room = rooms.open_room(*users)
    with contextlib.ExitStack() as stack:
        clients = {user: stack.enter_context(rooms.client(user)) for user in users}
        for client in clients.values():
            client.subscribe(room)
        yield room, clients


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def answer(client: RoomClient, question: str, answer: str) -> tuple[dict[str, Any], float, float]:
    """The verdict, and when it was asked for and came."""
    asked = time.time()
    verdict = client.call("quiz:answer_submit", {"questionId": question, "answer": answer, "timestamp": int(asked * 1000)})
    return verdict, asked, time.time()


@requirement("ROOM-040", "ROOM-041", "ROOM-042", "ROOM-D13")
def test_players_who_answer_at_once_get_their_ranks_and_the_room_hears_each_result(quiz: tuple[Rooms, QuizBackend]) -> None:
    rooms, backend = quiz
    question = unique("q")
    with players(rooms, 8) as (room, clients):
        backend.ask(room, question)
        told = [client.expect("quiz:question_published")[0] for client in clients.values()]
        assert told == [told[0]] * 8
        assert told[0] == {
            "questionId": question, "questionNumber": 1, "totalQuestions": 10, "question": "What is the capital of France?",
            "options": ["London", "Berlin", "Paris", "Madrid"], "timeLimit": 60, "startTime": told[0]["startTime"],
        }
        start = seconds(told[0]["startTime"])
        answers = {user: "London" if index % 4 == 3 else "Paris" for index, user in enumerate(clients)}
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            given = dict(zip(clients, pool.map(lambda user: answer(clients[user], question, answers[user]), clients), strict=True))
        for user, (verdict, asked, answered) in given.items():
            assert set(verdict) == {"success", "correct", "responseTime", "rank"} and verdict["success"] is True, verdict
            assert verdict["correct"] is (answers[user] == "Paris")
            assert asked - start - ROUNDING - CLOCK <= verdict["responseTime"] <= answered - start + ROUNDING + CLOCK
        right = {user: verdict for user, (verdict, _, _) in given.items() if verdict["correct"]}
        assert sorted(verdict["rank"] for verdict in right.values()) == [1, 2, 3, 4, 5, 6]
        assert all(verdict["rank"] is None for verdict, _, _ in given.values() if not verdict["correct"])
        # Who waited for another's verdict is behind him.
        for user, (verdict, asked, _) in given.items():
            for other, (earlier, _, answered) in given.items():
                if user in right and other in right and answered < asked:
                    assert earlier["rank"] < verdict["rank"], (user, other)
        for client in clients.values():
            results = [client.expect("quiz:answer_result")[0] for _ in clients]
            assert {result["user"]["id"] for result in results} == set(clients)
            assert sorted(result["rank"] for result in results if result["correct"]) == [1, 2, 3, 4, 5, 6]
            for result in results:
                verdict = given[result["user"]["id"]][0]
                assert set(result) == {"questionId", "participantId", "user", "correct", "responseTime", "rank", "timestamp"}
                assert result["questionId"] == question and result["participantId"] == "part_123abc"
                assert result["user"] == {"id": result["user"]["id"], "name": "John Doe"} and is_timestamp(result["timestamp"])
                assert {key: result[key] for key in ("correct", "responseTime", "rank")} == {
                    key: verdict[key] for key in ("correct", "responseTime", "rank")
                }


@requirement("ROOM-041", "ROOM-D13")
def test_ranks_follow_the_order_of_answers_and_each_player_has_one(quiz: tuple[Rooms, QuizBackend]) -> None:
    rooms, backend = quiz
    question = unique("q")
    with players(rooms, 3) as (room, clients):
        backend.ask(room, question)
        first, second, third = clients.values()
        for client in clients.values():
            client.expect("quiz:question_published")
        assert answer(first, question, "Berlin")[0]["rank"] is None
        assert answer(third, question, "Paris")[0]["rank"] == 1
        assert answer(second, question, "Paris")[0]["rank"] == 2
        for client in (first, second):
            refused = answer(client, question, "Paris")[0]
            assert refused == {"success": False, "error": {"code": "INVALID_PAYLOAD", "message": "You have answered already"}}
        # The question of another room is nobody's here.
        assert answer(first, unique("q"), "Paris")[0]["success"] is False
        for _ in range(3):
            first.expect("quiz:answer_result")
        first.expect_silence("quiz:answer_result")


@requirement("ROOM-041", "ROOM-D13")
def test_an_answer_behind_the_time_limit_is_told_so(quiz: tuple[Rooms, QuizBackend]) -> None:
    rooms, backend = quiz
    question = unique("q")
    with players(rooms, 1) as (room, clients):
        backend.ask(room, question, seconds=1)
        client, = clients.values()
        start = seconds(client.expect("quiz:question_published")[0]["startTime"])
        eventually(lambda: time.time() > start + 1 + CLOCK, what="the end of the time")
        assert answer(client, question, "Paris")[0] == {
            "success": False, "error": {"code": "INVALID_PAYLOAD", "message": "The time is over"},
        }
        client.expect_silence("quiz:answer_result")


@requirement("ROOM-040", "ROOM-041", "ROOM-042")
@pytest.mark.parametrize("runtime", ["node", "chromium"])
def test_the_printed_blocks_play_the_quiz(
    quiz: tuple[Rooms, QuizBackend], javascript: Callable[..., Program], runtime: str
) -> None:
    rooms, backend = quiz
    user = unique("usr")
    room = rooms.open_room(user)
    opening = (
        f"const socket = io('{PRINTED}', {{ auth: {{ token: userToken }} }});\n"
        + printed("rooms-question.js") + printed("rooms-answer-result.js")
        + "socket.on('quiz:answer_result', (data) => say('result', data));\n"
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('ack', success));"
    )
    names = {"userToken": token(user, name="John Doe", avatar="https://...")}
    program = javascript(opening, names=names, hosts=rooms.hosts, runtime=runtime)
    assert program.expect("ack") == [True]
    backend.ask(room, "q_123")
    program.expect_line("New question: {")
    program.run(printed("rooms-answer-submit.js"))
    result, = program.expect("result")
    assert result == {
        "questionId": "q_123", "participantId": "part_123abc", "user": {"id": user, "name": "John Doe"}, "correct": True,
        "responseTime": result["responseTime"], "rank": 1, "timestamp": result["timestamp"],
    }
    assert isinstance(result["responseTime"], float | int) and is_timestamp(result["timestamp"])
    program.expect_line("Answer result: {")


@requirement("ROOM-041", "ROOM-068")
def test_who_may_not_enter_the_room_cannot_answer_its_question(quiz: tuple[Rooms, QuizBackend]) -> None:
    rooms, backend = quiz
    question = unique("q")
    with players(rooms, 1) as (room, clients), rooms.client(unique("usr")) as stranger:
        backend.ask(room, question)
        client, = clients.values()
        # From then on it is known which room the question is about.
        client.expect("quiz:question_published")
        assert stranger.refusal("quiz:answer_submit", {"questionId": question, "answer": "Paris"})["code"] == "PERMISSION_DENIED"
        client.expect_silence("quiz:answer_result")


@requirement("ROOM-041")
def test_the_example_backends_believe_no_forged_call(backends: tuple[Rooms, QuizBackend, LotteryBackend]) -> None:
    body = json.dumps({"type": "call", "event": "quiz:answer_submit"})
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
    for backend in backends[1:]:
        for fields in ({}, headers, headers | {"webhook-timestamp": "0"}):
            answered = httpx.post(f"{backend.url}/calls", content=body, headers=fields, trust_env=False)
            assert answered.status_code == 401, answered.text


@pytest.mark.parametrize("prizes", [None, 7, [], {}, "prize", [1], [{}], [{"id": "p", "name": "P"}], [{"id": 1, "name": "P", "imageUrl": "u"}]], ids=repr)
def test_a_draw_without_real_prizes_is_not_opened(lottery: tuple[Rooms, LotteryBackend], prizes: Any) -> None:
    _, backend = lottery
    room = unique("room")
    opened = backend.post(f"/rooms/{room}/draws", {"drawNumber": 1, "seconds": 300, "prizes": prizes})
    assert opened.status_code == 400, opened.text
    assert backend.post(f"/rooms/{room}/draws/close").status_code == 404


@requirement("ROOM-031", "ROOM-035", "ROOM-043", "ROOM-D14")
def test_a_lottery_goes_from_its_draw_to_the_winners_notifications(lottery: tuple[Rooms, LotteryBackend]) -> None:
    rooms, backend = lottery
    prizes: list[dict[str, Any]] = [
        {"id": f"prize_{number}", "name": f"Prize {number}", "imageUrl": "https://example.com/prize.png"} for number in (1, 2)
    ]
    with players(rooms, 5) as (room, clients):
        opened = backend.post(f"/rooms/{room}/draws", {"drawNumber": 1, "seconds": 300, "prizes": prizes})
        assert opened.status_code == 202, opened.text
        for client in clients.values():
            assert client.expect("lottery:draw_started")[0] == {"drawNumber": 1, "totalPrizes": 2, "estimatedDuration": 300}
        *entering, watching = clients
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            tickets = list(pool.map(lambda user: clients[user].call("lottery:enter", {"roomId": room}), entering))
        assert sorted(ticket["ticket"] for ticket in tickets) == [1, 2, 3, 4]
        # Whoever asks again has his ticket still.
        assert clients[entering[0]].call("lottery:enter", {"roomId": room}) == tickets[0]
        assert backend.post(f"/rooms/{room}/draws/close").status_code == 202
        winners = [clients[watching].expect("winner:selected")[0]["winner"] for _ in prizes]
        assert [winner["prize"] for winner in winners] == prizes
        won = [winner["participant"]["user"]["id"] for winner in winners]
        assert len(set(won)) == 2 and set(won) <= set(entering)
        assert clients[watching].expect("lottery:draw_finished")[0] == {"drawNumber": 1, "tickets": 4}
        for user, client in clients.items():
            if user not in won:
                client.expect_silence("notification:received", during=0.1)
                continue
            winner = winners[won.index(user)]
            notification = client.expect("notification:received")[0]
            assert notification["type"] == "winner_selected" and notification["message"] == f"You won {winner['prize']['name']}"
            assert notification["data"] == {"roomId": room, "winnerId": winner["id"], "prizeId": winner["prizeId"]}
        assert clients[watching].call("lottery:enter", {"roomId": room})["success"] is False
