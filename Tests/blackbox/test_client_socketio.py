# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The client package's `io`: the room platform's and ORION's programs, run as they are printed, where all handlers run."""

import functools
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from harness.contracts import derived
from harness.documents import printed
from harness.javascript import VERSIONS, Program
from harness.orion import ORION, Orion, fresh_user
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


@pytest.fixture(params=[("chromium", VERSIONS[0]), *(("node", version) for version in VERSIONS)], ids="-".join)
def every_version(request: pytest.FixtureRequest, javascript: Run) -> Run:
    """The same, in Node with every stock client below."""
    runtime, version = request.param
    return functools.partial(javascript, is_ours=True, runtime=runtime, version=version)


def cut(program: Program) -> None:
    """Ends the transport as when the network does."""
    program.run("socket.io.engine.close();")


# The room platform


@requirement("ROOM-056", "ROOM-057", "ROOM-D22", "ALL-D10")
def test_all_handlers_of_the_rooms_reconnection_block_run(
    every_version: Run, serve_rooms: Callable[..., Rooms]
) -> None:
    server, user = serve_rooms(), unique("usr")
    room = server.open_room(user)
    program = every_version(
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
        hosts=server.hosts,
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


@requirement("ROOM-059", "ROOM-061", "ROOM-070")
def test_the_block_for_expired_tokens_has_its_rooms_again(ours: Run, serve_rooms: Callable[..., Rooms]) -> None:
    server, user = serve_rooms(ROOMS_EXPIRY_GRACE="30s"), unique("usr")
    room = server.open_room(user)
    refresh = server.admin.http.post("/v1/platforms/rooms/tokens", json={"user": user}).json()["refreshToken"]
    program = ours(
        f"const socket = io('{PRINTED}', {{ auth: {{ token: userToken }}, subscriptions: ROOMS }});\n"
        + printed("rooms-token-refresh.js")
        + """
        socket.on('connect', () => say('connected', socket.auth.token));
        socket.on('token:expired', () => say('expired'));
        socket.on('room:subscribed', () => say('subscribed'));
        socket.on('prize:deleted', (data) => say('deleted', data));
        """
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }});",
        hosts=server.hosts,
        names={"userToken": token(user, expires_in=3), "refreshToken": refresh, "ROOMS": SUBSCRIPTIONS},
    )
    before = program.expect("connected")
    program.expect("subscribed")
    program.expect("expired", within=30)
    assert program.expect("connected") != before
    server.eventually_subscribed(room, 1)
    server.admin.publish("prize:deleted", example("prize:deleted", room))
    assert program.expect("deleted") == [example("prize:deleted", room)]


@requirement("ROOM-085", "ROOM-D22")
def test_the_complete_flow_calls_each_handler_once_after_reconnects(rooms: Rooms, every_version: Run) -> None:
    user = unique("usr")
    rooms.open_room(user, room=PRINTED_ROOM)
    before = rooms.subscribers(PRINTED_ROOM)
    called = ("updateParticipantList", "showWinnerAnimation", "startDrawCountdown")
    program = every_version(
        printed("rooms-flow.js") + "Object.assign(globalThis, { socket, cleanup });\n", functions=called,
        hosts=rooms.hosts, names={"userToken": token(user)},
    )
    joined = {"roomId": PRINTED_ROOM, "participant": participant(user), "timestamp": TIME}
    for number in range(1, 4):
        rooms.eventually_subscribed(PRINTED_ROOM, before + 1)
        # The handlers are there when the answer has come, not before.
        program.run(f"socket.request('presence:get_online', {{ roomId: '{PRINTED_ROOM}' }}).then(() => say('ready', {number}));")
        assert program.expect("ready") == [number]
        assert program.lines.count("Subscribed to room") == number
        rooms.admin.publish("participant:joined", joined)
        rooms.admin.publish("winner:selected", example("winner:selected"))
        rooms.admin.publish("lottery:draw_started", {"totalPrizes": 10, "estimatedDuration": number}, to=[f"room:{PRINTED_ROOM}"])
        assert program.expect("startDrawCountdown") == [number]
        if number < 3:
            program.run(f"socket.once('connect', () => say('back', {number}));")
            cut(program)
            assert program.expect("back") == [number]
    told = [said[0] for said in program.told]
    assert [told.count(name) for name in called] == [3, 3, 3]
    program.run("cleanup();")
    rooms.eventually_subscribed(PRINTED_ROOM, before)


#: How the room platform's clients subscribe.
SUBSCRIPTIONS = [{"subscribe": "room:subscribe", "unsubscribe": "room:unsubscribe", "member": "roomId"}]

#: Counts what it hears, with the ids.
LISTENING = f"""
const socket = io('{PRINTED}', {{ auth: {{ token: userToken }}, subscriptions: ROOMS, reconnectionDelay: 50, reconnectionDelayMax: 200 }});
socket.onState((state) => say('state', state));
socket.on('connect', () => say('connect', socket.recovered));
socket.on('lottery:number', ({{ number }}, id) => say('number', number, id));
const subscribe = (roomId) => socket.request('room:subscribe', {{ roomId }}).then(() => say('subscribed'));
"""


def numbers(program: Program, count: int) -> list[int]:
    """The numbers of the next so many events, each of which has an id of its own."""
    told = [program.expect("number") for _ in range(count)]
    assert len({id for _, id in told}) == count and all(len(id) == 16 for _, id in told)
    return [number for number, _ in told]


@requirement("ROOM-057", "ROOM-064", "ROOM-070", "ROOM-073")
@pytest.mark.parametrize("version", VERSIONS)
def test_offline_and_back_loses_nothing_and_doubles_nothing(rooms: Rooms, javascript: Run, version: str) -> None:
    user = unique("usr")
    room = rooms.open_room(user)

    def publish(first: int, last: int) -> None:
        for number in range(first, last + 1):
            rooms.admin.publish("lottery:number", {"number": number}, to=[f"room:{room}"])

    program: Any = javascript(
        LISTENING, is_ours=True, runtime="chromium", version=version, hosts=rooms.hosts,
        names={"userToken": token(user), "ROOMS": SUBSCRIPTIONS},
    )
    assert program.expect("connect") == [False]
    program.run(f"subscribe('{room}');")
    program.expect("subscribed")
    publish(1, 10)
    assert numbers(program, 10) == list(range(1, 11))
    for first in (11, 41):
        program.set_offline(True)
        while program.expect("state") != ["waiting"]:
            pass
        publish(first, first + 19)
        program.run(f"socket.emit('presence:get_online', {{ roomId: '{room}' }}, ({{ success }}) => say('kept', success));")
        program.set_offline(False)
        while program.expect("state") != ["open"]:
            pass
        publish(first + 20, first + 29)
        assert numbers(program, 30) == list(range(first, first + 30))
        assert program.expect("kept") == [True]
    program.expect_silence("number", during=0.2)


@requirement("ROOM-070")
def test_rooms_are_subscribed_again_where_the_server_has_forgotten_the_client(
    serve_rooms: Callable[..., Rooms], ours: Run
) -> None:
    server, user = serve_rooms(ROOMS_RETURN="1ms"), unique("usr")
    kept, left = server.open_room(user), server.open_room(user)
    program = ours(LISTENING, hosts=server.hosts, names={"userToken": token(user), "ROOMS": SUBSCRIPTIONS})
    for room in (kept, left):
        program.run(f"subscribe('{room}');")
        program.expect("subscribed")
    program.run(f"socket.emit('room:unsubscribe', {{ roomId: '{left}' }}, () => say('left'));")
    program.expect("left")
    program.run("say('names', socket.subscribed);")
    assert program.expect("names") == [{"room:subscribe": [kept]}]
    assert program.expect("connect") == [False]
    cut(program)
    assert program.expect("connect") == [False]
    server.eventually_subscribed(kept, 1)
    assert server.subscribers(left) == 0


@requirement("ALL-D10")
@pytest.mark.parametrize("says", [{}, {"reconnect": False}], ids=["stock", "announced"])
def test_who_tells_of_the_reconnect_itself_is_not_told(rooms: Rooms, javascript: Run, says: dict[str, bool]) -> None:
    user = unique("usr")
    program = javascript(
        f"const socket = io('{PRINTED}', {{ auth: {{ token: userToken, ...says }}, reconnectionDelay: 50 }});\n"
        + """
        socket.on('connect', () => say('connect', socket.recovered));
        socket.onAny((event) => say('event', event));
        """,
        hosts=rooms.hosts, names={"userToken": token(user), "says": says},
    )
    assert program.expect("connect") == [False]
    cut(program)
    assert program.expect("connect") == [True]
    # What is published now comes behind it.
    rooms.admin.publish("platform:announcement", {"title": "t", "message": "m", "timestamp": TIME})
    told = [program.expect("event")]
    while told[-1] != ["platform:announcement"]:
        told.append(program.expect("event"))
    assert told[:-1] == ([] if says else [["reconnect"]])


# ORION


@requirement("ORI-048", "ORI-052", "ALL-D10")
def test_the_orion_reconnection_block_renews_its_token_before_each_attempt(
    serve_orion: Callable[..., Orion], every_version: Run
) -> None:
    orion = serve_orion()
    program = every_version(
        HURRY + "let calls = 0;\nconst getToken = () => { calls += 1; return token; };\n" + printed("orion-reconnection.js")
        + """
        socket.on('connect', () => say('ready'));
        socket.on('disconnect', () => say('gone', calls));
        socket.on('reconnect', (attempt) => say('back', attempt, calls));
        socket.on('subscribed', (data) => say('subscribed', data.services));
        socket.on('health:update', (data) => say('update', data.service));
        """,
        hosts=orion.hosts, names={"token": token(fresh_user())},
    )
    program.expect("ready")
    program.run("hurry = true;")
    orion.stop()
    assert program.expect("gone") == [1]
    program.expect_line("Reconnection attempt 2")
    orion.start()
    attempts, calls = program.expect("back")
    assert attempts >= 2 and calls == attempts + 1
    program.expect_line(f"Reconnected after {attempts} attempts")
    assert program.expect("subscribed") == [["*"]]
    orion.update("later")
    assert program.expect("update") == ["later"]
    assert [said[0] for said in program.told].count("back") == 1


@requirement("ORI-049", "ORI-050", "ORI-010")
def test_the_other_blocks_of_orion_run_too(serve_orion: Callable[..., Orion], ours: Run) -> None:
    orion = serve_orion()
    text = (
        "const wait = setInterval; globalThis.setInterval = (call, time) => wait(call, time / 100);\n"
        "let cleanUp; const useEffect = (effect) => { cleanUp = effect(); };\n"
        "const refreshToken = () => Promise.resolve(fresh);\n"
        + printed("orion-resilient.js")
        + """
        const socket = createResilientSocket('http://localhost:20004', { auth: { token } });
        socket.on('connect', () => say('ready'));
        socket.on('pong', () => say('pong'));
        socket.on('health:update', () => say('other'));
        function restoreSubscriptions(restored) { say('restored', restored === socket); }
        """
        + printed("orion-handlers.js") + printed("orion-refresh.js")
    )
    program = ours(
        text, hosts=orion.hosts, functions=["updateHealth"],
        names={"token": token("eve", expires_in=-3600), "fresh": token(fresh_user())},
    )
    # Refused, and connected by the program with a new token.
    program.expect("ready")
    program.expect("pong")
    cut(program)
    program.expect("ready")
    assert program.expect("restored") == [True]
    program.expect("pong")
    sent = orion.update("handled")
    program.expect("other")
    assert program.expect("updateHealth") == [sent]
    program.run("cleanUp(); say('clean');")
    program.expect("clean")
    orion.update("unhandled")
    program.expect("other")
    program.expect_silence("updateHealth", during=0.05)
    assert program.lines.count("Initial connection established") == 1


@requirement("ORI-D17", "ORI-044")
def test_who_tries_too_often_waits_as_long_as_the_server_says(
    serve_orion: Callable[..., Orion], ours: Run, tmp_path: pathlib.Path
) -> None:
    def once_a_second(document: Any) -> None:
        document["limits"]["attempts"] = ["1/s per user"]

    orion = serve_orion(derived(tmp_path, once_a_second, source=ORION))
    program = ours(
        """
        const socket = io('http://localhost:20004', { auth: { token } });
        socket.onState((state, detail) => say('state', state, detail.retryAfter ?? null));
        socket.on('connect', () => say('ready'));
        socket.on('connect_error', (error) => say('refused', error.message, error.data.code));
        """,
        hosts=orion.hosts, names={"token": token(fresh_user())},
    )
    program.expect("ready")
    program.run("socket.disconnect().connect();")
    assert program.expect("refused") == ["rate limit exceeded", "RATE_LIMIT"]
    program.expect("ready")
    waited = [said[2] for said in program.told if said[:2] == ["state", "waiting"]]
    assert waited and all(seconds >= 1 for seconds in waited)
