# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The room platform's refresh endpoint where the platform's own service answers: well, wrongly, or not at all."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from harness.metrics import total
from harness.ports import free_port
from harness.rooms import Rooms, unique
from harness.waiting import eventually

requirement = pytest.mark.requirement


class Service:
    """The platform's own service, which answers as `answer` says: status, headers, body."""

    def __init__(self) -> None:
        self.port = free_port()
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b'{"accessToken":"a","refreshToken":"r"}')
        self.bodies: list[bytes] = []
        self.headers: dict[str, str] = {}
        self.released = threading.Event()
        self.released.set()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/internal/refresh?v=1"
                service.headers = {name.lower(): value for name, value in self.headers.items()}
                service.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                service.released.wait(30)
                status, headers, body = service.answer
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.stop()


@pytest.fixture
def proxied(serve_rooms: Callable[..., Rooms], service: Service) -> Rooms:
    return serve_rooms(ROOMS_REFRESH_URL=f"http://127.0.0.1:{service.port}/internal/refresh?v=1")


def ask(server: Rooms, content: bytes = b'{"refreshToken":"t","more":1}') -> httpx.Response:
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Cookie": "secret=1", "Authorization": "Bearer x"}
    return httpx.post(f"{server.address}/api/auth/refresh", content=content, headers=headers, timeout=30)


@requirement("ROOM-060", "ROOM-D18")
def test_body_and_answer_pass_as_they_are(proxied: Rooms, service: Service) -> None:
    answer = ask(proxied)
    assert answer.status_code == 200 and answer.content == service.answer[2]
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    assert service.bodies == [b'{"refreshToken":"t","more":1}']
    assert service.headers["content-type"] == "application/json"
    assert service.headers["x-forwarded-for"] == "127.0.0.1"
    assert not {"cookie", "authorization"} & set(service.headers)


@requirement("ROOM-060", "ROOM-D18")
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [(401, {}, b'{"error":"no"}'), (429, {"Retry-After": "7"}, b"{}"), (204, {}, b""), (500, {}, b'{"oops":[1]}')],
)
def test_a_refusal_is_passed_on(
    proxied: Rooms, service: Service, status: int, headers: dict[str, str], body: bytes
) -> None:
    service.answer = (status, headers, body)
    answer = ask(proxied)
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers.get("retry-after") == headers.get("Retry-After")


@requirement("ROOM-D18")
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, b"<html>sorry</html>"), (200, {}, b'{"accessToken":"a"'), (302, {"Location": "http://127.0.0.1:1/"}, b"{}"),
        (200, {}, b'"' + b"x" * 5_000_000 + b'"'), (200, {"Content-Length": "100"}, b"{}"), (200, {}, b"[" * 60_000),
    ],
    ids=["html", "half", "redirect", "5 MB", "cut short", "deep"],
)  # fmt: skip
def test_what_is_no_answer_is_not_passed_on(
    proxied: Rooms, service: Service, status: int, headers: dict[str, str], body: bytes
) -> None:
    good = service.answer
    service.answer = (status, headers, body)
    answer = ask(proxied)
    assert answer.status_code == 503 and answer.json()["success"] is False, answer.text
    eventually(lambda: "which answers for this server, fails" in proxied.log, what="the line of the log")
    service.answer = good
    assert ask(proxied).status_code == 200
    eventually(lambda: "answers again" in proxied.log, what="the line of the log")


@requirement("ROOM-D18")
def test_a_service_that_is_silent_or_down_is_said_to_be(proxied: Rooms, service: Service) -> None:
    service.released.clear()
    assert ask(proxied).status_code == 503
    service.stop()
    assert ask(proxied).status_code == 503
    with proxied.client(unique("usr")):
        pass


@requirement("ROOM-D18")
def test_only_json_is_passed_on(proxied: Rooms, service: Service) -> None:
    for content in (b"", b"refreshToken=x", b"\xff", b"[" * 100_000, b'{"refreshToken":"' + b"x" * 70_000 + b'"}'):
        answer = ask(proxied, content)
        assert answer.status_code == 400 and answer.json()["success"] is False
    assert service.bodies == []


@requirement("ROOM-D18")
def test_a_stolen_refresh_token_is_counted(rooms: Rooms) -> None:
    name = "switchboard_refresh_families_revoked_total"
    before = total(rooms.admin.metrics(), name, platform="rooms")
    tokens = rooms.admin.http.post("/v1/platforms/rooms/tokens", json={"user": unique("usr")}).json()
    content = json.dumps({"refreshToken": tokens["refreshToken"]}).encode()
    assert ask(rooms, content).status_code == 200
    assert ask(rooms, content).status_code == 401
    assert total(rooms.admin.metrics(), name, platform="rooms") == before + 1
