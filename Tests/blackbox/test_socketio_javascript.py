# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The stock JavaScript client, end to end: each version in Node and in Chromium, over each transport."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.javascript import TRANSPORTS, VERSIONS, Program
from harness.peer import Peer
from harness.waiting import eventually

RUNTIMES = ("node", "chromium")

#: What every client can do with a server that answers as ProtocolPeer does.
EVERYTHING = """
const options = { reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 };
const socket = io(ADDRESS, { ...options, auth: (give) => give({ token: 'é€😀' }) });
socket.io.on('open', () => socket.io.engine.once('upgrade', (transport) => say('upgraded', transport.name)));
socket.on('auth', (auth) => say('auth', auth));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.on('disconnect', (reason) => say('disconnect', reason));

const bytes = (count) => Uint8Array.from({ length: count }, (_, index) => index % 251);
const same = (one, other) => one.byteLength === other.byteLength
  && new Uint8Array(one).every((value, index) => value === other[index]);
const next = () => new Promise((done) => socket.once('message-back', (...values) => done(values)));
const echo = (...values) => { const answer = next(); socket.emit('message', ...values); return answer; };

async function main() {
  // Emitted before there is a connection: sent when there is one, in order.
  const early = [];
  await new Promise((done) => {
    socket.on('message-back', function listen(value) {
      early.push(value);
      if (early.length === 3) { socket.off('message-back', listen); done(); }
    });
    for (const value of ['a', 'b', 'c']) { socket.emit('message', value); }
  });
  say('early', early, socket.connected);

  say('text', ...await echo('text', 1, 2.5, -0.001, null, true, { 'ü': [[], {}, 'é€😀\\u2028'] }));
  say('nothing', ...await echo());
  say('binary', same((await echo(bytes(3)))[0], bytes(3)));
  const [deep, after, empty] = await echo({ list: [bytes(1000), { inner: bytes(5) }] }, 'after', bytes(0));
  say('deep', same(deep.list[0], bytes(1000)), same(deep.list[1].inner, bytes(5)), after, empty.byteLength);
  const long = 'é'.repeat(150000);
  say('long text', (await echo(long))[0] === long);
  say('long binary', same((await echo(bytes(300000)))[0], bytes(300000)));

  const answers = [];
  await Promise.all(Array.from({ length: 200 }, (_, index) => new Promise((done) => {
    socket.emit('message-with-ack', index, (value) => { answers.push(value); done(); });
  })));
  say('acks', answers.length, answers.every((value, index) => value === index));
  say('binary ack', same(await socket.timeout(10000).emitWithAck('message-with-ack', bytes(7)), bytes(7)));

  const custom = io(`${ADDRESS}/custom`, { auth: { place: 'custom' } });
  await new Promise((done) => custom.on('auth', (auth) => { say('custom', auth, custom.io === socket.io); done(); }));
  say('ids', new Set([socket.id, custom.id, socket.io.engine.id]).size);
  const unknown = io(`${ADDRESS}/unknown`);
  await new Promise((done) => unknown.on('connect_error', (error) => {
    say('unknown', error.message, unknown.connected, unknown.active);
    done();
  }));
  custom.disconnect();
  say('after leaving', ...await echo('still here'));
  if (socket.io.engine.transport.name === TRANSPORT) { say('transport', TRANSPORT); }
  else { socket.io.engine.once('upgrade', (transport) => say('transport', transport.name)); }
}
main().catch((error) => say('failed', String(error)));
"""

#: A client that tells what becomes of its connection, and comes back soon.
WATCHING = """
const socket = io(ADDRESS, { reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 });
socket.on('connect', () => say('connect', socket.id, socket.io.engine.transport.name));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.on('disconnect', (reason) => say('disconnect', reason, socket.active));
socket.on('message-back', (...values) => say('back', ...values));
"""


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def make_peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(name: str, **variables: str) -> Peer:
        made.append(Peer(name, **({"PING_INTERVAL": "25000", "PING_TIMEOUT": "20000"} | variables)).start())
        return made[-1]

    yield make
    for peer in made:
        peer.kill()


@pytest.mark.parametrize("version", VERSIONS)
def test_everything(
    peer: Peer, javascript: Callable[..., Program], runtime: str, version: str, transport: str
) -> None:
    used = "polling" if transport == "polling" else "websocket"
    with javascript(
        EVERYTHING, runtime=runtime, version=version, transports=TRANSPORTS[transport],
        names={"ADDRESS": peer.url, "TRANSPORT": used},
    ) as program:
        expected: dict[str, list[Any]] = {
            "auth": [{"token": "é€😀"}],
            "early": [["a", "b", "c"], True],
            "text": ["text", 1, 2.5, -0.001, None, True, {"ü": [[], {}, "é€😀\u2028"]}],
            "nothing": [],
            "binary": [True],
            "deep": [True, True, "after", 0],
            "long text": [True],
            "long binary": [True],
            "acks": [200, True],
            "binary ack": [True],
            "custom": [{"place": "custom"}, True],
            "ids": [3],
            "unknown": ["Invalid namespace", False, False],
            "after leaving": ["still here"],
            "transport": [used],
        }
        for name, values in expected.items():
            assert program.expect(name) == values
        if transport == "upgrade":
            assert program.expect("upgraded") == ["websocket"]
        # Closed by the program itself: nothing else was told in between.
        program.run("socket.disconnect()")
        assert program.expect("disconnect") == ["io client disconnect"]
        assert [said for said in program.told if said[0] in ("failed", "connect_error")] == []


def watching(javascript: Callable[..., Program], peer: Peer, runtime: str, transport: str) -> Program:
    program = javascript(WATCHING, runtime=runtime, transports=TRANSPORTS[transport], names={"ADDRESS": peer.url})
    program.expect("connect")
    if transport == "upgrade":
        program.run("const upgraded = () => socket.io.engine.transport.name === 'websocket' ? say('now websocket') : "
                    "setTimeout(upgraded, 10); upgraded();")
        program.expect("now websocket")
    return program


def test_it_comes_back_after_a_restart(
    make_peer: Callable[..., Peer], javascript: Callable[..., Program], runtime: str, transport: str
) -> None:
    peer = make_peer("restart")
    program = watching(javascript, peer, runtime, transport)
    peer.stop()
    # On polling the waiting GET ends with 503, on a WebSocket with a close frame.
    reason = "transport error" if transport == "polling" else "transport close"
    assert program.expect("disconnect") == [reason, True]
    program.run("socket.emit('message', 'meanwhile')")
    program.expect("connect_error")
    peer.start()
    program.expect("connect")
    assert program.expect("back") == ["meanwhile"]


def test_it_comes_back_after_a_crash(
    make_peer: Callable[..., Peer], javascript: Callable[..., Program], runtime: str, transport: str
) -> None:
    peer = make_peer("crash")
    program = watching(javascript, peer, runtime, transport)
    peer.kill()
    assert program.expect("disconnect")[0] in ("transport error", "transport close")
    peer.start()
    program.expect("connect")


def test_it_is_told_when_the_server_leaves_and_stays_away(
    peer: Peer, javascript: Callable[..., Program], runtime: str, transport: str
) -> None:
    program = watching(javascript, peer, runtime, transport)
    program.run("socket.emit('leave')")
    assert program.expect("disconnect") == ["io server disconnect", False]
    program.expect_silence("connect")
    # Asked to, it comes back.
    program.run("socket.connect()")
    program.expect("connect")


def test_it_comes_back_when_the_server_closes(
    peer: Peer, javascript: Callable[..., Program], runtime: str, transport: str
) -> None:
    program = watching(javascript, peer, runtime, transport)
    # No packet of Socket.IO: the server ends the connection for it, after what came before.
    program.run("socket.emit('message', 'last'); socket.io.engine.send('abc')")
    assert program.expect("disconnect") == ["transport close", True]
    # What was sent before the end arrived before it.
    names = [said[0] for said in program.told]
    assert names.index("back") < names.index("disconnect")
    program.expect("connect")


@pytest.mark.parametrize("transport", ["websocket", "polling"], indirect=True)
def test_it_notices_a_server_that_is_silent(
    make_peer: Callable[..., Peer], javascript: Callable[..., Program], runtime: str, transport: str
) -> None:
    peer = make_peer("silent", PING_INTERVAL="1000", PING_TIMEOUT="1000")
    program = watching(javascript, peer, runtime, transport)
    assert peer.process is not None
    peer.process.send_signal(signal.SIGSTOP)
    try:
        assert program.expect("disconnect")[0] == "ping timeout"
    finally:
        peer.process.send_signal(signal.SIGCONT)
    program.expect("connect")


def test_a_server_that_is_not_there_is_an_error_of_the_connection(
    make_peer: Callable[..., Peer], javascript: Callable[..., Program], runtime: str
) -> None:
    peer = make_peer("absent")
    peer.stop()
    for transport, message in (("websocket", "websocket error"), ("polling", "xhr poll error")):
        program = javascript(
            WATCHING, runtime=runtime, transports=TRANSPORTS[transport], names={"ADDRESS": peer.url}
        )
        assert program.expect("connect_error") == [message]


def test_a_browser_that_loses_its_network_comes_back(
    peer: Peer, javascript: Callable[..., Program], transport: str
) -> None:
    page: Any = watching(javascript, peer, "chromium", transport)
    page.set_offline(True)
    assert page.expect("disconnect")[0] in ("transport close", "transport error")
    page.set_offline(False)
    page.expect("connect")


def test_a_page_that_goes_away_is_noticed(peer: Peer, javascript: Callable[..., Program], transport: str) -> None:
    page: Any = watching(javascript, peer, "chromium", transport)
    sid = page.evaluate("socket.io.engine.id")
    page.run("location.href = 'about:blank'")
    query = f"?EIO=4&transport=polling&sid={sid}"
    # Also a session that had been upgraded is unknown now, where it was a bad request before.
    eventually(
        lambda: peer.socket.exchange("POST", query, "6").text == '{"code":1,"message":"Session ID unknown"}',
        what="the end of the page's session",
    )
