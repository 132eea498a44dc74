# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`serve --mock --scenario`: what scenarios play, how tests lead them, and everything that can be wrong with one."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harness.bulkbuyer import BULKBUYER, BulkBuyerClient
from harness.client import Client
from harness.commands import switchboard
from harness.orion import ORION
from harness.paychain import PAYCHAIN
from harness.rooms import ROOMS, RoomClient
from harness.server import API_KEY, RANGKAI, ROOT, SWITCHBOARD, environment
from harness.stock import SocketIOClient
from harness.waiting import DEADLINE, eventually

sys.path.insert(0, str(ROOT / "Clients" / "python" / "src"))

from switchboard_testing import MockError, MockServer  # noqa: E402

requirement = pytest.mark.requirement
SCENARIOS = ROOT / "Examples" / "scenarios"
SHIPPED = [RANGKAI, ROOMS, PAYCHAIN, ORION, BULKBUYER]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers see none of this process's own variables of the project."""
    kept = environment()
    for name in list(os.environ):
        if name not in kept:
            monkeypatch.delenv(name, raising=False)


def mock(contract: pathlib.Path, scenario: pathlib.Path | None = None, **options: Any) -> MockServer:
    return MockServer(contract, scenario=scenario, binary=str(SWITCHBOARD), **options)


def written(folder: pathlib.Path, text: str) -> pathlib.Path:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def checked(contract: pathlib.Path, scenario: pathlib.Path) -> Any:
    return switchboard("check", str(contract), str(scenario))


# Shipped ones


@pytest.mark.parametrize("contract", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_is_right_with_its_contract(contract: pathlib.Path) -> None:
    scenario = SCENARIOS / contract.name
    done = checked(contract, scenario)
    assert done.returncode == 0, done.stderr
    assert f"{scenario}: ok:" in done.stdout and done.stderr == ""


def test_the_room_that_the_readme_subscribes_to_is_there_when_it_is_run() -> None:
    named = re.findall(r"roomId: '(\w+)'", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named
    with mock(ROOMS, SCENARIOS / "rooms.yaml") as server:
        with RoomClient(server.address, auth={"token": server.token("usr_alice")}) as client:
            for room in named:
                assert client.subscribe(room)["success"] is True


def test_a_shipped_scenario_is_right_with_the_apps_of_its_manifest() -> None:
    done = switchboard("check", str(ROOMS), str(SCENARIOS / "rooms.yaml"), ROOMS_APPS="apps/rooms.yaml")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("contract", SHIPPED, ids=lambda file: file.stem)
def test_every_moment_of_a_shipped_scenario_is_published(contract: pathlib.Path) -> None:
    variables = {"ROOMS_APPS": "apps/rooms.yaml", "PAYCHAIN_AUTH": "optional"}
    with mock(contract, SCENARIOS / contract.name, **variables) as server:
        status = server.status()
        assert status["scenario"]["file"].endswith(contract.name) and status["users"], status
        assert all(user.get("token") or user.get("session") for user in status["users"]), status
        for moment in status["moments"]:
            if moment != "outage":
                server.play(moment)
        eventually(lambda: server.status()["published"] >= 10, what="ten events")
        status = server.status()
        assert status["failed"] == 0, server.log


@pytest.mark.parametrize(
    ("contract", "event"),
    [
        (RANGKAI, '"order.'), (ROOMS, '"participant:joined"'), (PAYCHAIN, '"job_'), (ORION, '"metrics:update"'),
        (BULKBUYER, '"POOL_PROGRESS"'),
    ],
    ids=lambda value: value.stem if isinstance(value, pathlib.Path) else "",
)
def test_the_line_that_the_server_prints_shows_what_is_played(contract: pathlib.Path, event: str) -> None:
    with mock(contract, SCENARIOS / contract.name, ROOMS_APPS="apps/rooms.yaml", PAYCHAIN_AUTH="optional") as server:
        assert 'A mock backend plays "' in server.log
        line = next(line for line in server.log.splitlines() if " listen " in line)
        listener = subprocess.Popen(
            shlex.split(line), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            assert listener.stdout is not None
            # Sooner or later: the rooms' guests come again within a minute.
            lines = []
            while not any(event in line for line in lines):
                line = listener.stdout.readline()
                assert line, lines
                lines.append(line)
        finally:
            listener.kill()
            listener.wait(DEADLINE)


def test_the_rooms_evening_is_heard_with_its_notification() -> None:
    with mock(ROOMS, SCENARIOS / "rooms.yaml", paused=True, ROOMS_APPS="apps/rooms.yaml") as server:
        with RoomClient(server.address, auth={"token": server.token("usr_bob")}) as bob:
            bob.subscribe("room_gala")
            server.play("winner")
            winner, *_ = bob.expect("winner:selected")
            assert winner["winner"]["participant"]["user"] == {"id": "usr_bob", "name": "Bob", "avatar": None}
            notification, *_ = bob.expect("notification:received")
            assert notification["message"] == "You won Headphones"
            # Names of the person who plays it.
            carol = {"id": "usr_carol", "name": "Carol", "participant": "part_carol"}
            server.play("winner", winner=carol, won={"id": "prize_3", "name": "Weekend trip"})
            winner, *_ = bob.expect("winner:selected")
            assert winner["winner"]["participant"]["user"]["name"] == "Carol"
            assert winner["winner"]["prize"]["name"] == "Weekend trip"


def test_calls_of_apps_are_answered_by_the_scenario() -> None:
    with mock(ROOMS, SCENARIOS / "rooms.yaml", paused=True, ROOMS_APPS="apps/rooms.yaml") as server:
        with RoomClient(server.address, auth={"token": server.token("usr_bob")}) as bob:
            bob.subscribe("room_gala")
            right = bob.call("quiz:answer_submit", {"questionId": "q_1", "answer": "Paris"})
            assert right["success"] is True and right["correct"] is True and right["rank"] == 1, right
            result, *_ = bob.expect("quiz:answer_result")
            assert result["user"] == {"id": "usr_bob", "name": "Bob"} and result["correct"] is True, result
            wrong = bob.call("quiz:answer_submit", {"questionId": "q_1", "answer": "Berlin"})
            assert wrong["success"] is True and wrong["correct"] is False and wrong["rank"] is None, wrong


def test_a_chat_is_answered_by_the_other_party() -> None:
    with mock(PAYCHAIN, SCENARIOS / "paychain.yaml", paused=True, PAYCHAIN_AUTH="optional") as server:
        with Client(f"{server.address}?token={server.token('7')}") as client:
            client.receive()
            client.send({"type": "subscribe", "channel": "job:1000"})
            client.send({"type": "chat_message", "data": {"job_id": 1000, "text": "Are you there?"}})
            said: list[str] = []
            while len(said) < 2:
                message = client.receive()
                if message["type"] == "chat_message":
                    said.append(message["data"]["from"])
            assert said == ["7", "mock"]


def test_members_are_there_when_the_server_is_ready_and_a_reload_changes_nothing() -> None:
    with mock(ROOMS, SCENARIOS / "rooms.yaml", ROOMS_APPS="apps/rooms.yaml") as server:
        members = server._ask("GET", "channels/room%3Aroom_gala/members").json()["members"]
        assert {"usr_alice", "usr_bob", "usr_carol"} <= set(members)
        assert server._http is not None
        answer = server._http.post("/v1/reload")
        assert answer.status_code == 200, answer.text
        server.pause()
        with RoomClient(server.address, auth={"token": server.token("usr_bob")}) as bob:
            bob.subscribe("room_gala")
            assert bob.call("quiz:answer_submit", {"questionId": "q_1", "answer": "Paris"})["correct"] is True
            server.outage(refuse="tokens")
            with RoomClient(server.address, auth={"token": server.token("usr_carol")}, must_connect=False) as carol:
                carol.expect("connect_error")


@pytest.mark.parametrize(
    ("failure", "code", "least"), [("late", "APP_UNAVAILABLE", 0.5), ("unavailable", "APP_UNAVAILABLE", 0), ("failed", "APP_UNAVAILABLE", 0)]
)
def test_apps_fail_on_purpose(failure: str, code: str, least: float, tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, f"""
scenario: rooms
users: {{ usr_bob: {{ name: Bob }} }}
members: {{ "room:room_1": [usr_bob] }}
records: {{ "room:room_1": {{ id: room_1, name: Room, status: active }} }}
on:
  - call: "quiz:*"
    fail: {{ next: [{failure}, no] }}
    answer: {{ event: "{{event}}", by: "{{user.id}}", in: "{{call.parameters.roomId}}", said: "{{args}}", count: {{ count: 1 }} }}
""")
    with mock(ROOMS, file, ROOMS_APPS="apps/rooms.yaml", ROOMS_CALL_DEADLINE="500ms") as server:
        with RoomClient(server.address, auth={"token": server.token("usr_bob")}) as bob:
            bob.subscribe("room_1")
            began = time.monotonic()
            assert bob.refusal("quiz:join", {"a": 1})["code"] == code
            assert time.monotonic() - began >= least
            assert bob.call("quiz:join", {"a": 1}) == {
                "event": "quiz:join", "by": "usr_bob", "in": "room_1", "said": {"a": 1}, "count": 1,
            }


# The language

TICKS = """
scenario: bulkbuyer
seed: 7
users: { alice: {} }
tracks:
  ticks:
    - repeat: 4
      every: 50ms
      do:
        - publish: SYSTEM_NOTIFICATION
          data:
            title: { next: [one, two, three] }
            message: "{new.id} at {now} is {word}, { pick } aside"
            severity: { pick: [INFO, WARNING, ERROR] }
    - publish: SYSTEM_NOTIFICATION
      data: { title: end, message: "{{literal}", severity: INFO }
"""


def heard(server: MockServer, user: str, count: int) -> list[dict[str, Any]]:
    with BulkBuyerClient(server.address, additional_headers={"Cookie": f"session={server.token(user)}"}) as client:
        client.ping()
        server.resume()
        return [client.receive()["data"] for _ in range(count)]


def test_the_same_seed_makes_the_same_values(tmp_path: pathlib.Path) -> None:
    text = TICKS.replace("{word}, { pick } aside", "{word}").replace("tracks:", "variables: { word: said }\ntracks:")
    file = written(tmp_path, text)
    played = []
    for _ in range(2):
        with mock(BULKBUYER, file, paused=True) as server:
            played.append(heard(server, "alice", 5))
            # Told to clients first, counted then.
            eventually(lambda: server.status()["published"] == 5, what="five events")
            eventually(lambda: server.status()["running"] == [], what="the end of the track")
            server.reset(paused=True)
            played.append(heard(server, "alice", 5))
    assert [message["title"] for message in played[0]] == ["one", "two", "three", "one", "end"]
    assert played[0][4]["message"] == "{literal}"
    for other in played[1:]:
        for first, again in zip(played[0][:4], other[:4], strict=True):
            assert first["severity"] == again["severity"]
            assert first["message"].split()[0] == again["message"].split()[0]
            assert first["message"].endswith(" is said")


def test_tracks_rest_while_they_are_paused_and_moments_do_not(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, """
scenario: bulkbuyer
users: { alice: {} }
tracks:
  slow:
    - every: 30ms
      do:
        - name: one
          publish: SYSTEM_NOTIFICATION
          data: { title: track, message: "no. {count}", severity: INFO }
        - set: { count: { count: 1 } }
variables: { count: 0 }
moments:
  now:
    with: { title: moment }
    do: [{ publish: SYSTEM_NOTIFICATION, data: { title: "{title}", message: m, severity: INFO } }]
""")
    with mock(BULKBUYER, file, paused=True) as server:
        with BulkBuyerClient(server.address, additional_headers={"Cookie": f"session={server.token('alice')}"}) as client:
            client.ping()
            assert server.status()["paused"] is True
            server.play("now")
            server.play("now", title="another")
            server.play("one")
            assert [client.receive()["data"]["title"] for _ in range(3)] == ["moment", "another", "track"]
            eventually(lambda: server.status()["published"] == 3, what="three events")
            server.resume()
            assert [client.receive()["data"]["message"] for _ in range(3)] == ["no. 0", "no. 1", "no. 2"]
            server.pause()
            paused = server.status()
            assert paused["paused"] is True and paused["running"][0]["name"] == "slow"
        with pytest.raises(MockError, match="no moment, track or step \"non\"; did you mean \"now\"?"):
            server.play("non")


def test_a_flood_is_slowed_down(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, """
scenario: bulkbuyer
tracks:
  flood:
    - repeat: 1000000
      do: [{ set: { a: { count: 1 } } }]
    - publish: SYSTEM_NOTIFICATION
      data: { title: end, message: "at {a}", severity: INFO }
""")
    with mock(BULKBUYER, file) as server:
        eventually(lambda: "slowed down" in server.log, what="the warning")
        steps = server.status()["running"][0]["steps"]
        assert steps < 1_000_000
        assert httpx.get(f"http://127.0.0.1:{server.address.split(':')[2].split('/')[0]}/api/notifications").status_code == 401
        assert server.log.count("slowed down") == 1


def test_a_list_with_nothing_in_it_keeps_nobody_waiting(tmp_path: pathlib.Path) -> None:
    """Rounds without a step that takes time would be gone through for ever, on the loop that serves connections."""
    file = written(tmp_path, """
scenario: bulkbuyer
variables: { items: [1] }
moments:
  all: [{ repeat: forever, do: [{ each: items, as: item, do: [{ wait: 1s }] }] }]
  after: [{ publish: SYSTEM_NOTIFICATION, data: { title: t, message: m, severity: INFO } }]
""")
    with mock(BULKBUYER, file) as server:
        server.play("all", items=[])
        server.play("after")
        eventually(lambda: server.status()["published"] == 1, what="an event after the rounds of nothing")


# Outages


def test_an_outage_ends_connections_and_refuses_new_ones_until_it_is_mended() -> None:
    with mock(RANGKAI, SCENARIOS / "rangkai.yaml", paused=True) as server:
        url = f"{server.address}?token={server.token('did:rangkai:alice')}"
        with Client(url) as client:
            client.welcome()
            server.outage(refuse="connections", close=1012)
            with pytest.raises(ConnectionClosed) as closed:
                client.receive()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        assert server.status()["outage"] == {"refuse": "connections", "close": 1012}
        with pytest.raises(InvalidStatus) as refused:
            Client(url)
        assert refused.value.response.status_code == 503
        server.mend()
        with Client(url) as client:
            client.welcome()


def test_tokens_are_refused_for_a_while() -> None:
    with mock(RANGKAI, SCENARIOS / "rangkai.yaml", paused=True) as server:
        url = f"{server.address}?token={server.token('did:rangkai:alice')}"
        server.outage(refuse="tokens")
        with Client(url) as client:
            assert client.receive()["type"] == "error"
            with pytest.raises(ConnectionClosed) as closed:
                client.receive()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 4001
        server.outage(slow=0.3, seconds=60)
        began = time.monotonic()
        with Client(url) as client:
            client.welcome()
        assert time.monotonic() - began >= 0.3
        server.reset(paused=True)
        assert server.status()["outage"] is None


def test_socket_io_clients_come_back_after_an_outage() -> None:
    with mock(ROOMS, SCENARIOS / "rooms.yaml", paused=True) as server:
        with SocketIOClient(server.address, auth={"token": server.token("usr_bob")}, reconnection=True) as bob:
            server.play("outage")
            bob.expect("disconnect")
            eventually(lambda: server.status()["outage"] is not None, what="the outage")
            server.mend()
            bob.expect("connect")


def test_an_outage_of_a_scenario_is_over_by_itself(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, """
scenario: bulkbuyer
users: { alice: {} }
moments:
  short: [{ outage: { refuse: connections, for: 100ms } }]
  out: [{ disconnect: alice }]
""")
    with mock(BULKBUYER, file) as server:
        headers = {"Cookie": f"session={server.token('alice')}"}
        server.play("short")
        eventually(lambda: server.status()["outage"] is None, what="the end of the outage")
        with BulkBuyerClient(server.address, additional_headers=headers) as client:
            client.ping()
            server.play("out")
            with pytest.raises(ConnectionClosed):
                client.receive()


# What can be wrong


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("scenario: bulkbuyr", 'scenario.yaml:1:11: error: no contract of the platform "bulkbuyr" is given\n  hint: did you mean "bulkbuyer"?'),
        ("scenario: bulkbuyer\ntraks: {}", 'scenario.yaml:2:1: error: unknown key "traks" in a scenario\n  hint: did you mean "tracks"?'),
        (
            "scenario: bulkbuyer\ntracks: { a: [{ publish: POOL_PROGRES, data: {} }] }",
            'scenario.yaml:2:15: error: the contract has no event "POOL_PROGRES"\n  hint: did you mean "POOL_PROGRESS"?',
        ),
        (
            "scenario: bulkbuyer\ntracks:\n  a:\n    - publish: POOL_PROGRESS\n      data: { poolId: p, progress: { walk: -5..5 }, currentQuantity: 1, targetQuantity: 0 }",
            "targetQuantity",
        ),
        (
            "scenario: bulkbuyer\ntracks:\n  a:\n    - publish: POOL_PROGRESS\n      data: { poolId: p, progress: { walk: -5..5 }, currentQuantity: 1, targetQuantity: 1 }",
            'scenario.yaml:5:36: error: the payload breaks the schema of POOL_PROGRESS: "progress"',
        ),
        (
            "scenario: bulkbuyer\ntracks:\n  a:\n    - publish: SYSTEM_NOTIFICATION\n      data: { title: t, message: m, severity: { pick: [INFO, WARNING, EROR] } }",
            'scenario.yaml:5:47: error: the payload breaks the schema of SYSTEM_NOTIFICATION: "severity"',
        ),
        ("scenario: bulkbuyer\ntracks: { a: [{ repeat: forever, do: [{ set: { b: 1 } }] }] }", "repeats forever without a pause"),
        ("scenario: bulkbuyer\ntracks: { a: [{ every: 1ms, do: [] }] }", "must be 10ms or longer"),
        ("scenario: bulkbuyer\nmoments: { a: [{ play: b }], b: [{ play: a }] }", "the moment plays itself: a → b → a"),
        ("scenario: bulkbuyer\ntracks: { a: [{ play: b }] }\nmoments: { bb: [] }", 'there is no moment "b"'),
        ("scenario: bulkbuyer\ntracks: { a: [{ publish: X, wait: 1s }] }", "a step does one thing, this one does publish and wait"),
        ("scenario: bulkbuyer\ntracks: { a: [{ wait: 1s, data: {} }] }", '"data" belongs to publish, not to "wait"'),
        ("scenario: bulkbuyer\ntracks: { a: [{ set: { b: \"{c.d}\" } }] }", 'nothing sets the variable "c"'),
        ("scenario: bulkbuyer\ntracks: { a: [{ set: { b: \"{now\" } }] }", "a brace is not closed"),
        ("scenario: bulkbuyer\ntracks: { a: [{ set: { b: { walk: 5 } } }] }", "two numbers with two dots between them"),
        ("scenario: bulkbuyer\nvariables: { b: { walk: -9223372036854775808..5 } }", "two numbers with two dots between them"),
        ("scenario: bulkbuyer\ntracks: { a: [{ outage: {} }] }", "the outage breaks nothing"),
        ("scenario: bulkbuyer\ntracks: { a: [{ outage: { close: 1005 } }] }", "must be a code that a server may send"),
        ("scenario: bulkbuyer\ntracks: { a: [{}] }", "the step does nothing"),
        ("scenario: bulkbuyer\nmembers: { \"pol:1\": [alice] }", 'no channel of the contract is named "pol:1"'),
        ("scenario: bulkbuyer\non: [{ call: x, answer: {} }]", "the contract has no apps that could be called"),
        ("scenario: bulkbuyer\non: [{ command: PIN, do: [] }]", 'the contract has no command "PIN"\n  hint: did you mean "PING"?'),
        ("scenario: bulkbuyer\ntracks: { a: [] }\nmoments: { a: [] }", 'the name "a" is taken in line'),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, complaint: str, tmp_path: pathlib.Path) -> None:
    done = checked(BULKBUYER, written(tmp_path, text + "\n"))
    assert done.returncode == 1
    assert complaint in done.stderr, done.stderr


def test_a_room_that_nothing_makes_is_a_fault(tmp_path: pathlib.Path) -> None:
    publication = '- publish: "room:deleted"\n      data: { roomId: room_1, timestamp: "{now}" }\n'
    done = checked(ROOMS, written(tmp_path, f"scenario: rooms\ntracks:\n  a:\n    {publication}"))
    assert "nothing makes room:room_1 before this is published" in done.stderr, done.stderr
    made = f'scenario: rooms\nrecords: {{ "room:room_1": {{ id: room_1 }} }}\ntracks:\n  a:\n    {publication}'
    assert checked(ROOMS, written(tmp_path, made)).returncode == 0


def test_a_scenario_in_the_place_of_a_contract_is_told() -> None:
    done = switchboard("serve", str(SCENARIOS / "orion.yaml"), "--mock")
    assert done.returncode == 1
    assert "this is a scenario, and no contract\n  hint: give it to serve --mock as --scenario FILE" in done.stderr, done.stderr


def test_every_fault_of_a_scenario_is_told_at_once(tmp_path: pathlib.Path) -> None:
    done = checked(BULKBUYER, written(tmp_path, "scenario: bulkbuyer\nseeds: 1\ntracks: { a: [{ wait: 1 }, { wat: 2s }] }\n"))
    assert done.stderr.count("error:") >= 3, done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        (["--mock", "--scenario", "missing.yaml"], {}, "missing.yaml:1:1: error: there is no such file"),
        (["--scenario", str(SCENARIOS / "bulkbuyer.yaml")], {}, "--scenario says what a mock backend does"),
        (["--mock", "--scenario", str(SCENARIOS / "orion.yaml")], {}, 'no contract of the platform "orion" is given'),
        (["--mock", *["--scenario", str(SCENARIOS / "bulkbuyer.yaml")] * 2], {}, '"bulkbuyer" has a scenario already'),
        (["--mock", "--production"], {"SWITCHBOARD_API_KEY": API_KEY}, "--mock stands in for the backends, and production has those"),
        (["--mock"], {"SWITCHBOARD_ENV": "production", "SWITCHBOARD_API_KEY": API_KEY}, "production has those"),
    ],
)
def test_a_server_refuses_what_it_cannot_play(
    arguments: list[str], variables: dict[str, str], complaint: str, tmp_path: pathlib.Path
) -> None:
    done = switchboard("serve", str(BULKBUYER), "--data", str(tmp_path / "data"), *arguments, **variables)
    assert done.returncode == 1
    assert complaint in done.stderr, done.stderr


def test_a_server_without_a_mock_has_nothing_to_lead(rangkai: Any) -> None:
    answer = rangkai.admin.http.get("/v1/platforms/rangkai/mock")
    assert answer.status_code == 404 and "--mock" in answer.json()["error"]["message"]
    assert httpx.get(f"{rangkai.admin.base}/v1/platforms/rangkai/mock").status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("play", {}, ""), ("play", {"name": 1}, "/name"), ("play", {"name": "a", "with": 1}, "/with"), ("play", {"nam": "a"}, "/nam"),
        ("reset", {"paused": 1}, "/paused"), ("reset", [], ""), ("outage", {}, ""), ("outage", {"refuse": "all"}, "/refuse"),
        ("outage", {"close": 99}, "/close"), ("outage", {"close": 1006}, "/close"), ("outage", {"slow": -1}, "/slow"), ("outage", {"close": 1012, "for": 1e300}, "/for"),
    ],
)
def test_a_request_that_says_nothing_is_refused(path: str, body: Any, pointer: str, led: MockServer) -> None:
    assert led._http is not None
    method = "PUT" if path == "outage" else "POST"
    answer = led._http.request(method, f"/v1/platforms/bulkbuyer/mock/{path}", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"].get("pointer", "") == pointer, answer.text


@pytest.fixture(scope="module")
def led() -> Iterator[MockServer]:
    with mock(BULKBUYER, SCENARIOS / "bulkbuyer.yaml", paused=True) as server:
        yield server


def test_a_mock_without_a_scenario_is_led_as_well() -> None:
    with mock(RANGKAI, paused=True) as server:
        status = server.status()
        assert status["scenario"] is None and status["paused"] is True and status["users"] == []
        with pytest.raises(MockError, match="--scenario"):
            server.play("anything")
        server.resume()
        eventually(lambda: server.status()["published"] >= 1, what="an example")


# The Python package


def test_a_mock_server_says_why_it_does_not_start(tmp_path: pathlib.Path) -> None:
    with pytest.raises(MockError, match="cannot be read: No such file"):
        mock(tmp_path / "none.yaml").start()
    with pytest.raises(MockError, match="is no contract"):
        mock(written(tmp_path, "scenario: rooms\n")).start()
    with pytest.raises(MockError, match="cannot be started: No such file"):
        MockServer(RANGKAI, binary=str(tmp_path / "none")).start()
    broken = written(tmp_path, "scenario: rangkai\ntraks: {}\n")
    with pytest.raises(MockError, match='unknown key "traks" in a scenario'):
        mock(RANGKAI, broken).start()
    idle = mock(RANGKAI)
    idle.stop()
    with pytest.raises(MockError, match="the server is not running"):
        idle.status()


def test_a_mock_server_ends_with_its_data() -> None:
    server = mock(BULKBUYER, SCENARIOS / "bulkbuyer.yaml", paused=True).start()
    assert server.log_file is not None and server.log_file.exists()
    process = server._process
    assert process is not None
    with pytest.raises(MockError, match="the scenario has no user 'nobody'; it has: alice, bob"):
        server.token("nobody")
    server.set_members("pool:pool-1", "alice")
    with pytest.raises(MockError, match="422"):
        server.publish("POOL_PROGRESS", {"poolId": "pool-1"})
    server.stop()
    assert process.poll() == 0 and not server.log_file.exists()
