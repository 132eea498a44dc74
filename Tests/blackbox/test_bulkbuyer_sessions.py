# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Bulk Buyer Group: who a client is, by the session of the REST API."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterator

import pytest

from harness.bulkbuyer import BULKBUYER, PATH, BulkBuyer, BulkBuyerClient
from harness.certificates import Certificate
from harness.contracts import derived
from harness.payloads import did
from harness.ports import documented_ports, free_port
from harness.raw import RawSocket
from harness.waiting import eventually

requirement = pytest.mark.requirement
Make = Callable[..., BulkBuyer]


@requirement("BULK-001", "BULK-002", "BULK-013")
def test_one_session_opens_the_websocket_and_the_list(bulkbuyer: BulkBuyer) -> None:
    user = did()
    session = bulkbuyer.session(user)
    for headers in (bulkbuyer.headers(session), {"Authorization": f"Bearer {session}"}):
        with bulkbuyer.attempt(session, headers=headers) as client:
            client.ping()
            assert len(bulkbuyer.admin.connections(user)) == 1
        assert bulkbuyer.http.get("/api/notifications", headers=headers).status_code == 200
        eventually(lambda: not bulkbuyer.admin.connections(user), what="the end of the connection")


@requirement("BULK-001")
def test_the_documented_path_on_the_default_port(serve_bulkbuyer: Make) -> None:
    with documented_ports(5000) as free:
        if not free:
            pytest.skip("port 5000 is taken on this machine")
        server = serve_bulkbuyer(start=False, port=5000)
        del server.environment["BULKBUYER_PORT"]
        server.start()
        headers = server.headers(server.session("u"))
        with BulkBuyerClient("ws://localhost:5000/api/notifications/ws", additional_headers=headers) as client:
            client.ping()
        server.stop()


@requirement("BULK-003", "BULK-D01", "BULK-D05", "ALL-D02", "ALL-D03")
@pytest.mark.parametrize("headers", [{}, {"Cookie": "other=1"}, {"Cookie": "session="}, {"Cookie": "=;;"}])
def test_without_a_session_the_connection_closes_with_4000(bulkbuyer: BulkBuyer, headers: dict[str, str]) -> None:
    with bulkbuyer.attempt(None, headers=headers) as client:
        client.expect_close(4000, "Authentication required")


BROKEN = ["garbage", "x" * 4000, "%", "%ff%00", '"quoted"', "s:a.b", "a b", "' or 1=1 --"]


@requirement("BULK-004", "BULK-D01", "BULK-D05", "ALL-D02")
@pytest.mark.parametrize("session", BROKEN)
def test_an_unknown_session_closes_with_4001(bulkbuyer: BulkBuyer, session: str) -> None:
    with bulkbuyer.attempt(session) as client:
        client.expect_close(4001, "Invalid session")
    assert bulkbuyer.fetch(session).status_code == 401


@requirement("BULK-004", "BULK-D02")
def test_an_expired_session_closes_with_4001(bulkbuyer: BulkBuyer) -> None:
    user = did()
    session = bulkbuyer.session(user, expiresIn=2)
    with bulkbuyer.attempt(session) as client:
        client.ping()
        client.expect_close(4001, "Invalid session")
    with bulkbuyer.attempt(session) as client:
        client.expect_close(4001, "Invalid session")


@requirement("BULK-004", "BULK-D02")
def test_a_session_that_is_ended_takes_its_connections_along_and_no_others(bulkbuyer: BulkBuyer) -> None:
    user = did()
    session = bulkbuyer.session(user)
    with bulkbuyer.attempt(session) as first, bulkbuyer.attempt(session) as second, bulkbuyer.user(user) as other:
        first.ping()
        second.ping()
        bulkbuyer.end_session(session)
        for client in (first, second):
            client.expect_close(4001, "Invalid session", timeout=30)
        other.ping()
    assert bulkbuyer.fetch(session).status_code == 401


@requirement("BULK-013", "BULK-002")
@pytest.mark.parametrize("session", [None, "garbage"])
def test_the_list_without_a_session_is_401(bulkbuyer: BulkBuyer, session: str | None) -> None:
    answer = bulkbuyer.fetch(session)
    assert answer.status_code == 401
    assert set(answer.json()["error"]) >= {"code", "message"}


@requirement("BULK-001")
def test_sessions_survive_the_server(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer()
    session = server.session("u")
    server.kill()
    server.start()
    with server.attempt(session) as client:
        client.ping()


@requirement("BULK-D01")
def test_the_cookie_has_the_configured_name(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer(BULKBUYER_COOKIE="connect.sid")
    session = server.session("u")
    with server.attempt(session) as client:
        client.ping()
    with server.attempt(None, headers={"Cookie": f"session={session}"}) as client:
        client.expect_close(4000)


def signed(session: str, secret: str) -> str:
    """As the cookie-signature package of express-session signs."""
    digest = hmac.new(secret.encode(), session.encode(), hashlib.sha256).digest()
    return f"s:{session}.{base64.b64encode(digest).decode().rstrip('=')}"


@requirement("BULK-D01", "BULK-002", "BULK-004")
def test_signed_cookies_are_checked(serve_bulkbuyer: Make) -> None:
    secret = "a secret for cookies, long enough to be one"
    server = serve_bulkbuyer(BULKBUYER_SESSION_SECRET=secret)
    session = server.session("u")
    good = signed(session, secret)
    for cookie in (good, urllib.parse.quote(good, safe="")):
        with server.attempt(cookie) as client:
            client.ping()
        assert server.fetch(cookie).status_code == 200
    for cookie in (session, signed(session, "another secret, long enough to be one"), good[:-1], f"s:{session}."):
        with server.attempt(cookie) as client:
            client.expect_close(4001, "Invalid session")
        assert server.fetch(cookie).status_code == 401


# Authentication that takes its time


@requirement("BULK-005", "BULK-D03")
def test_a_first_message_may_bring_the_session_where_that_is_switched_on(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer(BULKBUYER_AUTH_MESSAGE="true")
    with server.attempt(None) as client:
        client.send({"type": "AUTH", "token": server.session("u")})
        client.ping()
    with server.attempt(None) as client:
        client.send({"type": "AUTH", "token": "garbage"})
        client.expect_close(4001, "Invalid session")


@requirement("BULK-005", "BULK-D03")
def test_authentication_that_is_not_done_in_time_closes_with_4000(serve_bulkbuyer: Make, tmp_path: pathlib.Path) -> None:
    hasty = derived(tmp_path, lambda document: document["auth"].update(timeout="1s"), source=BULKBUYER)
    server = serve_bulkbuyer(hasty, BULKBUYER_AUTH_MESSAGE="true")
    with server.attempt(None) as client:
        client.expect_close(4000, "Authentication required")
    assert re.search(r"^  timeout: 10s$", BULKBUYER.read_text(encoding="utf-8"), re.M)


@requirement("BULK-003", "BULK-D03")
def test_without_the_switch_a_first_message_is_not_waited_for(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.attempt(None) as client:
        client.expect_close(4000)


# Sessions of the platform's own API


class Backend:
    """Stands in for the REST API that knows the sessions; over TLS where it has a certificate."""

    def __init__(self, certificate: Certificate | None = None) -> None:
        self.users: dict[str, str] = {}
        self.asked = 0
        self.delay = threading.Event()
        self.delay.set()
        self.port = free_port()
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                backend.asked += 1
                backend.delay.wait(30)
                cookie = dict(part.split("=", 1) for part in self.headers.get("Cookie", "").split("; ") if "=" in part)
                session = cookie.get("session") or self.headers.get("Authorization", "").removeprefix("Bearer ")
                user = backend.users.get(session)
                body = json.dumps({"user": user} if user else {"error": "no"}).encode()
                self.send_response(200 if user else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.delay.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def backend() -> Iterator[Backend]:
    made = Backend()
    yield made
    made.stop()


def asking(tmp_path: pathlib.Path, backend: Backend) -> tuple[pathlib.Path, str]:
    """The contract with a short memory for answers, and the backend's address."""
    quick = derived(tmp_path, lambda document: document["auth"]["sessions"].update(cache="1s"), source=BULKBUYER)
    return quick, f"http://127.0.0.1:{backend.port}/api/session"


@requirement("BULK-D01", "BULK-002", "BULK-004")
def test_the_platform_s_own_api_may_know_the_sessions(
    serve_bulkbuyer: Make, tmp_path: pathlib.Path, backend: Backend
) -> None:
    contract, address = asking(tmp_path, backend)
    server = serve_bulkbuyer(contract, BULKBUYER_SESSION_URL=address)
    backend.users["s-1"] = "alice"
    for headers in ({"Cookie": "session=s-1"}, {"Authorization": "Bearer s-1"}):
        with server.attempt(None, headers=headers) as client:
            client.ping()
            assert len(server.admin.connections("alice")) == 1
        eventually(lambda: not server.admin.connections("alice"), what="the end of the connection")
    with server.attempt("s-2") as client:
        client.expect_close(4001, "Invalid session")


@requirement("BULK-D01")
def test_the_api_is_asked_over_tls_where_its_certificate_is_believed(
    serve_bulkbuyer: Make, certificate: Certificate
) -> None:
    backend = Backend(certificate)
    backend.users["s-1"] = "alice"
    address = f"https://localhost:{backend.port}/api/session"
    server = serve_bulkbuyer(BULKBUYER_SESSION_URL=address, SWITCHBOARD_BACKEND_CA=str(certificate.certificate))
    with server.attempt("s-1") as client:
        client.ping()
    suspicious = serve_bulkbuyer(BULKBUYER_SESSION_URL=address)
    with suspicious.attempt("s-1") as client:
        client.expect_close(1013)
    assert "the server's certificate is not believed" in suspicious.log
    nowhere = serve_bulkbuyer(start=False, SWITCHBOARD_BACKEND_CA="/nowhere.pem").launch()
    assert nowhere.wait() == 1 and "/nowhere.pem holds no certificate in PEM" in nowhere.log
    backend.stop()


@requirement("BULK-D02", "BULK-004")
def test_a_session_that_ends_over_there_ends_here(serve_bulkbuyer: Make, tmp_path: pathlib.Path, backend: Backend) -> None:
    contract, address = asking(tmp_path, backend)
    server = serve_bulkbuyer(contract, BULKBUYER_SESSION_URL=address)
    backend.users = {"s-1": "alice", "s-2": "bob"}
    with server.attempt("s-1") as client, server.attempt("s-2") as other:
        client.ping()
        other.ping()
        del backend.users["s-1"]
        client.expect_close(4001, "Invalid session", timeout=30)
        other.ping()


@requirement("BULK-D01", "BULK-005")
def test_an_api_that_does_not_answer_lets_nobody_in_and_holds_nobody_up(
    serve_bulkbuyer: Make, tmp_path: pathlib.Path, backend: Backend
) -> None:
    contract, address = asking(tmp_path, backend)
    server = serve_bulkbuyer(contract, BULKBUYER_SESSION_URL=address)
    backend.users["s-1"] = "alice"
    backend.delay.clear()
    with server.attempt("s-1") as client:
        client.expect_close(1013)
    backend.delay.set()
    with eventually(lambda: answered(server), within=30, what="a connection once it answers again"):
        pass


def answered(server: BulkBuyer) -> BulkBuyerClient | None:
    client = server.attempt("s-1")
    try:
        client.ping()
    except Exception:
        client.close()
        return None
    return client


@requirement("BULK-004", "BULK-D01")
def test_cookies_of_every_broken_kind_are_survived(bulkbuyer: BulkBuyer) -> None:
    for cookie in (
        b"session=" + b"x" * 6000, b"session=a; session=b", b"\xff\xfe=\x80", b"session", b";=;=;", b"session=%zz",
        b'session="', b"session=a=b=c", b"  session = x ",
    ):
        with RawSocket(bulkbuyer.port) as raw:
            status = raw.upgrade(PATH, "Cookie: " + cookie.decode("latin-1"))
            assert status in (101, 400, 431), (cookie, status)
            if status == 101:
                assert raw.read_close()[0] in (4000, 4001)
