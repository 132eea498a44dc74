# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The stock JavaScript client's connection state recovery with a contract's server: whole, or not at all."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.both import Both
from harness.javascript import TRANSPORTS, VERSIONS, Program
from harness.tokens import token

#: Says what it hears, comes back only when it is told to, and counts nothing itself.
LISTENING = """
const socket = io(ADDRESS, { reconnection: false, auth: { token: TOKEN } });
socket.on('connect', () => say('connect', socket.id, socket.recovered));
socket.on('disconnect', (reason) => say('disconnect', reason));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.on('said', ({ text }) => say('said', text));
const subscribe = (channel) => socket.emit('subscribe', { channel }, ({ success }) => say('subscribed', success));
"""


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


class Listener:
    """A program that has subscribed to a room and heard its first event."""

    def __init__(
        self, javascript: Callable[..., Program], both: Both, room: str, transport: str, namespace: str = "", **options: Any
    ) -> None:
        self.both, self.room = both, room
        self.program = javascript(
            LISTENING, transports=TRANSPORTS[transport],
            names={"ADDRESS": f"http://127.0.0.1:{both.socketio_port}{namespace}", "TOKEN": token(f"user-{room}")},
            **options,
        )
        self.id, recovered = self.program.expect("connect")
        assert recovered is False
        if not namespace:
            self.program.run(f"subscribe({room!r})")
            assert self.program.expect("subscribed") == [True]
        if transport == "upgrade":
            self.program.run("const upgraded = () => socket.io.engine.transport.name === 'websocket' ? say('upgraded') : "
                             "setTimeout(upgraded, 10); upgraded();")
            self.program.expect("upgraded")
        self.publish("heard")
        assert self.program.expect("said") == ["heard"]

    def publish(self, *texts: str) -> None:
        for text in texts:
            self.both.admin.publish("said", {"text": text}, to=[self.room])

    def lose_connection(self) -> None:
        self.program.run("socket.io.engine.close()")
        assert self.program.expect("disconnect") == ["forced close"]

    def come_back(self) -> tuple[str, bool]:
        self.program.run("socket.connect()")
        identifier, recovered = self.program.expect("connect")
        return identifier, recovered

    def heard(self, count: int) -> list[str]:
        """The texts of the next so many events."""
        return [self.program.expect("said")[0] for _ in range(count)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_that_was_cut_off_recovers_and_has_missed_nothing(
    both: Both, javascript: Callable[..., Program], version: str, transport: str
) -> None:
    client = Listener(javascript, both, f"room:cut-{version}-{transport}", transport, version=version)
    for round in range(3):
        client.lose_connection()
        missed = [f"missed {round}-{number}" for number in range(30)]
        client.publish(*missed)
        assert client.come_back() == (client.id, True)
        client.publish(f"after {round}")
        assert client.heard(31) == [*missed, f"after {round}"]
    # What was missed is heard before the client is told that it is connected again.
    told = [said[1] if said[0] == "said" else said[0] for said in client.program.told]
    told = told[told.index("heard") + 1 :]
    assert told == [
        text for round in range(3)
        for text in ("disconnect", *(f"missed {round}-{number}" for number in range(30)), "connect", f"after {round}")
    ]


def test_a_client_recovers_in_a_namespace_by_pattern(both: Both, javascript: Callable[..., Program], transport: str) -> None:
    client = Listener(javascript, both, f"room:{transport}", transport, namespace=f"/rooms/{transport}")
    client.lose_connection()
    client.publish("missed")
    assert client.come_back() == (client.id, True)
    assert client.heard(1) == ["missed"]


def test_a_client_recovers_from_an_orderly_restart_of_the_server(
    serve_both: Callable[..., Both], javascript: Callable[..., Program], transport: str
) -> None:
    both = serve_both()
    client = Listener(javascript, both, "room:restart", transport)
    both.stop()
    assert client.program.expect("disconnect")[0] in ("transport close", "transport error")
    both.start()
    client.publish("missed 1", "missed 2")
    assert client.come_back() == (client.id, True)
    client.publish("after")
    assert client.heard(3) == ["missed 1", "missed 2", "after"]


def test_a_client_that_has_missed_more_than_is_kept_begins_anew(
    serve_both: Callable[..., Both], javascript: Callable[..., Program], transport: str
) -> None:
    both = serve_both(BOTH_HISTORY="5")
    client = Listener(javascript, both, "room:short", transport)
    client.lose_connection()
    client.publish(*[f"missed {number}" for number in range(4)])
    assert client.come_back() == (client.id, True)
    assert client.heard(4) == [f"missed {number}" for number in range(4)]
    client.lose_connection()
    client.publish(*[f"lost {number}" for number in range(6)])
    identifier, recovered = client.come_back()
    assert recovered is False and identifier != client.id
    # Nothing of what is left is told, and the room has to be joined again.
    client.publish("not subscribed")
    client.program.run("subscribe('room:short')")
    assert client.program.expect("subscribed") == [True]
    client.publish("after")
    assert client.heard(1) == ["after"]
