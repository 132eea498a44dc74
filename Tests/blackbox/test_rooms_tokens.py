# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform: tokens that expire, are refreshed and are revoked."""

import asyncio
import concurrent.futures
import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import websockets

from harness.contracts import derived
from harness.documents import printed
from harness.javascript import TRANSPORTS, Program
from harness.rooms import PRINTED, ROOMS, TIME, Rooms, unique
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
#: The document's code has them from the platform's sign-in.
SOCKET = f"const socket = io('{PRINTED}', {{ auth: {{ token: userToken }} }});\n"


def sign_in(server: Rooms, user: str, **others: Any) -> dict[str, Any]:
    answer = server.admin.http.post("/v1/platforms/rooms/tokens", json={"user": user} | others)
    assert answer.status_code == 201, answer.text
    tokens = answer.json()
    assert set(tokens) == {"accessToken", "refreshToken", "expiresIn"}
    return dict(tokens)


def refresh(server: Rooms, text: object, **options: Any) -> httpx.Response:
    content = json.dumps({"refreshToken": text})
    return httpx.post(f"{server.address}/api/auth/refresh", content=content, timeout=30, **options)


def refused(answer: httpx.Response) -> bool:
    if answer.status_code == 200:
        return False
    assert answer.status_code == 401
    assert answer.json() == {
        "success": False, "error": {"code": "AUTHENTICATION_FAILED", "message": "Invalid or expired token"},
    }
    return True


# The printed block


@requirement("ROOM-059", "ROOM-060", "ROOM-061", "ROOM-D18")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_the_block_for_expired_tokens_connects_with_a_new_one(
    serve_rooms: Callable[..., Rooms], javascript: Callable[..., Program], transports: list[str]
) -> None:
    server = serve_rooms(ROOMS_EXPIRY_GRACE="30s")
    user = unique("usr")
    room = server.open_room(user)
    tokens = sign_in(server, user)
    program = javascript(
        SOCKET + printed("rooms-token-refresh.js")
        + """socket.on('connect', () => say('connected', socket.auth.token));
        socket.on('token:expired', (data) => say('expired', data));
        socket.on('prize:deleted', (data) => say('deleted', data));""",
        transports=transports, hosts=server.hosts,
        names={"userToken": token(user, expires_in=3), "refreshToken": tokens["refreshToken"]},
    )
    before = program.expect("connected")
    assert set(program.expect("expired", within=30)[0]) == {"timestamp"}
    after = program.expect("connected")
    assert after != before
    program.run(f"socket.emit('room:subscribe', {{ roomId: '{room}' }}, ({{ success }}) => say('subscribed', success));")
    assert program.expect("subscribed") == [True]
    data = {"roomId": room, "prizeId": "p", "timestamp": TIME}
    server.admin.publish("prize:deleted", data)
    assert program.expect("deleted") == [data]
    assert server.admin.connections(user)


# The endpoint


@requirement("ROOM-060")
@pytest.mark.parametrize("type", [None, "text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded"])
def test_a_refresh_token_is_exchanged_whatever_the_content_type(rooms: Rooms, type: str | None) -> None:
    user = unique("usr")
    tokens = sign_in(rooms, user, name="John Doe", avatar="https://...")
    answer = refresh(rooms, tokens["refreshToken"], headers={"Content-Type": type} if type else {})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    fresh = answer.json()
    assert set(fresh) == {"accessToken", "refreshToken", "expiresIn"} and fresh["expiresIn"] == 900
    assert fresh["refreshToken"] != tokens["refreshToken"]
    for access in (tokens["accessToken"], fresh["accessToken"]):
        with rooms.client(user, auth={"token": access}):
            assert rooms.admin.connections(user)


@requirement("ROOM-060", "ROOM-D18")
def test_what_is_no_refresh_token_is_answered_with_the_error_body(rooms: Rooms) -> None:
    tokens = sign_in(rooms, unique("usr"))
    for text in ("", "x", tokens["accessToken"], tokens["refreshToken"] + "x", "ä" * 40, None, 7, {"a": 1}):
        assert refused(refresh(rooms, text))
    for content in (b"", b"{}", b"[]", b"refreshToken=x", b"\xff", b"[" * 100_000):
        answer = httpx.post(f"{rooms.address}/api/auth/refresh", content=content)
        assert answer.status_code in (400, 401) and answer.json()["success"] is False
    assert refresh(rooms, tokens["refreshToken"]).status_code == 200


@requirement("ROOM-060", "ROOM-D18")
def test_an_old_refresh_token_ends_all_that_came_of_its_sign_in(rooms: Rooms) -> None:
    user = unique("usr")
    tokens, other = sign_in(rooms, user), sign_in(rooms, user)
    fresh = refresh(rooms, tokens["refreshToken"]).json()
    with rooms.client(user, auth={"token": fresh["accessToken"]}) as client:
        with rooms.client(user, auth={"token": other["accessToken"]}) as spared:
            assert refused(refresh(rooms, tokens["refreshToken"]))
            client.expect("disconnect")
            spared.expect_silence("disconnect")
    assert refused(refresh(rooms, fresh["refreshToken"]))
    assert rooms.refused({"token": fresh["accessToken"]})["data"]["reason"] == "revoked"
    assert refresh(rooms, other["refreshToken"]).status_code == 200


@requirement("ROOM-060", "ROOM-D18")
def test_of_many_who_bring_one_refresh_token_at_once_at_most_one_gets_the_next(rooms: Rooms) -> None:
    for _ in range(5):
        tokens = sign_in(rooms, unique("usr"))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: refresh(rooms, tokens["refreshToken"]), range(8)))
        winners = [answer for answer in answers if not refused(answer)]
        assert len(winners) <= 1
        # Somebody else had it, so that nobody goes on with it.
        for winner in winners:
            assert refused(refresh(rooms, winner.json()["refreshToken"]))


@requirement("ROOM-060", "ROOM-D18")
def test_what_was_answered_holds_after_a_kill(serve_rooms: Callable[..., Rooms]) -> None:
    server = serve_rooms()
    kept, used = sign_in(server, unique("usr")), sign_in(server, unique("usr"))
    fresh = refresh(server, used["refreshToken"]).json()
    server.kill()
    server.start()
    for text in (kept["refreshToken"], fresh["refreshToken"]):
        answer = refresh(server, text)
        assert answer.status_code == 200, answer.text
        last = answer.json()["refreshToken"]
    assert refused(refresh(server, used["refreshToken"]))
    server.kill()
    server.start()
    assert refused(refresh(server, last))


@requirement("ROOM-008", "ROOM-060")
def test_a_revoked_user_gets_no_next_tokens(rooms: Rooms) -> None:
    user = unique("usr")
    tokens = sign_in(rooms, user)
    with rooms.client(user, auth={"token": tokens["accessToken"]}) as client:
        assert rooms.revoke(user=user) == 1
        client.expect("disconnect")
    assert refused(refresh(rooms, tokens["refreshToken"]))


# On a live connection


@pytest.mark.parametrize("dialect", ["socketio", "plain"])
def test_a_connection_takes_another_token_of_its_user(
    serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, dialect: str
) -> None:
    answer = {"type": "refreshed", "until": "{result.expiresAt}"}

    def extend(contract: dict[str, Any]) -> None:
        contract["commands"]["refresh"] = {
            "does": "refresh", "token": "{args.token}", "reply": answer, "ack": answer,
        }
        contract["listen"].append({"port": "${PLAIN_PORT}", "websocket": "/ws"})
        contract["auth"]["tokens"].append({"jwt": "query.token"})
        contract["frames"]["expired"] = {"type": "expired"}

    from harness.ports import free_port

    port = free_port()
    server = serve_rooms(
        derived(tmp_path, extend, source=ROOMS), PLAIN_PORT=str(port), ROOMS_EXPIRY_GRACE="3s", ROOMS_ACCESS="everyone"
    )
    user = unique("usr")
    first, second = token(user, expires_in=4), token(user, expires_in=12)
    start = time.monotonic()
    if dialect == "socketio":
        with server.client(user, auth={"token": first}) as client:
            for bad in ("garbage", token(unique("usr")), token(user, expires_in=-60)):
                assert client.refusal("refresh", {"token": bad})["code"] == "AUTHENTICATION_FAILED"
            assert client.call("refresh", {"token": second})["type"] == "refreshed"
            assert "timestamp" in client.expect("token:expired", within=30)[0]
            # The first one's would have been over by then.
            assert time.monotonic() - start > 9
            assert client.call("refresh", {"token": token(user)})["type"] == "refreshed"
            client.expect_silence("disconnect", during=4.5)
        return
    from websockets.sync.client import connect

    with connect(f"ws://127.0.0.1:{port}/ws?token={first}") as socket:
        for bad in ("garbage", token(unique("usr")), token(user, expires_in=-60)):
            socket.send(json.dumps({"type": "refresh", "token": bad}))
            assert json.loads(socket.recv(timeout=20))["code"] == "AUTHENTICATION_FAILED"
        socket.send(json.dumps({"type": "refresh", "token": second}))
        assert json.loads(socket.recv(timeout=20))["type"] == "refreshed"
        assert json.loads(socket.recv(timeout=30)) == {"type": "expired"}
        assert time.monotonic() - start > 9
        socket.send(json.dumps({"type": "refresh", "token": token(user)}))
        assert json.loads(socket.recv(timeout=20))["type"] == "refreshed"
        with pytest.raises(TimeoutError):
            socket.recv(timeout=4.5)


# Revocation among many


@requirement("ROOM-008")
@pytest.mark.parametrize("what", ["user", "jti"])
def test_a_revoked_user_among_a_thousand_connections_is_gone_within_a_second(
    serve_rooms: Callable[..., Rooms], what: str
) -> None:
    server = serve_rooms()
    user, id = unique("usr"), unique("t")
    count = 1000

    async def run() -> float:
        url = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"

        async def join(user: str, **claims: str) -> websockets.ClientConnection:
            socket = await websockets.connect(url, open_timeout=60, ping_interval=None)
            await socket.recv()
            await socket.send("40" + json.dumps({"token": token(user, **claims)}))
            assert str(await socket.recv()).startswith("40")
            return socket

        gate = asyncio.Semaphore(50)

        async def join_in_turn(number: int) -> websockets.ClientConnection:
            async with gate:
                return await join(f"other_{number}")

        others = await asyncio.gather(*(join_in_turn(number) for number in range(count)))
        mine = [await join(user, jti=id) for _ in range(3)]
        spared = await join(unique("usr"), jti=unique("t"))

        async def end(socket: websockets.ClientConnection) -> float:
            while not str(await socket.recv()).startswith("41"):
                pass
            return time.monotonic()

        ends = [asyncio.create_task(end(socket)) for socket in mine]
        await asyncio.sleep(0)
        start = time.monotonic()
        revoked = {"user": user} if what == "user" else {"jti": id}
        assert await asyncio.to_thread(server.revoke, **revoked) == 3
        last = max(await asyncio.wait_for(asyncio.gather(*ends), 60))
        assert len(server.admin.connections()) >= 1000
        await spared.send("2")
        for socket in (*others, spared):
            assert socket.state == websockets.State.OPEN
            socket.transport.abort()
        for socket in mine:
            socket.transport.abort()
        return last - start

    elapsed = asyncio.run(run())
    print(f"revoked by {what} among {count}: {elapsed * 1000:.1f} ms")
    assert elapsed < 1
    eventually(lambda: not server.admin.connections(user), what="the end of the user's connections")
