# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A platform's own backend: an HTTP server that keeps what it is sent and answers as a test says, well or badly."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

SECRET = "whsec_" + base64.b64encode(b"of the black-box tests, 32 bytes").decode()


class Told(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


class Answer(NamedTuple):
    """`delay` seconds before the first byte; `endless` bytes never end."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    delay: float = 0
    endless: bool = False


#: Answers that accept nothing, whatever they look like.
BAD = {
    "fails": Answer(500, b"no"),
    "hangs": Answer(200, delay=3600),
    "html": Answer(503, b"<html><body>503</body></html>", {"Content-Type": "text/html"}),
    "long": Answer(200, b"x" * (5 * 1024 * 1024)),
    "endless": Answer(200, endless=True),
    "redirects": Answer(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
}


def verifies(secret: str, headers: dict[str, str], body: bytes, now: float, tolerance: int = 300) -> bool:
    """Whether a message is signed as Standard Webhooks 1.0 has it, and is not old. What a receiver should do."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    identifier, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > tolerance:
        return False
    code = hmac.new(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(code).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers.get("webhook-signature", "").split(" "))


class Backend:
    """Answers on a port of its own until it is closed. `rule` gives the answer to each request, in the request's thread."""

    def __init__(self, rule: Callable[[Told], Answer] = lambda _: Answer(), port: int = 0) -> None:
        self.rule = rule
        self._told: list[Told] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                told = Told(
                    self.path, {name.lower(): value for name, value in self.headers.items()}, body, time.time())
                with backend._lock:
                    backend._told.append(told)
                answer = backend.rule(told)
                if answer.delay and backend._ended.wait(answer.delay):
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(2**40 if answer.endless else len(answer.body)))
                self.end_headers()
                try:
                    self.wfile.write(answer.body)
                    while answer.endless and not backend._ended.is_set():
                        self.wfile.write(b" " * 65536)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Listener(("127.0.0.1", port), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/hooks") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def told(self) -> list[Told]:
        with self._lock:
            return list(self._told)

    def of(self, kind: str, path: str | None = None) -> list[Told]:
        """The requests whose `type` is this one."""
        return [told for told in self.told if told.json["type"] == kind and path in (None, told.path)]

    def forget(self) -> None:
        with self._lock:
            self._told.clear()

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
