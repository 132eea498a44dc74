# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: who gets in and with which transport, namespaces, and coming back."""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.certificates import Certificate
from harness.client import is_timestamp
from harness.contracts import derived
from harness.javascript import TRANSPORTS, VERSIONS, Program
from harness.network import BlockedWebSockets
from harness.rooms import PERMISSION_DENIED, PRINTED, ROOMS, TIME, Rooms, unique
from harness.tokens import sign_with_secret, token
from harness.waiting import eventually

requirement = pytest.mark.requirement
INVALID = "Authentication failed: Invalid token"


def told(server: Rooms, room: str) -> dict[str, str]:
    """Publishes something to a room, and gives what its subscribers get."""
    data = {"roomId": room, "prizeId": unique("prize"), "timestamp": TIME}
    server.admin.publish("prize:deleted", data)
    return data


def published_at(id: str) -> float:
    """The server's time that the id of a publication begins with, in seconds since 1970."""
    milliseconds = 0
    for digit in id[:10]:
        milliseconds = milliseconds * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    return milliseconds / 1000


# Transports


@requirement("ROOM-001", "ROOM-002")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_stock_clients_connect_subscribe_and_are_told_over_every_transport(rooms: Rooms, transports: list[str]) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    with rooms.client(user, transports=transports) as client:
        client.subscribe(room)
        data = told(rooms, room)
        assert client.expect("prize:deleted")[0] == data
        if len(transports) == 1:
            assert client.transport == transports[0]
        else:
            eventually(lambda: client.transport == "websocket", what="the upgrade")


@requirement("ROOM-001", "ROOM-002")
@pytest.mark.parametrize(
    ("runtime", "version"), [*(("node", version) for version in VERSIONS), ("chromium", VERSIONS[0])]
)
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_javascript_clients_connect_over_every_transport(
    rooms: Rooms, javascript: Callable[..., Program], transports: list[str], runtime: str, version: str
) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    program = javascript(
        f"""const socket = io('{rooms.address}', {{ auth: {{ token: userToken }} }});
        socket.on('prize:deleted', (data, id) => say('deleted', data, id, socket.io.engine.transport.name));
        socket.emit('room:subscribe', {{ roomId: '{room}' }}, (response) => say('subscribed', response.success));""",
        transports=transports, runtime=runtime, version=version, names={"userToken": token(user)},
    )
    assert program.expect("subscribed") == [True]
    data = told(rooms, room)
    received, id, transport = program.expect("deleted")
    assert received == data and isinstance(id, str) and id
    assert transport in transports


@requirement("ROOM-002")
@pytest.mark.parametrize("transports", [["websocket", "polling"], ["polling", "websocket"]], ids=["first", "second"])
def test_a_client_stays_on_polling_where_websockets_are_blocked(
    rooms: Rooms, javascript: Callable[..., Program], transports: list[str]
) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    with BlockedWebSockets(rooms.port) as network:
        program = javascript(
            """const socket = io(ADDRESS, { auth: { token: userToken }, tryAllTransports: true });
            socket.on('prize:deleted', (data) => say('deleted', data, socket.io.engine.transport.name));
            socket.emit('room:subscribe', { roomId: ROOM }, (response) => say('subscribed', response.success));""",
            transports=transports,
            names={"ADDRESS": network.address, "ROOM": room, "userToken": token(user)},
        )
        assert program.expect("subscribed") == [True]
        eventually(lambda: network.blocked > 0, what="an attempt to use a WebSocket")
        data = told(rooms, room)
        assert program.expect("deleted") == [data, "polling"]


@requirement("ROOM-003")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_clients_connect_encrypted(
    serve_rooms: Callable[..., Rooms], javascript: Callable[..., Program], certificate: Certificate, transports: list[str]
) -> None:
    server = serve_rooms(ROOMS_TLS_CERTIFICATE=str(certificate.certificate), ROOMS_TLS_KEY=str(certificate.key))
    user = unique("usr")
    room = server.open_room(user)
    # No path is given: the default is the platform's.
    program = javascript(
        """const socket = io(ADDRESS, { auth: { token: userToken } });
        socket.on('connect_error', (error) => say('failed', error.message));
        socket.on('prize:deleted', (data) => say('deleted', data));
        socket.emit('room:subscribe', { roomId: ROOM }, (response) => say('subscribed', response.success));""",
        transports=transports, NODE_EXTRA_CA_CERTS=str(certificate.certificate),
        hosts={PRINTED: f"wss://localhost:{server.port}"},
        names={"ADDRESS": PRINTED, "ROOM": room, "userToken": token(user)},
    )
    assert program.expect("subscribed") == [True]
    data = told(server, room)
    assert program.expect("deleted") == [data]
    assert not any(said[0] == "failed" for said in program.told)
    # In plain text nobody is served there.
    plain = javascript(
        "const socket = io(ADDRESS, { reconnection: false }); socket.on('connect_error', () => say('failed'));",
        transports=transports, names={"ADDRESS": f"ws://localhost:{server.port}"},
    )
    plain.expect("failed")


# Who gets in


@requirement("ROOM-005", "ROOM-006", "ROOM-009", "ROOM-D01")
@pytest.mark.parametrize(
    ("auth", "reason"),
    [
        ({}, "missing"),
        (None, "missing"),
        ({"token": ""}, "missing"),
        ({"token": "garbage"}, "invalid"),
        ({"token": sign_with_secret({"sub": "usr_1", "exp": 4_000_000_000}, "another secret of the same length or so")}, "invalid"),
        ({"token": token("usr_1", expires_in=-60)}, "expired"),
    ],
)
@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=["websocket", "polling"])
def test_a_bad_token_is_refused_with_one_text_and_its_reason(
    rooms: Rooms, auth: object, reason: str, transports: list[str]
) -> None:
    refusal = rooms.refused(auth, transports=transports)
    assert refusal == {
        "message": INVALID, "data": {"code": "AUTHENTICATION_FAILED", "message": INVALID, "reason": reason},
    }


@requirement("ROOM-007", "ROOM-D01", "ROOM-D02")
def test_where_users_have_to_be_known_others_are_refused_and_end_with_their_entry(
    serve_rooms: Callable[..., Rooms],
) -> None:
    server = serve_rooms(ROOMS_USERS="known")
    user = unique("usr")
    assert server.refused({"token": token(user)})["data"]["reason"] == "unknown_user"
    server.put_user(user, name="John Doe")
    with server.client(user) as client:
        answer = server.admin.http.delete(f"/v1/platforms/rooms/users/{user}")
        assert answer.json() == {"disconnected": 1}
        client.expect("disconnect")
    assert server.refused({"token": token(user)})["message"] == INVALID


@requirement("ROOM-008", "ROOM-D01", "ROOM-D02")
def test_a_revoked_token_is_refused_and_its_connections_end_at_once(serve_rooms: Callable[..., Rooms]) -> None:
    server = serve_rooms()
    user = unique("usr")
    first, second = token(user, jti=unique("t")), token(user, jti="kept")
    claims = unique("t")
    revoked = token(user, jti=claims)
    with server.client(user, auth={"token": revoked}) as client, server.client(user, auth={"token": second}) as other:
        assert server.revoke(jti=claims) == 1
        assert client.expect("error")[0]["code"] == "AUTHENTICATION_FAILED"
        client.expect("disconnect")
        refusal = server.refused({"token": revoked})
        assert refusal["message"] == INVALID and refusal["data"]["reason"] == "revoked"
        assert server.revoke(user=user) == 1
        other.expect("disconnect")
    assert server.refused({"token": first})["data"]["reason"] == "revoked"
    # It is kept.
    server.stop()
    server.start()
    assert server.refused({"token": second})["data"]["reason"] == "revoked"
    later = sign_with_secret({"sub": user, "iat": int(time.time()) + 2, "exp": int(time.time()) + 600})
    with server.client(user, auth={"token": later}):
        pass


# Namespaces


@requirement("ROOM-010", "ROOM-D03")
def test_the_default_namespace_carries_what_concerns_everybody(rooms: Rooms) -> None:
    announcement = {"title": "Maintenance", "message": "Sunday from 02:00", "timestamp": TIME}
    other = {"anything": [1, 2], "timestamp": TIME}
    room = rooms.open_room("usr_a")
    with rooms.client(unique("usr")) as first, rooms.client("usr_a", namespaces=("/", f"/rooms/{room}")) as second:
        rooms.admin.publish("platform:announcement", announcement)
        rooms.admin.publish("feature:enabled", other, to=["everyone"])
        for client in (first, second):
            assert client.expect("platform:announcement")[0] == announcement
            assert client.expect("feature:enabled")[0] == other
        second.expect_silence("platform:announcement", namespace=f"/rooms/{room}")


@requirement("ROOM-010")
def test_the_default_namespace_carries_the_users_own_notifications(rooms: Rooms) -> None:
    user = unique("usr")
    data = {
        "id": "notif_abc123", "type": "winner_selected", "title": "Congratulations!", "message": "You won", "read": False,
        "data": {"roomId": "room_xyz789"}, "createdAt": TIME,
    }
    with rooms.client(user) as first, rooms.client(user) as second, rooms.client(unique("usr")) as other:
        rooms.admin.publish("notification:received", data, users=[user])
        for client in (first, second):
            assert client.expect("notification:received")[0] == data
        other.expect_silence("notification:received")


@requirement("ROOM-011", "ROOM-D04")
def test_joining_the_namespace_of_a_room_subscribes_at_once(rooms: Rooms) -> None:
    user, other = unique("usr"), unique("usr")
    here, elsewhere = rooms.open_room(user, other), rooms.open_room(user)
    namespace = f"/rooms/{here}"
    with rooms.client(user, namespaces=(namespace,)) as client:
        rooms.eventually_subscribed(here, 1)
        data = told(rooms, here)
        told(rooms, elsewhere)
        assert client.expect("prize:deleted", namespace=namespace)[0] == data
        # Subscribing there is accepted and changes nothing.
        assert client.call("room:subscribe", {"roomId": here}, namespace=namespace)["success"] is True
        again = told(rooms, here)
        assert client.expect("prize:deleted", namespace=namespace)[0] == again
        client.expect_silence("prize:deleted", namespace=namespace)


@requirement("ROOM-013", "ROOM-D05")
def test_a_namespace_is_refused_without_the_right_or_without_the_room(rooms: Rooms) -> None:
    user = unique("usr")
    room = rooms.open_room()
    forbidden = rooms.refused({"token": token(user)}, f"/rooms/{room}")
    assert forbidden["message"] == PERMISSION_DENIED and forbidden["data"]["code"] == "PERMISSION_DENIED"
    unknown = rooms.refused({"token": token(user)}, "/rooms/none")
    assert unknown["message"] == "Room not found" and unknown["data"]["code"] == "ROOM_NOT_FOUND"
    unsigned = rooms.refused({}, f"/rooms/{room}")
    assert unsigned["message"] == INVALID and unsigned["data"]["code"] == "AUTHENTICATION_FAILED"
    assert rooms.subscribers(room) == 0
    assert "message" in rooms.refused({"token": token(user)}, "/nothing")


# Coming back


@requirement("ROOM-057", "ALL-D10", "ALL-D11")
@pytest.mark.parametrize("resubscribes", [False, True], ids=["silent", "resubscribing"])
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_after_a_reconnect_the_rooms_are_heard_again(
    rooms: Rooms, javascript: Callable[..., Program], transports: list[str], resubscribes: bool
) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    program = javascript(
        f"""const socket = io('{rooms.address}', {{ auth: {{ token: userToken }}, reconnectionDelay: 200 }});
        const subscribe = () => socket.emit('room:subscribe', {{ roomId: '{room}' }}, (r) => say('subscribed', r.success));
        socket.on('connect', () => {{ if (!socket.recovered || {str(resubscribes).lower()}) subscribe(); else say('back'); }});
        socket.on('disconnect', (reason) => say('lost', reason));
        socket.on('reconnect', (number) => say('reconnect', number));
        socket.on('prize:deleted', (data) => say('deleted', data));""",
        transports=transports, names={"userToken": token(user)},
    )
    assert program.expect("subscribed") == [True]
    assert rooms.admin.disconnect_user(user).status_code == 200
    assert program.expect("lost")[0] in ("transport close", "transport error")
    missed = told(rooms, room)
    assert program.expect("deleted") == [missed]
    assert program.expect("reconnect") == [1]
    assert program.expect("subscribed" if resubscribes else "back") == ([True] if resubscribes else [])
    rooms.eventually_subscribed(room, 1)
    data = told(rooms, room)
    assert program.expect("deleted") == [data]
    program.expect_silence("deleted")


@requirement("ROOM-D19")
def test_ids_tell_the_servers_time_and_nothing_old_is_sent_again(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path
) -> None:
    kept: list[str] = []

    def forget_soon(contract: dict[str, Any]) -> None:
        history = contract["channels"]["room:{roomId}"]["history"]
        kept.append(history["for"])
        history["for"] = "1s"

    server = serve_rooms(derived(tmp_path, forget_soon, source=ROOMS))
    assert kept == ["5m"]
    user = unique("usr")
    room = server.open_room(user)
    wire = server.wire()
    wire.join({"token": token(user)})
    assert wire.call("room:subscribe", {"roomId": room})[0]["success"] is True
    told(server, room)
    wire.events("prize:deleted", 1)
    assert abs(published_at(str(wire.offset)) - time.time()) < 60
    wire.cut()
    server.eventually_subscribed(room, 0)
    told(server, room)
    eventually(lambda: server.admin.history(f"room:{room}").json()["publications"] == [], what="the end of the history")
    again = server.wire()
    assert again.join({"token": token(user), "pid": wire.pid, "offset": wire.offset}) == []
    again.cut()


@requirement("ROOM-058")
def test_a_client_that_disconnects_is_gone_at_once(
    serve_rooms: Callable[..., Rooms], javascript: Callable[..., Program]
) -> None:
    # Not by the time that a lost client has to come back.
    server = serve_rooms(ROOMS_OFFLINE_AFTER="10m")
    user, watcher = unique("usr"), unique("usr")
    room = server.open_room(user, watcher)
    with server.client(watcher) as client:
        client.subscribe(room)
        program = javascript(
            """const socket = io(ADDRESS, { auth: { token: userToken } });
            socket.on('disconnect', (reason) => say('gone', reason));
            socket.emit('room:subscribe', { roomId: ROOM }, ({ success }) => say('subscribed', success));""",
            names={"ADDRESS": server.address, "ROOM": room, "userToken": token(user)},
        )
        assert program.expect("subscribed") == [True]
        client.expect("presence:user_online")
        program.run("socket.disconnect();")
        assert program.expect("gone") == ["io client disconnect"]
        assert client.expect("presence:user_offline")[0]["userId"] == user
        server.eventually_subscribed(room, 1)


@requirement("ROOM-061")
def test_a_socket_connects_again_with_another_token_and_has_its_rooms(
    rooms: Rooms, javascript: Callable[..., Program]
) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    program = javascript(
        f"""const socket = io('{rooms.address}', {{ auth: {{ token: userToken }} }});
        socket.on('connect', () => say('connected', socket.recovered));
        socket.on('prize:deleted', (data) => say('deleted', data));
        socket.emit('room:subscribe', {{ roomId: '{room}' }}, (r) => say('subscribed', r.success));""",
        names={"userToken": token(user, jti="old"), "newToken": token(user, jti=unique("new"))},
    )
    program.expect("connected")
    program.expect("subscribed")
    program.expect_silence("deleted")
    program.run("socket.auth.token = newToken; socket.disconnect().connect();")
    program.expect("connected")
    rooms.eventually_subscribed(room, 1)
    data = told(rooms, room)
    assert program.expect("deleted") == [data]


# Tokens


@requirement("ROOM-059", "ROOM-D18")
@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=["websocket", "polling"])
def test_who_holds_an_expired_token_is_told_and_stays_for_the_time_of_grace(
    serve_rooms: Callable[..., Rooms], transports: list[str]
) -> None:
    server = serve_rooms(ROOMS_EXPIRY_GRACE="4s")
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user, auth={"token": token(user, expires_in=3)}, transports=transports) as client:
        client.subscribe(room)
        told_at = client.expect("token:expired", within=30)[0]
        assert set(told_at) == {"timestamp"} and is_timestamp(told_at["timestamp"])
        # Delivery goes on.
        data = told(server, room)
        assert client.expect("prize:deleted")[0] == data
        client.expect("disconnect", within=30)
        server.eventually_subscribed(room, 0)
