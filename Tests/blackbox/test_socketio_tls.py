# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Socket.IO through TLS: stock clients over each transport, connections on several event loops, production mode."""

import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests

from harness.both import CONTRACT, Both
from harness.certificates import Certificate
from harness.contracts import derived
from harness.javascript import TRANSPORTS, Program
from harness.server import API_KEY
from harness.stock import SocketIOClient
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement

#: A client that asks, and tells what it hears.
LISTENING = """
const socket = io(ADDRESS, { auth: { token: TOKEN } });
socket.io.on('open', () => socket.io.engine.once('upgrade', (transport) => say('upgraded', transport.name)));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.on('connect', () => socket.emit('subscribe', { channel: ROOM }, (answer) => say('subscribed', answer)));
socket.on('said', (data) => say('said', data.text));
"""


class EncryptedBoth(Both):
    """The platform of two wire languages, encrypted in both."""

    def __init__(self, folder: pathlib.Path, certificate: Certificate, name: str, **variables: Any) -> None:
        def encrypt(document: dict[str, Any]) -> None:
            for listener in document["listen"]:
                listener |= {"tls": certificate.rules, "origins": ["https://localhost:*"]}
            document["limits"] |= {"message": "1000000B", "payload": "1000000B"}

        super().__init__(folder / "data", derived(folder, encrypt, source=CONTRACT), name=name, **variables)
        self.certificate = certificate

    @property
    def address(self) -> str:
        return f"https://localhost:{self.socketio_port}"

    def trusting(self, user: str, transports: list[str], **options: Any) -> SocketIOClient:
        """python-socketio's client, which believes this server's certificate alone."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.certificate.certificate)
        return SocketIOClient(
            self.address, auth={"token": token(user)}, transports=transports, http_session=session, **options)


@pytest.fixture
def serve_encrypted(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, certificate: Certificate
) -> Iterator[Callable[..., EncryptedBoth]]:
    made: list[EncryptedBoth] = []

    def make(**options: Any) -> EncryptedBoth:
        made.append(EncryptedBoth(tmp_path, certificate, request.node.name.split("[")[0], **options))
        made[-1].start()
        return made[-1]

    yield make
    for server in made:
        server.kill()
        server.admin.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_python_s_client_is_served_over_each_transport(
    serve_encrypted: Callable[..., EncryptedBoth], transport: str
) -> None:
    server = serve_encrypted()
    room = "room:python"
    with server.trusting("ann", TRANSPORTS[transport]) as client:
        assert client.call("subscribe", {"channel": room}) == {"success": True, "channels": [room]}
        if transport != "polling":
            eventually(lambda: client.transport == "websocket", what="the upgrade")
        texts = [f"{number} " + "é" * 400 * number for number in range(50)]
        for text in texts:
            server.admin.publish("said", {"text": text}, to=[room])
        assert [client.expect("said")[0]["text"] for _ in texts] == texts
        # More than one record of TLS, and back.
        long = "x" * 300_000
        assert "id" in client.call("say", {"channel": room, "text": long})
        assert client.expect("said")[0] == {"text": long, "by": "ann"}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_javascript_client_is_served_over_each_transport(
    serve_encrypted: Callable[..., EncryptedBoth], javascript: Callable[..., Program], transport: str
) -> None:
    server = serve_encrypted()
    room = "room:javascript"
    with javascript(
        LISTENING, transports=TRANSPORTS[transport],
        names={"ADDRESS": server.address, "TOKEN": token("ann"), "ROOM": room},
        NODE_EXTRA_CA_CERTS=str(server.certificate.certificate),
    ) as program:
        assert program.expect("subscribed") == [{"success": True, "channels": [room]}]
        if transport == "upgrade":
            assert program.expect("upgraded") == ["websocket"]
        for number in range(20):
            server.admin.publish("said", {"text": f"{number}"}, to=[room])
        assert [program.expect("said") for _ in range(20)] == [[f"{number}"] for number in range(20)]


def test_a_client_that_does_not_believe_the_certificate_does_not_connect(
    serve_encrypted: Callable[..., EncryptedBoth], javascript: Callable[..., Program]
) -> None:
    server = serve_encrypted()
    with javascript(
        LISTENING, transports=["websocket"], names={"ADDRESS": server.address, "TOKEN": token("ann"), "ROOM": "room:a"}
    ) as program:
        assert program.expect("connect_error") == ["websocket error"]


def test_sessions_whose_connections_are_on_several_loops_hear_everything_in_order(
    serve_encrypted: Callable[..., EncryptedBoth]
) -> None:
    """A session stays on the loop of its first request; its WebSocket may have been accepted by another."""
    server = serve_encrypted(arguments=("--loops", "4"))
    room = "room:loops"
    clients = [server.trusting(f"user-{number}", ["polling", "websocket"]) for number in range(12)]
    clients += [server.trusting(f"poller-{number}", ["polling"]) for number in range(4)]
    for client in clients:
        assert client.call("subscribe", {"channel": room})["success"]
    for client in clients[:12]:
        eventually(lambda client=client: client.transport == "websocket", what="the upgrade")  # type: ignore[misc]
    with server.trusting("author", ["websocket"]) as author:
        texts = [f"{number} " + "x" * (number * 997 % 40_000) for number in range(100)]
        for text in texts:
            author.call("say", {"channel": room, "text": text})
    for client in clients:
        assert [client.expect("said")[0]["text"] for _ in texts] == texts
        client.close()


@requirement("ALL-D17")
def test_in_production_polling_requests_come_encrypted_too(
    serve_encrypted: Callable[..., EncryptedBoth]
) -> None:
    server = serve_encrypted(SWITCHBOARD_ENV="production", SWITCHBOARD_API_KEY=API_KEY)
    # What a proxy has passed on is not this machine's own, so that the way it came counts.
    passed = {"X-Forwarded-For": "203.0.113.7"}
    with server.trusting("ann", ["polling"], headers=passed) as client:
        assert client.call("subscribe", {"channel": "room:a"})["success"]


@requirement("ALL-D17")
def test_in_production_every_polling_request_in_plain_text_is_refused(
    tmp_path: pathlib.Path, request: pytest.FixtureRequest
) -> None:
    server = Both(
        tmp_path / "data", name=request.node.name, SWITCHBOARD_ENV="production", SWITCHBOARD_API_KEY=API_KEY,
        SWITCHBOARD_TRUSTED_PROXIES="127.0.0.1",
    )
    server.start()
    passed = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    unencrypted = passed | {"X-Forwarded-Proto": "http"}
    address = f"http://127.0.0.1:{server.socketio_port}/socket.io/?EIO=4&transport=polling"
    try:
        with httpx.Client(trust_env=False) as http:
            refused = http.get(address, headers=unencrypted)
            assert refused.status_code == 403 and "encrypted" in refused.text
            opened = http.get(address, headers=passed)
            assert opened.status_code == 200
            session = f"{address}&sid={json.loads(opened.text[1:])['sid']}"
            # Not even for a session that began as it should.
            assert http.post(session, content="40", headers=unencrypted).status_code == 403
            assert http.get(session, headers=unencrypted).status_code == 403
            join = "40" + json.dumps({"token": token("ann")})
            assert http.post(session, content=join, headers=passed).status_code == 200
            assert http.get(session, headers=passed).text.startswith("40{")
    finally:
        server.kill()
        server.admin.close()
