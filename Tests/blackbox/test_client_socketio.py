# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The client package's `io`: the room platform's and ORION's programs, run as they are printed, where all handlers run."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from harness.documents import printed
from harness.javascript import VERSIONS, Program
from harness.orion import Orion, fresh_user
from harness.rooms import PRINTED, PRINTED_ROOM, TIME, Rooms, example, participant, unique
from harness.tokens import token

requirement = pytest.mark.requirement
Run = Callable[..., Program]

#: Once told to hurry, timers run twenty times as fast.
HURRY = """
const wait = setTimeout;
let hurry = false;
globalThis.setTimeout = (call, time, ...values) => wait(call, hurry ? time / 20 : time, ...values);
"""


@pytest.fixture(params=["node", "chromium"])
def ours(request: pytest.FixtureRequest, javascript: Run) -> Run:
    """Runs programs whose `io` is the client package's, in Node and in a page."""
    return functools.partial(javascript, is_ours=True, runtime=str(request.param))


def cut(program: Program) -> None:
    """Ends the transport as when the network does."""
    program.run("socket.io.engine.close();")


# The room platform


@requirement("ROOM-056", "ROOM-057", "ROOM-D22", "ALL-D10")
@pytest.mark.parametrize("version", VERSIONS)
def test_all_handlers_of_the_rooms_reconnection_block_run(
    ours: Run, version: str, serve_rooms: Callable[..., Rooms]
) -> None:
    server, user = serve_rooms(), unique("usr")
    room = server.open_room(user)
    program = ours(
        HURRY + printed("rooms-reconnection.js", {"user_token": token(user)})
        + """
        socket.on('connect', () => say('connect'));
        socket.on('disconnect', () => say('lost'));
        socket.on('reconnect_attempt', (number) => say('attempt', number));
        socket.on('reconnect_error', (error) => say('failed', error instanceof Error));
        socket.on('reconnect_failed', () => say('given up'));
        socket.on('reconnect', (number) => say('back', number, socket.connected));
        socket.on('prize:deleted', (data) => say('deleted', data));
        """
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('ack', success));\n",
        version=version, hosts=server.hosts,
    )
    assert program.expect("ack") == [True]
    server.stop()
    program.expect("lost")
    assert program.expect("failed") == [True]
    server.start()
    program.run("hurry = true;")
    number, is_connected = program.expect("back")
    assert number >= 2 and is_connected is True
    program.expect_line(f"Reconnected after {number} attempts")
    program.expect_line("Reconnection error:")
    server.admin.publish("prize:deleted", example("prize:deleted", room))
    assert program.expect("deleted") == [example("prize:deleted", room)]
    told = [said[0] for said in program.told]
    # The server leaves it to the client to tell of the reconnect.
    assert told.count("back") == 1 and told.count("deleted") == 1
    assert told.index("lost") < told.index("attempt") < told.index("failed") < told.index("back")
    assert told[told.index("back") - 1] == "connect"
    server.stop()
    program.expect("given up")
    program.expect_line("Reconnection failed")
    told = program.told
    last = [said for said in told if said[0] in ("attempt", "failed", "given up")][-3:]
    assert last == [["attempt", 5], ["failed", True], ["given up"]]
