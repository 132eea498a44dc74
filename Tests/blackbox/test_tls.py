# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Listeners with a certificate: encrypted clients, exchange while the server runs, and peers that speak no TLS."""

import json
import os
import pathlib
import socket
import ssl
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from harness.certificates import Certificate, common_name
from harness.client import Client
from harness.contracts import derived
from harness.payloads import did
from harness.ports import free_port
from harness.raw import Ended, RawSocket
from harness.server import API_KEY, SWITCHBOARD, Server, environment
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
Serve = Callable[..., Server]


def contract(folder: pathlib.Path, certificate: Certificate, plain_port: int | None = None) -> pathlib.Path:
    def change(document: dict[str, Any]) -> None:
        document["listen"][0]["tls"] = certificate.rules
        document["limits"] = document.get("limits", {}) | {"queue": "256KiB", "message": "4MiB"}
        if plain_port is not None:
            document["listen"].append({"port": plain_port, "websocket": "/ws"})

    return derived(folder, change)


@pytest.fixture
def served(serve: Serve, tmp_path: pathlib.Path, certificate: Certificate) -> Server:
    return serve(contract(tmp_path, certificate))


def address(server: Server, user: str, port: int | None = None, scheme: str = "wss") -> str:
    return f"{scheme}://localhost:{port or server.port}/ws?{urlencode({'token': token(user)})}"


def connect(server: Server, certificate: Certificate, user: str | None = None, **options: Any) -> Client:
    client = Client(address(server, user or did()), ssl=certificate.context(), **options)
    client.welcome()
    return client


def shown(server: Server, certificate: Certificate) -> str:
    """The common name of the certificate that a new connection sees."""
    with socket.create_connection(("localhost", server.port), timeout=20) as plain:
        with certificate.context().wrap_socket(plain, server_hostname="localhost") as encrypted:
            return common_name(encrypted)


def test_clients_connect_encrypted_and_get_what_others_get(served: Server, certificate: Certificate) -> None:
    with connect(served, certificate) as client:
        client.subscribe("global")
        for number in range(100):
            served.admin.publish("announcement", {"number": number, "text": "x" * 50 * number}, to=["global"])
        received = [client.receive()["data"] for _ in range(100)]
        assert [data["number"] for data in received] == list(range(100))
        assert all(data["text"] == "x" * 50 * data["number"] for data in received)
        # More than one record of TLS, in one message.
        client.send({"type": "ping", "padding": "x" * 3_000_000})
        assert client.receive()["type"] == "pong"


def test_an_encrypted_listener_answers_https_and_shows_its_protocol(served: Server, certificate: Certificate) -> None:
    with httpx.Client(verify=certificate.context(), trust_env=False) as http:
        for _ in range(3):
            assert http.get(f"https://localhost:{served.port}/ws").status_code == 426
        assert http.get(f"https://localhost:{served.port}/nothing").status_code == 404
    context = certificate.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("localhost", served.port), timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as encrypted:
            assert encrypted.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_versions_of_today_are_spoken(served: Server, certificate: Certificate, version: ssl.TLSVersion) -> None:
    context = certificate.context()
    context.minimum_version = context.maximum_version = version
    with Client(address(served, did()), ssl=context) as client:
        client.welcome()
        client.ping()


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
def test_an_older_version_is_refused(served: Server, certificate: Certificate) -> None:
    context = certificate.context()
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("localhost", served.port), timeout=20) as plain:
        with pytest.raises(ssl.SSLError, match="(?i)version"):
            context.wrap_socket(plain, server_hostname="localhost")


def test_a_certificate_is_exchanged_while_clients_stay(served: Server, certificate: Certificate) -> None:
    with connect(served, certificate) as client:
        client.subscribe("global")
        assert shown(served, certificate) == "localhost"
        certificate.make("second")
        eventually(lambda: shown(served, certificate) == "second", what="the new certificate")
        # Files that are not good leave what there is.
        certificate.certificate.write_text("nothing of the kind")
        eventually(lambda: "holds no certificate in PEM" in served.log, what="a word about the broken file")
        assert shown(served, certificate) == "second"
        certificate.make("third")
        eventually(lambda: shown(served, certificate) == "third", what="the third certificate")
        served.admin.publish("announcement", {"number": 1}, to=["global"])
        assert client.receive()["data"] == {"number": 1}
        client.ping()


@pytest.mark.parametrize(
    "bytes_sent",
    [b"GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01" + b"\xff" * 300, os.urandom(5000), b"\x00" * 20_000],
    ids=["a plain request", "a broken hello", "noise", "zeros"],
)
def test_whoever_speaks_no_tls_is_cut_off_and_others_notice_nothing(
    served: Server, certificate: Certificate, bytes_sent: bytes
) -> None:
    with connect(served, certificate) as bystander:
        for _ in range(20):
            with RawSocket(served.port) as raw:
                raw.send(bytes_sent)
                with pytest.raises(Ended):
                    while True:
                        raw._take(1)
        bystander.ping()
    assert "switchboard_tls_handshakes_failed_total 20" in served.admin.metrics()


def test_a_hello_that_never_ends_is_cut_off(served: Server, certificate: Certificate) -> None:
    with RawSocket(served.port) as raw:
        raw.send(b"\x16\x03\x01\x02\x00\x01\x00")
        with pytest.raises(Ended):
            raw._take(1)
    with connect(served, certificate) as client:
        client.ping()


def test_a_client_that_does_not_read_is_closed_and_others_get_everything(served: Server, certificate: Certificate) -> None:
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    plain.settimeout(20)
    plain.connect(("127.0.0.1", served.port))
    with certificate.context().wrap_socket(plain, server_hostname="localhost") as stalled:
        target = f"/ws?{urlencode({'token': token(did())})}"
        stalled.sendall(
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        received = b""
        while b'"connected"' not in received:
            received += stalled.recv(4096)
        message = b'{"type":"subscribe","channel":"global"}'
        stalled.sendall(bytes([0x81, 0x80 | len(message), 0, 0, 0, 0]) + message)
        while b'"subscribed"' not in received:
            received += stalled.recv(4096)
        with connect(served, certificate) as reader:
            reader.subscribe("global")
            for number in range(200):
                served.admin.publish("announcement", {"number": number, "text": "x" * 60_000}, to=["global"])
                assert reader.receive()["data"]["number"] == number
        eventually(lambda: "switchboard_slow_clients_total 1" in served.admin.metrics(), what="the slow client's end")


@requirement("ALL-D17", "BULK-028")
def test_in_production_an_encrypted_listener_needs_no_proxy(
    serve: Serve, tmp_path: pathlib.Path, certificate: Certificate
) -> None:
    plain_port = free_port()
    server = serve(
        contract(tmp_path, certificate, plain_port), SWITCHBOARD_ENV="production", SWITCHBOARD_API_KEY=API_KEY
    )
    # What a proxy has passed on is not this machine's own, so that the way it came counts.
    passed = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    with connect(server, certificate, additional_headers=passed) as client:
        client.ping()
    with pytest.raises(InvalidStatus) as refused:
        Client(address(server, did(), plain_port, "ws"), additional_headers=passed)
    assert refused.value.response.status_code == 403


def test_the_admin_listener_is_encrypted_where_the_operator_wants_it(
    serve: Serve, tmp_path: pathlib.Path, certificate: Certificate
) -> None:
    server = serve(
        start=False, arguments=("--admin-certificate", str(certificate.certificate)),
        SWITCHBOARD_ADMIN_KEY=str(certificate.key),
    ).launch()
    with httpx.Client(verify=certificate.context(), trust_env=False) as http:

        def is_ready() -> bool:
            try:
                return http.get(f"https://localhost:{server.admin_port}/health/ready").status_code == 200
            except httpx.TransportError:
                return False

        eventually(is_ready, what="the admin API")
        metrics = http.get(f"https://localhost:{server.admin_port}/metrics", headers={"Authorization": f"Bearer {API_KEY}"})
    assert f'switchboard_certificate_expiry_timestamp_seconds{{file="{certificate.certificate}"}}' in metrics.text
    with pytest.raises(httpx.TransportError):
        server.admin.http.get("/health/ready")
    publish = [str(SWITCHBOARD), "publish", "rangkai", "announcement", '{"text": "hello"}', "--to", "global"]
    publish += ["--admin", f"https://localhost:{server.admin_port}"]
    told = subprocess.run(
        [*publish, "--ca", str(certificate.certificate)], env=server.environment, capture_output=True, text=True, timeout=30
    )
    assert told.returncode == 0 and json.loads(told.stdout)["channels"] == ["global"], told.stdout + told.stderr
    unknown = subprocess.run(publish, env=server.environment, capture_output=True, text=True, timeout=30)
    assert unknown.returncode == 1 and "certificate is not believed" in unknown.stderr, unknown.stderr


def test_files_that_cannot_be_served_are_told_before_anything_is_served(
    tmp_path: pathlib.Path, certificate: Certificate
) -> None:
    file = contract(tmp_path, certificate)

    def check() -> str:
        run = subprocess.run(
            [str(SWITCHBOARD), "check", str(file)], env=environment(RANGKAI_JWT_SECRET="s" * 32), capture_output=True,
            text=True, timeout=60,
        )
        return run.stdout + run.stderr

    assert "error" not in check()
    other = Certificate(tmp_path / "other")
    certificate.key.write_text(other.key.read_text())
    assert f"error: {certificate.key} does not belong to the certificate in {certificate.certificate}" in check()
    certificate.key.write_text("no key")
    assert f"error: {certificate.key} holds no private key in PEM" in check()
    certificate.certificate.unlink()
    assert f"error: {certificate.certificate} cannot be read" in check()
