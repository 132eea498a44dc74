# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: its document's programs, run as they are printed, in Node and in a browser, with the stock client."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.apps import AppBackend, printed_request, register
from harness.documents import printed
from harness.javascript import Program
from harness.rooms import EVENTS, PRINTED, PRINTED_ROOM, TIME, Rooms, example, participant, unique
from harness.tokens import token

requirement = pytest.mark.requirement
#: What the document writes where a token has to be.
PLACEHOLDER = "user_access_token_here"
#: The socket that most blocks take for granted.
SOCKET = f"const socket = io('{PRINTED}', {{ auth: {{ token: userToken }} }});\n"
#: What the block that listens to an event shows of it.
SHOWN = {
    "room:updated": ("rooms-room-updated.js", "Room updated: {"),
    "room:status_changed": ("rooms-room-status.js", "Room status changed: {"),
    "participant:joined": ("rooms-participant-joined.js", "Participant joined: {"),
    "participant:left": ("rooms-participant-left.js", "Participant left: {"),
    "participant:updated": ("rooms-participant-updated.js", "Participant updated: {"),
    "prize:created": ("rooms-prize-created.js", "Prize created: {"),
    "prize:updated": ("rooms-prize-updated.js", "Prize updated: {"),
    "prize:deleted": ("rooms-prize-deleted.js", "Prize deleted: {"),
    "winner:selected": ("rooms-winner-selected.js", "Winner selected: {"),
    "winner:removed": ("rooms-winner-removed.js", "Winner removed: {"),
}


@pytest.fixture(scope="module")
def user(rooms: Rooms) -> str:
    """A participant of the room that the document names."""
    user = unique("usr")
    rooms.open_room(user, room=PRINTED_ROOM)
    return user


@pytest.fixture(params=["node", "chromium"])
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(rooms: Rooms, runtime: str, javascript: Callable[..., Program]) -> Callable[..., Program]:
    """Runs text whose printed addresses lead to the server: `run(text, user)`; the token is `userToken`."""

    def start(text: str, user: str, **options: Any) -> Program:
        names = {"userToken": token(user, name="John Doe", avatar="https://...")} | options.pop("names", {})
        return javascript(text, names=names, **({"hosts": rooms.hosts, "runtime": runtime} | options))

    return start


def shows(program: Program, field: str, value: str) -> bool:
    """Whether the console has shown an object with this text. A browser's has no quotes, and nothing that is deeper."""
    return any(f"{field}: '{value}'" in line or f"{field}: {value}" in line for line in program.lines)


def subscribed(program: Program) -> None:
    program.run(f"socket.emit('room:subscribe', {{ roomId: '{PRINTED_ROOM}' }}, ({{ success }}) => say('ack', success));")
    assert program.expect("ack") == [True]


# Connecting


@requirement("ROOM-001", "ROOM-004")
def test_the_connection_block_tells_how_it_goes(rooms: Rooms, run: Callable[..., Program], user: str) -> None:
    program = run(printed("rooms-connect.js", {PLACEHOLDER: token(user)}), user)
    id = program.expect_line("Connected: ").removeprefix("Connected: ")
    assert id and id != "undefined"
    assert rooms.admin.disconnect_user(user).status_code == 200
    program.expect_line("Disconnected: ")
    refused = run(printed("rooms-connect.js"), user)  # the placeholder is no token
    refused.expect_line("Connection error: Authentication failed: Invalid token")
    assert not any(line.startswith("Connected") for line in refused.lines)


@requirement("ROOM-009")
def test_the_block_for_refusals_gets_the_documented_message(run: Callable[..., Program], user: str) -> None:
    program = run(
        SOCKET + printed("rooms-refused.js") + "socket.on('connect_error', (error) => say('refused', error.message));",
        user, names={"userToken": "not a token"},
    )
    assert program.expect("refused") == ["Authentication failed: Invalid token"]


@requirement("ROOM-012")
def test_the_block_of_the_rooms_namespace_gets_the_rooms_events(
    rooms: Rooms, run: Callable[..., Program], user: str
) -> None:
    program = run(
        printed("rooms-namespace.js", {PLACEHOLDER: token(user)})
        + "roomSocket.on('connect', () => say('joined'));\n"
        + "roomSocket.on('prize:deleted', (data) => say('deleted', data));",
        user,
    )
    program.expect("joined")
    data = example("prize:deleted")
    rooms.admin.publish("prize:deleted", data)
    assert program.expect("deleted") == [data]


# Rooms


@requirement("ROOM-015", "ROOM-016", "ROOM-017")
def test_the_blocks_that_subscribe_show_the_room_or_why_not(run: Callable[..., Program], user: str) -> None:
    program = run(SOCKET + printed("rooms-subscribed.js") + printed("rooms-subscribe.js"), user)
    shown = program.expect_line("Subscribed to room: ")
    assert "undefined" not in shown
    program.expect_line(f"Subscribed: {PRINTED_ROOM}")
    stranger = run(SOCKET + printed("rooms-subscribe.js"), unique("usr"))
    stranger.expect_line("Subscription failed: {")
    assert shows(stranger, "code", "PERMISSION_DENIED")


@requirement("ROOM-019", "ROOM-020")
def test_the_blocks_that_unsubscribe_end_the_delivery(rooms: Rooms, run: Callable[..., Program], user: str) -> None:
    program = run(
        SOCKET + printed("rooms-unsubscribed.js") + "socket.on('prize:deleted', () => say('deleted'));", user
    )
    subscribed(program)
    rooms.admin.publish("prize:deleted", example("prize:deleted"))
    program.expect("deleted")
    program.run(printed("rooms-unsubscribe.js"))
    program.expect_line(f"Unsubscribed: {PRINTED_ROOM}")
    rooms.admin.publish("prize:deleted", example("prize:deleted"))
    program.expect_silence("deleted")


@pytest.mark.parametrize(
    "event", [pytest.param(event, marks=requirement(EVENTS[event])) for event in SHOWN]
)
def test_the_block_that_listens_to_an_event_shows_it(
    rooms: Rooms, run: Callable[..., Program], user: str, event: str
) -> None:
    block, start = SHOWN[event]
    data = example(event)
    program = run(SOCKET + printed(block) + f"socket.on('{event}', (data) => say('got', data));", user)
    subscribed(program)
    rooms.admin.publish(event, data)
    # Ours comes after the block's, and Node's console spreads what is long over several lines.
    assert program.expect("got") == [data]
    program.expect_line(start)
    assert shows(program, "roomId", PRINTED_ROOM)


@pytest.fixture(scope="module")
def apps(rooms: Rooms) -> dict[str, AppBackend]:
    return {name: register(rooms, f"app_{name}_v1") for name in ("lottery", "quiz")}


@requirement("ROOM-034", "ROOM-035", "ROOM-036")
def test_the_printed_request_of_an_app_reaches_the_block_that_listens(
    rooms: Rooms, apps: dict[str, AppBackend], run: Callable[..., Program], user: str
) -> None:
    program = run(
        SOCKET + printed("rooms-app-event.js") + "socket.on('lottery:draw_started', (data) => say('got', data));", user
    )
    subscribed(program)
    assert printed_request(rooms, PRINTED_ROOM, apps["lottery"].key).status_code == 202
    assert program.expect("got") == [{"drawNumber": 1, "totalPrizes": 10, "estimatedDuration": 300}]
    program.expect_line("Draw started: {")


@requirement("ROOM-040")
def test_the_block_that_listens_to_questions_shows_one(
    rooms: Rooms, apps: dict[str, AppBackend], run: Callable[..., Program], user: str
) -> None:
    program = run(
        SOCKET + printed("rooms-question.js") + "socket.on('quiz:question_published', (data) => say('got', data));", user
    )
    subscribed(program)
    question = {
        "questionId": "q_123", "questionNumber": 1, "totalQuestions": 10, "question": "What is the capital of France?",
        "options": ["London", "Berlin", "Paris", "Madrid"], "timeLimit": 10, "startTime": TIME,
    }
    apps["quiz"].publish(PRINTED_ROOM, "quiz:question_published", question)
    assert program.expect("got") == [question]
    program.expect_line("New question: {")


@requirement("ROOM-024")
def test_the_block_for_deleted_rooms_names_the_room(rooms: Rooms, run: Callable[..., Program]) -> None:
    user = unique("usr")
    # Not the room that other tests of this file are in.
    room = rooms.open_room(user)
    program = run(
        SOCKET + printed("rooms-room-deleted.js")
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('ack', success));",
        user,
    )
    assert program.expect("ack") == [True]
    rooms.admin.publish("room:deleted", example("room:deleted", room))
    program.expect_line(f"Room deleted: {room}")


# Presence


@requirement("ROOM-046", "ROOM-047")
def test_the_blocks_for_presence_show_who_comes_and_goes(rooms: Rooms, run: Callable[..., Program], user: str) -> None:
    other = unique("usr")
    rooms.join(PRINTED_ROOM, other)
    program = run(SOCKET + printed("rooms-user-online.js") + printed("rooms-user-offline.js"), user)
    subscribed(program)
    with rooms.client(other) as client:
        client.subscribe(PRINTED_ROOM)
        program.expect_line("User online: {")
        client.call("room:unsubscribe", {"roomId": PRINTED_ROOM})
    program.expect_line("User offline: {")
    assert shows(program, "userId", other)


@requirement("ROOM-048")
def test_the_block_that_asks_who_is_online_shows_them(
    run: Callable[..., Program], runtime: str, user: str
) -> None:
    program = run(SOCKET, user)
    subscribed(program)
    program.run(printed("rooms-get-online.js"))
    assert program.expect_line("Online users: [") != "Online users: []"
    assert runtime == "chromium" or shows(program, "id", user)


# Answers


@requirement("ROOM-050")
def test_the_block_for_errors_shows_one(run: Callable[..., Program]) -> None:
    # Without a callback, for a room that this user may not enter.
    program = run(
        SOCKET + printed("rooms-error.js") + "socket.on('error', (error) => say('details', error.details));\n"
        + f"socket.emit('room:subscribe', {{ roomId: '{PRINTED_ROOM}' }});",
        unique("usr"),
    )
    assert program.expect("details") == [{"action": "room:subscribe", "roomId": PRINTED_ROOM}]
    program.expect_line("Server error: {")
    assert shows(program, "code", "PERMISSION_DENIED"), program.lines


@requirement("ROOM-054", "ROOM-055")
def test_the_block_of_acknowledgments_shows_data_or_the_error(run: Callable[..., Program], user: str) -> None:
    program = run(SOCKET + printed("rooms-acknowledgment.js"), user)
    assert program.expect_line("Success: ") != "Success: undefined"
    stranger = run(SOCKET + printed("rooms-acknowledgment.js"), unique("usr"))
    assert stranger.expect_line("Error: ") != "Error: undefined"


# Coming and going


@requirement("ROOM-056", "ALL-D10")
def test_the_reconnection_block_comes_back_as_it_says(
    run: Callable[..., Program], serve_rooms: Callable[..., Rooms]
) -> None:
    server, user = serve_rooms(), unique("usr")
    room = server.open_room(user)
    program = run(
        printed("rooms-reconnection.js", {"user_token": token(user)})
        + """let lost;
        socket.on('connect', () => say('connect', socket.recovered));
        socket.on('disconnect', (reason) => { lost = Date.now(); say('lost', reason); });
        socket.io.on('reconnect_attempt', (number) => say('attempt', number, Date.now() - lost));
        socket.on('prize:deleted', (data) => say('deleted', data));
        """
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('ack', success));\n"
        + "const { io: manager } = socket;\n"
        + "say('options', manager.reconnection(), manager.reconnectionDelayMax(), manager.reconnectionAttempts());",
        user, hosts=server.hosts,
    )
    assert program.expect("options") == [True, 5000, 5]
    assert program.expect("connect") == [False]
    assert program.expect("ack") == [True]
    server.stop()
    assert program.expect("lost")[0] in ("transport close", "transport error")
    server.start()
    number, after = program.expect("attempt")
    assert number == 1 and after >= 450  # a second less half of it at random, and what a clock may be off
    assert program.expect("connect") == [True]
    program.expect_line("Reconnected after 1 attempts")
    data = example("prize:deleted", room)
    server.admin.publish("prize:deleted", data)
    assert program.expect("deleted") == [data]


#: Once told to hurry, timers run twenty times as fast; and each time that the client means to wait between tries is told.
HURRY = """
const wait = setTimeout;
let hurry = false;
globalThis.setTimeout = (call, time, ...values) => wait(call, hurry ? time / 20 : time, ...values);
const tellDelays = ({ backoff }) => {
  const duration = backoff.duration.bind(backoff);
  backoff.duration = () => { const time = duration(); say('delay', time); return time; };
};
"""


@requirement("ROOM-056")
def test_the_reconnection_block_tries_five_times_and_then_no_more(
    run: Callable[..., Program], serve_rooms: Callable[..., Rooms]
) -> None:
    server, user = serve_rooms(), unique("usr")
    program = run(
        HURRY + printed("rooms-reconnection.js", {"user_token": token(user)})
        + """tellDelays(socket.io);
        socket.on('connect', () => say('connect'));
        for (const event of ['reconnect_attempt', 'reconnect_error', 'reconnect_failed', 'reconnect']) {
          socket.io.on(event, (value) => say(event, typeof value === 'number' ? value : null));
        }
        """,
        user, hosts=server.hosts,
    )
    program.expect("connect")
    program.run("hurry = true;")
    server.stop()
    # A second, doubled each time, more or less by half of it, and five at most.
    shortest_and_longest = ((500, 1500), (1000, 3000), (2000, 5000), (4000, 5000), (5000, 5000))
    for number, (shortest, longest) in enumerate(shortest_and_longest, start=1):
        assert shortest <= program.expect("delay")[0] <= longest
        assert program.expect("reconnect_attempt") == [number]
        program.expect("reconnect_error")
    program.expect("reconnect_failed")
    # It has given up, though the server is back.
    server.start()
    program.expect_silence("reconnect_attempt", during=1)
    assert server.admin.connections(user) == []


@requirement("ROOM-043", "ROOM-044")
def test_the_blocks_of_notifications_show_one_and_mark_it_as_read(rooms: Rooms, run: Callable[..., Program]) -> None:
    user = unique("usr")
    program = run(
        SOCKET + "socket.on('connect', () => say('connected'));\n" + printed("rooms-notification-received.js"), user
    )
    program.expect("connected")
    data = {
        "id": "notif_abc123", "type": "winner_selected", "title": "Congratulations!",
        "message": "You won Grand Prize - iPhone 15", "read": False, "createdAt": TIME,
        "data": {"roomId": PRINTED_ROOM, "winnerId": "winner_ghi789", "prizeId": "prize_def456"},
    }
    rooms.admin.publish("notification:received", data, users=[user])
    program.expect_line("Notification: {")
    assert shows(program, "id", "notif_abc123")
    program.run(printed("rooms-notification-read.js"))
    program.expect_line("Marked as read: true")
    stranger = run(SOCKET + printed("rooms-notification-read.js"), unique("usr"))
    stranger.expect_line("Marked as read: false")


@requirement("ROOM-058")
def test_the_block_that_disconnects_leaves_nothing_behind(rooms: Rooms, run: Callable[..., Program]) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    program = run(
        SOCKET + "socket.on('disconnect', (reason) => say('gone', reason));\n"
        + f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('ack', success));",
        user,
    )
    assert program.expect("ack") == [True]
    program.run(printed("rooms-disconnect.js"))
    assert program.expect("gone") == ["io client disconnect"]
    rooms.eventually_subscribed(room, 0)


@requirement("ROOM-085", "ROOM-D22")
def test_the_complete_flow_hears_its_events_and_cleans_up(rooms: Rooms, run: Callable[..., Program]) -> None:
    user = unique("usr")
    rooms.open_room(user, room=PRINTED_ROOM)
    before = rooms.subscribers(PRINTED_ROOM)
    called = ("updateParticipantList", "showWinnerAnimation", "startDrawCountdown")
    # Whatever shows the page calls `cleanup` when it is done.
    program = run(printed("rooms-flow.js") + "globalThis.cleanup = cleanup;\n", user, functions=called)
    program.expect_line("Subscribed to room")
    joined = {"roomId": PRINTED_ROOM, "participant": participant(user), "timestamp": TIME}
    winner = example("winner:selected")
    draw = {"drawNumber": 1, "totalPrizes": 10, "estimatedDuration": 300}
    rooms.admin.publish("participant:joined", joined)
    rooms.admin.publish("winner:selected", winner)
    rooms.admin.publish("lottery:draw_started", draw, to=[f"room:{PRINTED_ROOM}"])
    assert program.expect("updateParticipantList") == [joined["participant"]]
    assert program.expect("showWinnerAnimation") == [winner["winner"]]
    assert program.expect("startDrawCountdown") == [300]
    for line in ("John Doe joined", "John Doe won Grand Prize - iPhone 15", "Draw started: 10 prizes"):
        assert program.lines.count(line) == 1, line
    program.run("cleanup();")
    rooms.eventually_subscribed(PRINTED_ROOM, before)
    assert rooms.admin.connections(user) == []
