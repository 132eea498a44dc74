# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""python-socketio's clients, blocking and asynchronous, end to end over each transport."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio

from harness.javascript import TRANSPORTS
from harness.peer import Peer
from harness.stock import SocketIOClient
from harness.waiting import DEADLINE, eventually

LONG_TEXT = "é" * 150_000
LONG_BINARY = bytes(index % 251 for index in range(300_000))
VALUES: list[tuple[Any, ...]] = [
    (), ("text", 1, 2.5, None, True, {"ü": [[], {}, "é€😀\u2028"]}), (b"\x00\x01\xff",), ({"list": [b"a", {"inner": b"b"}]}, "after", b""),
    (LONG_TEXT,), (LONG_BINARY,),
]


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def make_peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(name: str) -> Peer:
        made.append(Peer(name, PING_INTERVAL="25000", PING_TIMEOUT="20000").start())
        return made[-1]

    yield make
    for peer in made:
        peer.kill()


def connect(peer: Peer, transport: str, **options: Any) -> SocketIOClient:
    return SocketIOClient(peer.url, transports=TRANSPORTS[transport], **options)


# Blocking


def test_everything(peer: Peer, transport: str) -> None:
    with connect(peer, transport, auth={"token": "é€😀"}, namespaces=("/", "/custom")) as client:
        assert client.expect("auth") == ({"token": "é€😀"},)
        assert client.expect("auth", namespace="/custom") == ({"token": "é€😀"},)
        assert client.transport == ("polling" if transport == "polling" else "websocket")
        for values in VALUES:
            client.emit("message", *values)
            assert client.expect("message-back") == values
        for values in VALUES[1:]:
            answer = client.call("message-with-ack", *values)
            assert answer == (values[0] if len(values) == 1 else values) or tuple(answer) == values
        assert [client.call("message-with-ack", number) for number in range(50)] == list(range(50))
        assert len({client.id(), client.id("/custom"), client.sio.sid}) >= 2


def test_two_hundred_answers_in_order(peer: Peer, transport: str) -> None:
    with connect(peer, transport) as client:
        client.expect("connect")
        answers: list[int] = []
        for number in range(200):
            client.sio.emit("message-with-ack", number, callback=answers.append)
        eventually(lambda: len(answers) == 200, what="200 answers")
        assert answers == list(range(200))


def test_forty_echoes_in_a_burst(peer: Peer, transport: str) -> None:
    # More packets in one poll than python-engineio takes (16) would end the connection.
    with connect(peer, transport) as client:
        client.expect("connect")
        for number in range(40):
            client.emit("message", number, bytes([number]))
        for number in range(40):
            assert client.expect("message-back") == (number, bytes([number]))


def test_an_unknown_namespace_is_refused(peer: Peer, transport: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect(peer, transport, namespaces=("/unknown",))
    with connect(peer, transport, namespaces=("/unknown",), must_connect=False) as client:
        assert client.expect("connect_error", namespace="/unknown") == ({"message": "Invalid namespace"},)


def test_it_comes_back_after_a_restart(make_peer: Callable[..., Peer], transport: str) -> None:
    peer = make_peer("python-restart")
    with connect(
        peer, transport, reconnection=True, reconnection_delay=0.05, reconnection_delay_max=0.2
    ) as client:
        client.expect("connect")
        peer.stop()
        assert client.expect("disconnect") == (client.sio.reason.TRANSPORT_ERROR,)
        peer.start()
        client.expect("connect")
        client.emit("message", "again")
        assert client.expect("message-back") == ("again",)


def test_it_stays_away_when_the_server_leaves(peer: Peer, transport: str) -> None:
    with connect(
        peer, transport, reconnection=True, reconnection_delay=0.05, reconnection_delay_max=0.2
    ) as client:
        client.expect("connect")
        client.emit("leave")
        assert client.expect("disconnect") == (client.sio.reason.SERVER_DISCONNECT,)
        client.expect_silence("connect")


def test_a_client_that_disconnects_is_gone(peer: Peer, transport: str) -> None:
    client = connect(peer, transport)
    client.expect("connect")
    sid = client.sio.eio.sid
    client.sio.disconnect()
    assert client.expect("disconnect") == (client.sio.reason.CLIENT_DISCONNECT,)
    query = f"?EIO=4&transport=polling&sid={sid}"
    eventually(lambda: '"code":1' in peer.socket.exchange("POST", query, "6").text, what="the end of the session")
    client.close()


# Asynchronous


def asynchronously(peer: Peer, transport: str, body: Callable[[socketio.AsyncClient, asyncio.Queue[Any]], Any]) -> None:
    """Runs a body with a connected client and what it is told."""

    async def run() -> None:
        client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2)
        told: asyncio.Queue[Any] = asyncio.Queue()
        client.on("*", lambda name, *values: told.put_nowait((name, *values)))
        client.on("connect", lambda: told.put_nowait(("connect",)))
        client.on("disconnect", lambda reason: told.put_nowait(("disconnect", reason)))
        await client.connect(peer.url, auth={"token": "abc"}, transports=TRANSPORTS[transport], wait_timeout=int(DEADLINE))
        try:
            assert {(await told.get())[0], (await told.get())[0]} == {"connect", "auth"}
            await asyncio.wait_for(body(client, told), 3 * DEADLINE)
        finally:
            await client.shutdown()

    asyncio.run(run())


def test_everything_asynchronously(peer: Peer, transport: str) -> None:
    async def body(client: socketio.AsyncClient, told: asyncio.Queue[Any]) -> None:
        # The upgrade comes by the connection that polled.
        assert client.transport() == ("polling" if transport == "polling" else "websocket")
        for values in VALUES:
            await client.emit("message", values)
            assert await told.get() == ("message-back", *values)
        for number in range(40):
            await client.emit("message", (number, bytes([number])))
        assert [await told.get() for _ in range(40)] == [("message-back", number, bytes([number])) for number in range(40)]
        answers = await asyncio.gather(*[client.call("message-with-ack", number) for number in range(200)])
        assert answers == list(range(200))

    asynchronously(peer, transport, body)


def test_it_comes_back_after_a_restart_asynchronously(make_peer: Callable[..., Peer], transport: str) -> None:
    peer = make_peer("python-async-restart")

    async def body(client: socketio.AsyncClient, told: asyncio.Queue[Any]) -> None:
        await asyncio.to_thread(peer.stop)
        assert await told.get() == ("disconnect", client.reason.TRANSPORT_ERROR)
        await asyncio.to_thread(peer.start)
        assert {(await told.get())[0], (await told.get())[0]} == {"connect", "auth"}
        await client.emit("message", "again")
        assert await told.get() == ("message-back", "again")

    asynchronously(peer, transport, body)
