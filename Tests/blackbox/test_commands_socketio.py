# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`switchboard listen` and `bench` as clients of a Socket.IO listener."""

import json
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

from harness.both import Both
from harness.commands import switchboard
from harness.ports import free_port
from harness.server import ROOT, SWITCHBOARD, Server
from harness.tokens import SECRET, token
from harness.waiting import DEADLINE, eventually

FANOUT = ROOT / "Benchmarks" / "fanout-socketio.yaml"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    server = Both(tmp_path_factory.mktemp("data"), name="commands-socketio").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def fanout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    server = Server(
        tmp_path_factory.mktemp("data"), FANOUT, name="commands-fanout", port=port, platform="fanout",
        FANOUT_PORT=str(port), FANOUT_SECRET=SECRET,
    ).start()
    yield server
    server.stop()


def listening(server: Server, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(SWITCHBOARD), "listen", *arguments], env=server.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )


def lines(process: subprocess.Popen[str], count: int) -> list[list[object]]:
    assert process.stdout is not None
    try:
        return [json.loads(process.stdout.readline()) for _ in range(count)]
    finally:
        process.kill()
        process.wait(DEADLINE)


def test_listen_at_an_address_joins_and_sends_events(both: Both) -> None:
    process = listening(
        both, f"http://127.0.0.1:{both.socketio_port}", "--auth", json.dumps({"token": token("ann")}),
        "--send", '["subscribe",{"channel":"noise:1"}]', "--send", '["say",{"channel":"room:listen","text":"hi"}]',
    )
    (connected, user), (subscribed, answer) = lines(process, 2)
    assert (connected, user) == ("connected", {"user": "ann"})
    assert subscribed == "subscribed" and answer["channels"] == ["noise:1"]


def test_listen_joins_the_namespace_of_the_address_s_path(both: Both) -> None:
    auth = json.dumps({"token": token("root", roles=["admin"])})
    process = listening(both, f"http://127.0.0.1:{both.socketio_port}/admin", "--auth", auth)
    eventually(lambda: both.admin.connections("root"), what="the connection")
    both.admin.publish("said", {"text": "for administrators"}, to=["board"])
    connected, said = lines(process, 2)
    assert connected == ["connected", {"user": "root"}]
    assert said[:2] == ["said", {"text": "for administrators"}]


@pytest.mark.parametrize(
    ("path", "auth", "told"),
    [("", "{}", "Authentication failed"), ("/admin", None, "Authentication failed"), ("/nowhere", None, "Invalid namespace")],
    ids=["no-token", "no-right", "no-namespace"],
)
def test_listen_prints_why_it_was_refused_and_fails(both: Both, path: str, auth: str | None, told: str) -> None:
    done = switchboard(
        "listen", f"http://127.0.0.1:{both.socketio_port}{path}", "--auth", auth or json.dumps({"token": token("ann")})
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["message"] == told
    assert "closed the connection" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["http://localhost:4000", "--auth", "token"], "--auth takes a JSON object"),
        (["http://localhost:4000", "--namespace", "/a"], "go with a contract file"),
        (["http://:4000"], "is not an address like http://localhost:4000"),
        (["https://localhost", "--ca", "/nowhere.pem"], "--ca: /nowhere.pem holds no certificate in PEM"),
        ([str(FANOUT), "--namespace", "a"], "--namespace begins with /"),
        ([str(FANOUT), "--channel", ""], "no command that subscribes to the channel"),
    ],
    ids=str,
)
def test_listen_refuses_what_it_cannot_do(arguments: list[str], complaint: str) -> None:
    done = switchboard("listen", *arguments)
    assert done.returncode == 64
    assert complaint in done.stderr


def test_listen_finds_in_a_contract_that_its_clients_speak_socket_io(fanout: Server, tmp_path: pathlib.Path) -> None:
    process = listening(fanout, str(FANOUT), "--data", str(tmp_path), "--channel", "ch7", "--user", "ann")
    assert lines(process, 1) == [["subscribed", {"channels": ["ch7"]}]]


@pytest.mark.parametrize(
    "options", [["--rate", "20"], ["--window", "4"], ["--rate", "20", "--polling"]], ids=["rate", "window", "polling"]
)
def test_bench_counts_every_delivery(fanout: Server, options: list[str]) -> None:
    done = subprocess.run(
        [
            str(SWITCHBOARD), "bench", str(FANOUT), "--admin", fanout.admin.base, "--connections", "5", "--warmup", "0.2",
            "--duration", "1", "--channel", "ch0", "--event", "tick", "--payload", '{"channel": 0}', *options,
        ],
        env=fanout.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    published = int(re.search(r"^published +(\d+) in", done.stdout, re.MULTILINE)[1])  # type: ignore[index]
    delivered = re.search(r"^delivered +(\d+) of (\d+),", done.stdout, re.MULTILINE)
    assert delivered and int(delivered[1]) == int(delivered[2]) == 5 * published > 0
