# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The end of the server: everybody is told, step by step, and nobody holds it up."""

import json
import os
import selectors
import signal
import struct
import time
from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import pytest

from harness.payloads import did
from harness.raw import CLOSE, RawSocket
from harness.server import API_KEY, Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement

#: Some of the clients of the large test; a thousandth of what one server holds.
CLIENT_COUNT = 2000


def open_many(server: Server, count: int) -> list[RawSocket]:
    """Connections of one user, all with their welcome read."""
    target = f"/ws?{urlencode({'token': token(did())})}"
    clients = []
    for _ in range(count):
        client = server.raw()
        assert client.upgrade(target) == 101
        assert '"connected"' in client.read_text()
        clients.append(client)
    return clients


def close_codes(clients: list[RawSocket]) -> tuple[list[int], list[float]]:
    """The code of each client's close frame, answered, and when it came."""
    codes, times = [], []
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        end = time.monotonic() + 20
        while selector.get_map() and time.monotonic() < end:
            for key, _ in selector.select(timeout=1):
                frame = key.data.read_frame()
                if frame.opcode != CLOSE:
                    continue
                codes.append(struct.unpack("!H", frame.payload[:2])[0])
                times.append(time.monotonic())
                key.data.send_frame(CLOSE, frame.payload[:2])
                selector.unregister(key.fileobj)
    return codes, times


@requirement("BULK-015")
def test_2000_clients_are_told_in_steps_and_one_that_does_not_answer_holds_nothing_up(
    serve: Callable[..., Server],
) -> None:
    server = serve(arguments=("--drain", "4s"))
    silent = server.raw_websocket(did())
    clients = open_many(server, CLIENT_COUNT)
    process = server.process
    assert process is not None
    began = time.monotonic()
    process.terminate()
    codes, times = close_codes(clients)
    assert codes == [1001] * CLIENT_COUNT
    assert times[-1] - times[0] > 0.5, "they were told all at once"
    # Its handshake is never done: it is cut off when the time is over, or before.
    assert server.wait() == 0
    assert time.monotonic() - began < 4 + 4
    assert silent.read_frame().opcode == CLOSE
    for client in [silent, *clients]:
        client.socket.close()


def test_the_server_is_not_ready_from_the_first_moment_of_its_end(serve: Callable[..., Server]) -> None:
    server = serve()
    silent = server.raw_websocket(did())
    process = server.process
    assert process is not None
    process.terminate()
    assert silent.read_frame().opcode == CLOSE
    answer = httpx.get(f"http://127.0.0.1:{server.admin_port}/health/ready", trust_env=False)
    assert answer.status_code == 503
    silent.send_frame(CLOSE, struct.pack("!H", 1001))
    assert server.wait() == 0


def test_a_request_that_has_begun_is_answered(serve: Callable[..., Server]) -> None:
    server = serve()
    body = json.dumps({"event": "announcement", "data": {"text": "last words"}, "to": ["global"]}).encode()
    with RawSocket(server.admin_port) as publisher:
        head = (
            "POST /v1/platforms/rangkai/events HTTP/1.1", "Host: localhost", f"Authorization: Bearer {API_KEY}",
            "Content-Type: application/json", f"Content-Length: {len(body)}", "Expect: 100-continue", "", "",
        )
        publisher.send("\r\n".join(head).encode())
        assert " 100 " in publisher.read_head()
        process = server.process
        assert process is not None
        process.terminate()

        def is_refused() -> bool:
            try:
                server.raw().socket.close()
                return False
            except ConnectionRefusedError:
                return True

        eventually(is_refused, what="the end of accepting")
        publisher.send(body)
        assert " 200 " in publisher.read_head().splitlines()[0]
    assert server.wait() == 0


def test_a_second_signal_ends_the_server_at_once(serve: Callable[..., Server]) -> None:
    server = serve()
    silent = server.raw_websocket(did())
    process = server.process
    assert process is not None
    process.terminate()
    assert silent.read_frame().opcode == CLOSE
    os.kill(process.pid, signal.SIGTERM)
    assert server.wait(within=3) == -signal.SIGTERM


@pytest.mark.parametrize("value", ["-1s", "2h", "soon"])
def test_a_limit_of_time_that_is_none_is_refused(serve: Callable[..., Server], value: str) -> None:
    server = serve(start=False, arguments=(f"--drain={value}",))
    server.launch()
    assert server.wait() == 64
