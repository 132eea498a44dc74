# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Clients of a contract's Socket.IO listener that do not mean well. Those beside them hear everything, once and in order."""

import contextlib
import json
import uuid
from collections.abc import Callable

import pytest

from harness.both import Both, Wire
from harness.bystander import bystanders
from harness.packets import BAD_BINARY_PACKETS, BAD_PACKETS
from harness.raw import Ended
from harness.tokens import token
from harness.waiting import eventually


#: The contract's limit, in bytes.
LONGEST_MESSAGE = 65_536


@pytest.fixture
def room() -> str:
    return f"room:{uuid.uuid4().hex}"


def test_packets_that_are_none_end_their_connection(both: Both, room: str) -> None:
    with bystanders(both, room):
        for packet in BAD_PACKETS:
            wire = both.wire("mallory")
            wire.transport.put(packet, '42["say",{"channel":"room:bad","text":"behind"}]')
            assert wire.transport.expect_close() == [], packet[:60]  # type: ignore[union-attr]
        for packets in BAD_BINARY_PACKETS:
            wire = both.wire("mallory")
            wire.transport.put(*packets)  # type: ignore[arg-type]
            assert wire.transport.expect_close() == [], packets  # type: ignore[union-attr]
    assert "room:bad" not in both.admin.channels()


def test_packets_that_are_none_end_their_polling_session(both: Both, room: str) -> None:
    with bystanders(both, room):
        # What is too long is refused before anybody looks at it, and the session goes on.
        for packet in (packet for packet in BAD_PACKETS if len(packet) < LONGEST_MESSAGE):
            session = both.engine.polling()
            Wire(session).join({"token": token("mallory")})
            session.put(packet)
            while session.get().text != "1":
                pass
            session.expect_gone()


def test_names_that_mean_something_to_javascript_are_unknown_commands(both: Both, room: str) -> None:
    with bystanders(both, room):
        wire = both.wire("mallory")
        for name in ("__proto__", "constructor", "toString", "", "\u0000", "subscribe\u0000", "error", "connected", "é" * 5_000):
            assert wire.call(name, {"__proto__": {"channel": room}})[0]["error"]["code"] == "unknownCommand", name
        # A number is a name as well (Socket.IO protocol, "EVENT").
        wire.send('427[42,{"a":1}]')
        assert json.loads(wire.receive()[3:])[0]["error"]["code"] == "unknownCommand"
        for data in ({"__proto__": {"channel": room}}, {"channel": {"_placeholder": True, "num": 0}}, {"channel": "__proto__"}):
            assert "error" in wire.call("subscribe", data)[0]
        wire.cut()


@pytest.mark.parametrize("name", ["/nowhere/{}", "/rooms/{}", "/rooms/x?{}", "/admin"])
def test_floods_of_connects_are_bounded(both: Both, room: str, name: str) -> None:
    user = f"mallory-{uuid.uuid4().hex}"
    auth = json.dumps({"token": token(user)})
    with bystanders(both, room):
        for _ in range(3):
            wire = both.unjoined()
            with contextlib.suppress(Ended):
                for number in range(0, 2_000, 100):
                    wire.transport.put(*[f"40{name.format(number + index)},{auth}" for index in range(100)])
                    for _ in range(100):
                        wire.receive()
            wire.cut()
    eventually(lambda: not both.admin.connections(user), what="the end of what the flood has opened")


def test_joining_and_leaving_again_and_again_leaves_nothing(both: Both, room: str) -> None:
    auth = json.dumps({"token": token("mallory")})
    with bystanders(both, room):
        wire = both.unjoined()
        for _ in range(30):
            wire.transport.put(*[f"40/rooms/again,{auth}", "41/rooms/again,"] * 20)
            for _ in range(20):
                assert wire.receive().startswith('40/rooms/again,{"sid":"')
                assert wire.receive().startswith('42/rooms/again,["connected",')
        eventually(lambda: "room:again" not in both.admin.channels())
        wire.cut()


def test_a_wrong_token_can_be_tried_a_few_times_only(both: Both, room: str) -> None:
    with bystanders(both, room):
        wire = both.unjoined()
        wire.transport.put(*['40{"token":"x"}'] * 100)
        assert 1 <= len(wire.transport.expect_close()) <= 20  # type: ignore[union-attr]


def test_sessions_that_are_never_polled_are_given_up(serve_both: Callable[..., Both], room: str) -> None:
    both = serve_both(BOTH_QUEUE="262144B")
    noise = f"noise:{uuid.uuid4().hex}"
    with bystanders(both, room):
        sessions = []
        for number in range(200):
            session = both.engine.polling()
            auth = json.dumps({"token": token(f"mallory-{number}")})
            session.put(f"40{auth}", json.dumps(["subscribe", {"channel": noise}]).join(("42", "")))
            sessions.append(session)
        eventually(lambda: both.admin.channels().get(noise) == len(sessions))
        for _ in range(100):
            both.admin.publish("said", {"text": "x" * 10_000}, to=[noise])
        eventually(lambda: noise not in both.admin.channels(), what="the end of sessions that nobody polls")
        for session in sessions[:10]:
            session.expect_gone()


def test_a_websocket_that_is_never_read_is_given_up_at_once(serve_both: Callable[..., Both], room: str) -> None:
    both = serve_both(BOTH_QUEUE="262144B")
    noise = f"noise:{uuid.uuid4().hex}"
    with bystanders(both, room):
        wire = both.wire("mallory")
        wire.call("subscribe", {"channel": noise})
        # More than the kernel keeps for him.
        for _ in range(1_000):
            if noise not in both.admin.channels():
                break
            both.admin.publish("said", {"text": "x" * 60_000}, to=[noise])
        assert noise not in both.admin.channels()
        assert both.admin.connections("mallory") == []
        # The socket is still there to tell why.
        code, _ = wire.transport.read_close()  # type: ignore[union-attr]
        assert code == 3008


def test_headers_without_their_attachments_hold_no_more_than_one_message(both: Both, room: str) -> None:
    places = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))
    with bystanders(both, room), contextlib.ExitStack() as stack:
        for _ in range(20):
            wire = both.wire("mallory")
            stack.callback(wire.cut)
            wire.transport.put(f'4510-["say",{places}]', *[b"x" * 20_000] * 9)
            # Together more than a message may be.
            wire.transport.expect_close()  # type: ignore[union-attr]
