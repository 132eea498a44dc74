# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`switchboard listen` and `bench` as clients of listeners that encrypt, in both wire languages."""

import json
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

from harness.certificates import Certificate
from harness.contracts import derived
from harness.ports import free_port
from harness.server import ROOT, SWITCHBOARD, Server
from harness.tokens import SECRET
from harness.waiting import DEADLINE

PLAIN, SOCKET_IO = "fanout.yaml", "fanout-socketio.yaml"
GREETINGS = {PLAIN: '{"type":"subscribe","channel":"ch7"}', SOCKET_IO: '["subscribe",{"channel":"ch7"}]'}
ANSWERS = {PLAIN: {"type": "subscribed", "channel": "ch7"}, SOCKET_IO: ["subscribed", {"channels": ["ch7"]}]}


@pytest.fixture(scope="module", params=[PLAIN, SOCKET_IO])
def encrypted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("encrypted")
    certificate = Certificate(folder / "certificate")

    def encrypt(document: dict[str, object]) -> None:
        document["listen"][0]["tls"] = certificate.rules  # type: ignore[index]

    port = free_port()
    server = Server(
        folder / "data", derived(folder, encrypt, source=ROOT / "Benchmarks" / request.param),
        name=f"commands-tls-{request.param}", port=port, platform="fanout", FANOUT_PORT=str(port), FANOUT_SECRET=SECRET,
    )
    server.kind, server.certificate = request.param, str(certificate.certificate)  # type: ignore[attr-defined]
    server.start()
    yield server
    server.stop()


def first_line(server: Server, *arguments: str) -> object:
    process = subprocess.Popen(
        [str(SWITCHBOARD), "listen", *arguments], env=server.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    assert process.stdout is not None
    try:
        return json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(DEADLINE)


def address(server: Server, host: str = "localhost") -> str:
    return f"wss://{host}:{server.port}/sub" if server.kind == PLAIN else f"https://{host}:{server.port}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_listen_believes_the_named_certificate(encrypted: Server, host: str) -> None:
    arguments = [address(encrypted, host), "--ca", encrypted.certificate, "--send", GREETINGS[encrypted.kind]]
    assert first_line(encrypted, *arguments) == ANSWERS[encrypted.kind]


def test_listen_finds_in_a_contract_that_its_listener_encrypts(encrypted: Server) -> None:
    arguments = [str(encrypted.contracts[0]), "--ca", encrypted.certificate, "--channel", "ch7"]
    assert first_line(encrypted, *arguments) == ANSWERS[encrypted.kind]


def test_listen_believes_nobody_else(encrypted: Server, tmp_path: pathlib.Path) -> None:
    other = Certificate(tmp_path / "other")
    for options in ([], ["--ca", str(other.certificate)]):
        done = subprocess.run(
            [str(SWITCHBOARD), "listen", address(encrypted), *options], env=encrypted.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )
        assert done.returncode == 1 and done.stdout == ""
        assert "the server's certificate is not believed" in done.stderr, done.stderr


def test_bench_counts_every_delivery(encrypted: Server) -> None:
    bench(encrypted)
    if encrypted.kind == SOCKET_IO:
        bench(encrypted, "--polling")


def bench(encrypted: Server, *options: str) -> None:
    done = subprocess.run(
        [
            str(SWITCHBOARD), "bench", str(encrypted.contracts[0]), "--admin", encrypted.admin.base, "--ca",
            encrypted.certificate, "--connections", "5", "--warmup", "0.2", "--duration", "1", "--rate", "20", "--channel",
            "ch0", "--event", "tick", "--payload", '{"channel": 0}', *options,
        ],
        env=encrypted.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    delivered = re.search(r"^delivered +(\d+) of (\d+),", done.stdout, re.MULTILINE)
    assert delivered and int(delivered[1]) == int(delivered[2]) > 0
