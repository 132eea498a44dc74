# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Sessions as credentials: the server's own, signed cookies, a backend that is asked, first messages, one-time tokens."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed

from harness.client import Client
from harness.commands import switchboard
from harness.contracts import derived
from harness.payloads import did
from harness.ports import free_port
from harness.server import API_KEY, Server
from harness.waiting import eventually

requirement = pytest.mark.requirement

ERRORS = {
    "unauthenticated": {"message": "Authentication required", "close": 4000},
    "invalidCredentials": {"message": "Invalid session", "close": 4001},
    "unavailable": {"message": "Try again later"},
}


def contract(folder: pathlib.Path, **auth: Any) -> pathlib.Path:
    """The shipped contract with sessions instead of tokens."""

    def change(document: dict[str, Any]) -> None:
        document["auth"] = {"mode": "required", "tokens": [{"session": "cookie.session"}]} | auth
        document["errors"] = document.get("errors", {}) | ERRORS
        if "resume" in auth:
            document["frames"]["resume"] = {
                "type": "reconnect_token", "token": "{resume.token}", "expires_at": "{resume.expiresAt}",
            }  # fmt: skip

    return derived(folder, change)


def create(server: Server, user: str, **others: Any) -> dict[str, Any]:
    answer = server.admin.http.post("/v1/platforms/rangkai/sessions", json={"user": user} | others)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def open_with(server: Server, cookie: str | bytes | None, path: str = "/ws") -> Client:
    headers = {} if cookie is None else {"Cookie": cookie}
    return Client(f"ws://127.0.0.1:{server.port}{path}", additional_headers=headers)


def user_of(client: Client) -> str:
    return str(client.welcome()["userId"])


def refusal(server: Server, cookie: str | None, path: str = "/ws") -> int:
    """The code that a connection with this cookie is closed with."""
    with open_with(server, cookie, path) as client:
        assert client.receive()["type"] == "error"
        with pytest.raises(ConnectionClosed) as closed:
            client.receive()
        assert closed.value.rcvd is not None
        return int(closed.value.rcvd.code)


def sign(value: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), value.encode(), hashlib.sha256).digest()
    return f"s:{value}.{base64.b64encode(digest).decode().rstrip('=')}"


# The server's own sessions


@requirement("BULK-001", "BULK-003", "BULK-004")
def test_a_session_of_the_server_opens_a_connection_until_it_ends(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(contract(tmp_path))
    user = did()
    session = create(server, user, expiresIn="8h")
    with open_with(server, f"a=b; session={session['id']}; c=d") as client:
        assert user_of(client) == user
        assert refusal(server, None) == 4000
        assert refusal(server, "session=") == 4000
        assert refusal(server, "session=" + session["key"]) == 4001
        path = f"/v1/platforms/rangkai/sessions/{session['id']}"
        begin = time.monotonic()
        assert server.admin.http.delete(path).status_code == 204
        assert client.receive()["type"] == "error"
        client.expect_close(4001)
        assert time.monotonic() - begin < 5
        assert server.admin.http.get(path).status_code == 404
    assert refusal(server, f"session={session['id']}") == 4001


@requirement("BULK-004")
def test_a_session_outlives_the_server_and_ends_at_its_time(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(contract(tmp_path))
    user = did()
    long, short = create(server, user), create(server, user, expiresIn=2)
    with open_with(server, f"session={short['id']}") as client:
        client.welcome()
        client.receive(timeout=10)
        client.expect_close(4001)
    server.kill()
    server.start()
    with open_with(server, f"session={long['id']}") as client:
        assert user_of(client) == user
    assert refusal(server, f"session={short['id']}") == 4001
    listed = server.admin.http.get("/v1/platforms/rangkai/sessions", params={"user": user}).json()["sessions"]
    assert [session["key"] for session in listed] == [long["key"]]
    ended = server.admin.http.delete("/v1/platforms/rangkai/sessions", params={"user": user})
    assert ended.json() == {"ended": 1}
    assert refusal(server, f"session={long['id']}") == 4001


@requirement("BULK-003")
@pytest.mark.parametrize(
    "cookie",
    ["", ";;=;", "session", "session=", 'session=""', "session=%", "session=%zz", "session=\xe9", "session=; session=",
     "session=" + "x" * 7000, "session=s:a.b", 'session="x', "a=" + ";a=" * 500, "session=%00%ff"],
)  # fmt: skip
@pytest.mark.parametrize("secret", [None, "keyboard cat"])
def test_a_broken_cookie_lets_nobody_in_and_hurts_nobody(
    cookies: dict[str | None, Server], cookie: str, secret: str | None
) -> None:
    assert refusal(cookies[secret], cookie) in (4000, 4001)


@pytest.fixture(scope="module")
def cookies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str | None, Server]]:
    servers: dict[str | None, Server] = {}
    for secret in (None, "keyboard cat"):
        folder = tmp_path_factory.mktemp("cookies")
        sessions = {"sessions": {"secret": secret}} if secret else {}
        servers[secret] = Server(folder / "data", contract(folder, **sessions), name="cookies").start()
    yield servers
    for server in servers.values():
        server.stop()
        server.admin.close()


@requirement("BULK-002")
def test_a_signed_cookie_of_express_opens_a_connection(cookies: dict[str | None, Server]) -> None:
    server, user = cookies["keyboard cat"], did()
    session = create(server, user)["id"]
    for value in (quote(sign(session, "keyboard cat"), safe=""), sign(session, "keyboard cat")):
        with open_with(server, f"session={value}") as client:
            assert user_of(client) == user
    for value in (session, f"s:{session}", sign(session, "dog"), sign("other", "keyboard cat")):
        assert refusal(server, f"session={quote(value, safe='')}") == 4001


@requirement("BULK-002")
@pytest.mark.parametrize("place", ["header.authorization", "query.token"])
def test_a_session_may_come_in_other_places(
    serve: Callable[..., Server], tmp_path: pathlib.Path, place: str
) -> None:
    server = serve(contract(tmp_path, tokens=[{"session": place}]))
    user = did()
    session = create(server, user)["id"]
    url = f"ws://127.0.0.1:{server.port}/ws"
    if place == "query.token":
        client = Client(f"{url}?token={session}")
    else:
        client = Client(url, additional_headers={"Authorization": f"Bearer {session}"})
    with client:
        assert user_of(client) == user


def test_a_session_is_made_from_the_command_line(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(contract(tmp_path))
    user = did()
    made = switchboard(
        "session", "rangkai", "--user", user, "--expires", "8h", "--admin", f"http://127.0.0.1:{server.admin_port}",
        "--key", API_KEY,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with open_with(server, f"session={json.loads(made.stdout)['id']}") as client:
        assert user_of(client) == user


# A backend that is asked


class Backend:
    """The platform's own backend: answers as `respond` says, which a test may change while it runs."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.respond: Callable[[http.server.BaseHTTPRequestHandler], None] = self.says(401, {})
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                backend.requests.append({name.lower(): value for name, value in self.headers.items()})
                try:
                    backend.respond(self)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        class Listener(http.server.ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/session"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def says(status: int, body: Any, *, after: float = 0) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()

        def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
            time.sleep(after)
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)

        return respond

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.close()


def asking(folder: pathlib.Path, url: str, **sessions: Any) -> pathlib.Path:
    return contract(folder, sessions={"ask": url, "cache": "3s", "deadline": "1s"} | sessions)


@requirement("BULK-001", "BULK-002", "BULK-003", "BULK-004")
def test_the_backend_is_asked_who_somebody_is(
    serve: Callable[..., Server], tmp_path: pathlib.Path, backend: Backend
) -> None:
    server = serve(asking(tmp_path, backend.url))
    user = did()
    backend.respond = backend.says(200, {"user": user, "roles": ["a"]})
    with open_with(server, "x=y; session=abc") as client:
        assert user_of(client) == user
        assert backend.requests[0]["cookie"] == "x=y; session=abc"
        assert server.admin.connections(user)[0]["roles"] == ["a"]
    assert refusal(server, None) == 4000 and len(backend.requests) == 1
    backend.respond = backend.says(401, {})
    assert refusal(server, "session=unknown") == 4001


@requirement("BULK-D02", "BULK-004")
def test_a_session_that_ends_at_the_backend_ends_its_connection(
    serve: Callable[..., Server], tmp_path: pathlib.Path, backend: Backend
) -> None:
    server = serve(asking(tmp_path, backend.url))
    backend.respond = backend.says(200, {"user": did()})
    with open_with(server, "session=abc") as client:
        client.welcome()
        eventually(lambda: len(backend.requests) >= 3, within=15)
        backend.respond = backend.says(404, {})
        begin = time.monotonic()
        assert client.receive(timeout=10)["type"] == "error"
        client.expect_close(4001)
        assert time.monotonic() - begin < 8


def test_a_connection_outlasts_a_backend_that_is_down_for_a_moment(
    serve: Callable[..., Server], tmp_path: pathlib.Path, backend: Backend
) -> None:
    server = serve(asking(tmp_path, backend.url))
    good = backend.says(200, {"user": did()})
    backend.respond = good
    with open_with(server, "session=abc") as client:
        client.welcome()
        backend.respond = backend.says(503, {})
        asked = len(backend.requests)
        eventually(lambda: len(backend.requests) > asked, within=15)
        assert refusal(server, "session=other") == 1013
        backend.respond = good
        asked = len(backend.requests)
        eventually(lambda: len(backend.requests) > asked, within=15)
        assert client.ping()["type"] == "pong"


@requirement("BULK-005")
@pytest.mark.parametrize("answer", ["silent", "slow", "drip", "html", "json", "nobody", "huge", "redirect", "down", "cut"])
def test_a_backend_that_lies_or_fails_lets_nobody_in(
    serve: Callable[..., Server], tmp_path: pathlib.Path, backend: Backend, answer: str
) -> None:
    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b" ")
            time.sleep(0.1)

    def redirect(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", backend.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def cut(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"user\"")
        handler.connection.shutdown(socket.SHUT_RDWR)

    responses = {
        "silent": lambda handler: time.sleep(5),
        "slow": backend.says(200, {"user": "late"}, after=3),
        "drip": drip,
        "html": backend.says(200, b"<html>sign in</html>"),
        "json": backend.says(200, b'{"user": "x"'),
        "nobody": backend.says(200, {"user": None}),
        "huge": backend.says(200, b'{"user": "x", "pad": "' + b"x" * 5_000_000 + b'"}'),
        "redirect": redirect,
        "cut": cut,
    }
    url = f"http://127.0.0.1:{free_port()}/" if answer == "down" else backend.url
    server = serve(asking(tmp_path, url))
    if answer != "down":
        backend.respond = responses[answer]
    begin = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda number: refusal(server, f"session={number}"), range(40)))
    assert set(codes) == {1013}
    assert time.monotonic() - begin < 30
    if answer != "down":
        backend.respond = backend.says(200, {"user": "good"})
        with open_with(server, "session=good") as client:
            assert user_of(client) == "good"


def test_waiting_for_a_silent_backend_costs_nothing_and_keeps_nobody_up(
    serve: Callable[..., Server], tmp_path: pathlib.Path, backend: Backend
) -> None:
    server = serve(asking(tmp_path, backend.url, deadline="4s"))
    backend.respond = backend.says(200, {"user": "ann"})
    with open_with(server, "session=ann") as client:
        client.welcome()
        backend.respond = lambda handler: time.sleep(6)
        assert server.process is not None
        stat = pathlib.Path(f"/proc/{server.process.pid}/stat")
        used = lambda: sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13]))  # noqa: E731
        with ThreadPoolExecutor(4) as pool:
            pending = [pool.submit(refusal, server, f"session={number}") for number in range(4)]
            eventually(lambda: len(backend.requests) >= 5, within=5)
            before, begin = used(), time.monotonic()
            assert client.ping()["type"] == "pong"
            time.sleep(2)
            spent, window = (used() - before) / 100, time.monotonic() - begin
            assert [waiting.result() for waiting in pending] == [1013] * 4
    assert spent < 0.3 * window, f"{spent} s of processor time while waiting {window} s"


# First messages


@requirement("BULK-D03", "BULK-003", "BULK-005")
def test_a_first_message_may_bring_the_session(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(contract(tmp_path, timeout="2s", message={"type": "AUTH", "token": "token"}))
    user = did()
    session = create(server, user)["id"]
    with open_with(server, None) as client:
        client.send({"type": "AUTH", "token": session})
        assert user_of(client) == user
        assert client.ping()["type"] == "pong"
    for message, code in (({"type": "AUTH", "token": "wrong"}, 4001), ({"type": "ping"}, 4000)):
        with open_with(server, None) as client:
            assert client.ask(message)["type"] == "error"
            client.expect_close(code)
    begin = time.monotonic()
    assert refusal(server, None) == 4000
    assert 1.5 < time.monotonic() - begin < 8


# One-time tokens


@requirement("PAY-076")
def test_a_one_time_token_opens_one_connection(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(contract(tmp_path, resume={"query": "resume", "for": "5m"}))
    user = did()
    session = create(server, user)["id"]

    def first_token(client: Client) -> str:
        assert user_of(client) == user
        frame = client.receive()
        assert set(frame) == {"type", "token", "expires_at"} and frame["type"] == "reconnect_token"
        return str(frame["token"])

    with open_with(server, f"session={session}") as client:
        token = first_token(client)
    server.kill()
    server.start()

    def code(_: int) -> int:
        with open_with(server, None, f"/ws?resume={token}") as client:
            first = client.receive()
            if first["type"] == "connected":
                return 0
            with pytest.raises(ConnectionClosed) as closed:
                client.receive()
            assert closed.value.rcvd is not None
            return int(closed.value.rcvd.code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(code, range(8))) == [0] + [4001] * 7
    with open_with(server, f"session={session}") as client:
        second = first_token(client)
    server.admin.http.delete("/v1/platforms/rangkai/sessions", params={"user": user})
    assert refusal(server, None, f"/ws?resume={second}") == 4001
    assert refusal(server, None, "/ws?resume=nonsense") == 4001
    assert refusal(server, None, "/ws?resume=") == 4000


# Single connections


def test_one_connection_is_read_and_sent_an_event_alone(rangkai: Server) -> None:
    user = did()
    with rangkai.connect(user) as client, rangkai.connect(user) as other:
        for connection in rangkai.admin.connections(user):
            assert connection["messageCount"] == 0
        client.ping()
        client.ping()
        mine = next(each for each in rangkai.admin.connections(user) if each["messageCount"] == 2)
        path = f"/v1/platforms/rangkai/connections/{mine['id']}"
        assert rangkai.admin.http.get(path).json() == mine
        sent = rangkai.admin.http.post(f"{path}/events", json={"event": "announcement", "data": {"text": "hello"}})
        assert sent.status_code == 200, sent.text
        assert client.receive_event("announcement")["data"] == {"text": "hello"}
        other.expect_silence()
        assert rangkai.admin.disconnect(mine["id"]).status_code == 204
        client.receive()
    eventually(lambda: rangkai.admin.http.get(path).status_code == 404, within=10)
    assert rangkai.admin.http.post(f"{path}/events", json={"event": "announcement", "data": {}}).status_code == 404
