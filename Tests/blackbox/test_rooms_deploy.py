# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Socket.IO behind the shipped proxy configurations (deploy/): a session stays on its node, whatever carries it."""

from collections.abc import Callable

import pytest

from harness.javascript import TRANSPORTS, Program
from harness.proxies import Proxy
from harness.rooms import TIME, Rooms, unique
from harness.tokens import token

requirement = pytest.mark.requirement
Serve = Callable[..., Rooms]


def opened(nodes: list[Rooms], user: str) -> str:
    """Makes one room on every node, which share nothing."""
    room = unique("room")
    for node in nodes:
        node.open_room(user, room=room)
    return room


def told(nodes: list[Rooms], room: str) -> dict[str, str]:
    data = {"roomId": room, "prizeId": unique("prize"), "timestamp": TIME}
    for node in nodes:
        node.admin.publish("prize:deleted", data)
    return data


@requirement("ROOM-002", "ALL-D15")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_a_client_with_cookies_stays_on_its_node(
    front: Callable[..., Proxy], serve_rooms: Serve, transports: list[str]
) -> None:
    nodes = [serve_rooms(), serve_rooms()]
    proxy = front(*nodes)
    user = unique("usr")
    room = opened(nodes, user)
    clients = [
        nodes[0].client(user, transports=transports, address=f"http://127.0.0.1:{proxy.port}") for _ in range(4)
    ]
    try:
        for client in clients:
            client.subscribe(room)
        data = told(nodes, room)
        for client in clients:
            assert client.expect("prize:deleted")[0] == data
            client.expect_silence("disconnect")
        assert sum(node.subscribers(room) for node in nodes) == len(clients)
    finally:
        for client in clients:
            client.close()


@requirement("ROOM-002", "ALL-D15")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
def test_a_client_without_cookies_stays_on_its_node(
    front: Callable[..., Proxy], serve_rooms: Serve, javascript: Callable[..., Program], transports: list[str]
) -> None:
    # As a page of another site, and as JavaScript's client outside a browser.
    nodes = [serve_rooms(), serve_rooms()]
    proxy = front(*nodes)
    user = unique("usr")
    room = opened(nodes, user)
    program = javascript(
        """const socket = io(ADDRESS, { auth: { token: userToken } });
        socket.on('disconnect', (reason) => say('lost', reason));
        socket.on('prize:deleted', (data) => say('deleted', data));
        socket.emit('room:subscribe', { roomId: ROOM }, (response) => say('subscribed', response.success));""",
        transports=transports,
        names={"ADDRESS": f"http://127.0.0.1:{proxy.port}", "ROOM": room, "userToken": token(user)},
    )
    assert program.expect("subscribed") == [True]
    for _ in range(5):
        data = told(nodes, room)
        assert program.expect("deleted") == [data]
    program.expect_silence("lost")
