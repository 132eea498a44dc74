# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The examples that are made of the Socket.IO library alone, with stock clients."""

from collections.abc import Callable, Iterator

import pytest

from harness.javascript import TRANSPORTS, VERSIONS, Program
from harness.packets import BAD_BINARY_PACKETS, BAD_PACKETS
from harness.peer import Peer
from harness.server import BINARIES
from harness.stock import SocketIOClient


class Echo(Peer):
    program = BINARIES / "SocketIOEcho"


class Chat(Peer):
    program = BINARIES / "SocketIOChat"


@pytest.fixture(scope="module")
def echo() -> Iterator[Peer]:
    server = Echo("echo").start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def chat() -> Iterator[Peer]:
    server = Chat("chat").start()
    yield server
    server.kill()


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_echo(echo: Peer, transports: list[str]) -> None:
    values = ("é", 1.5, {"list": [None, b"\x01\x02"]})
    with SocketIOClient(echo.url, transports=transports) as client:
        client.emit("say", *values)
        assert client.expect("say") == values
        assert client.call("ask", {"bytes": b"\x03"}) == {"bytes": b"\x03"}


def test_chat_refuses_who_has_no_name(chat: Peer) -> None:
    with SocketIOClient(chat.url, auth={"name": ""}, must_connect=False) as client:
        assert client.expect("connect_error") == ({"message": "Who are you?", "data": {"longest": 32}},)


def test_chat_goes_on_beside_clients_that_mean_no_good(chat: Peer) -> None:
    with SocketIOClient(chat.url, auth={"name": "Ada"}) as ada, SocketIOClient(chat.url, auth={"name": "Bob"}) as bob:
        for client in (ada, bob):
            client.call("join", "calm")
        before = chat.resident_kib
        for number, packets in enumerate([*((packet,) for packet in BAD_PACKETS), *BAD_BINARY_PACKETS]):
            with chat.socket.session() as connection:
                connection.put('40{"name":"Mallory"}')
                assert str(connection.receive()).startswith('40{"sid":"')
                connection.put(*packets)
                connection.expect_close()
            bob.call("say", {"room": "calm", "text": str(number)})
            assert ada.expect("message")[0]["text"] == str(number)
        for odd in ("1", "{}", "[]", "null", '""', '"' + "x" * 100_000 + '"', '"0000000000000000"', '"9999999999999999"'):
            # A state that nobody left is no state: an ordinary new socket.
            with chat.socket.session() as connection:
                connection.put(f'40{{"name":"Mallory","pid":{odd},"offset":{odd}}}')
                assert str(connection.receive()).startswith('40{"sid":"')
        for name in ("1", "null", "{}", '"' + "x" * 33 + '"'):
            with chat.socket.session() as connection:
                connection.put(f'40{{"name":{name}}}')
                assert str(connection.receive()).startswith('44{"message":"Who are you?"')
        assert chat.resident_kib - before < 32_768


TALKING = """
const options = { forceNew: true, reconnection: false };
const ada = io(ADDRESS, { ...options, auth: { name: 'Ada' } });
const bob = io(ADDRESS, { ...options, auth: { name: 'Bob' } });
ada.on('connect', () => say('connect', ada.id, ada.recovered));
ada.on('disconnect', (reason) => say('disconnect', reason));
ada.on('message', ({ room, from, text }) => say('message', room, from, text));
ada.on('joined', ({ room, name }) => say('joined', room, name));
ada.on('left', ({ room, name }) => say('left', room, name));
const ask = (socket, ...values) => socket.timeout(20000).emitWithAck(...values);
async function begin() {
  say('members', (await ask(ada, 'join', 'swift')).members);
  say('members', (await ask(bob, 'join', 'swift')).members);
  say('outside', (await ask(bob, 'say', { room: 'other', text: 'x' })).error);
  say('said', (await ask(bob, 'say', { room: 'swift', text: 'first' })).ok);
}
async function goOn() {
  await ask(bob, 'say', { room: 'swift', text: 'missed 1' });
  await ask(bob, 'say', { room: 'swift', text: 'missed 2' });
  say('went on');
}
begin().catch((error) => say('failed', String(error)));
"""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_chat_and_coming_back(
    chat: Peer, javascript: Callable[..., Program], version: str, transports: list[str]
) -> None:
    """A client that was cut off says that it has recovered, and heard what it missed before."""
    with javascript(TALKING, version=version, transports=transports, names={"ADDRESS": chat.url}) as program:
        identifier, recovered = program.expect("connect")
        assert recovered is False
        assert program.expect("members") == [["Ada"]]
        assert program.expect("members") == [["Ada", "Bob"]]
        assert program.expect("joined") == ["swift", "Bob"]
        assert program.expect("outside") == ["You are not in that room."]
        assert program.expect("said") == [True]
        assert program.expect("message") == ["swift", "Bob", "first"]
        program.run("ada.io.engine.close()")
        assert program.expect("disconnect") == ["forced close"]
        program.run("goOn()")
        program.expect("went on")
        program.run("ada.connect()")
        assert program.expect("connect") == [identifier, True]
        messages = [said for said in program.told if said[0] == "message"]
        assert [said[3] for said in messages] == ["first", "missed 1", "missed 2"]
        # He is in his room, and under his name.
        program.run("ask(ada, 'say', { room: 'swift', text: 'back' }).then(({ ok }) => say('said', ok))")
        assert program.expect("said") == [True]
        program.run("bob.disconnect()")
        # The room was told of Ada's loss; she was not there.
        assert program.expect("left") == ["swift", "Bob"]
