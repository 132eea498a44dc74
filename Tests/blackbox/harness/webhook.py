# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Apps of the tests: a webhook that answers as the event's name says, and the manifest that makes it known."""

import base64
import contextlib
import json
import os
import pathlib
import socket
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

QUIZ = "app_quiz_v1"
QUIZ_KEY = "key-of-the-quiz-0123456789"
#: What the quiz says of a right answer (rooms.md L497-504).
VERDICT = {"success": True, "correct": True, "responseTime": 3.2, "rank": 1}


def secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


class Call:
    """A request to the webhook, as it came."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.json: dict[str, Any] = json.loads(body)


class Webhook:
    """An app's webhook. `quiz:answer_submit` gets the verdict; other events misbehave as they are called."""

    def __init__(self, port: int = 0) -> None:
        self.secret = secret()
        #: In the order in which they came.
        self.calls: list[Call] = []
        #: What hanging requests wait for.
        self.released = threading.Event()
        #: Takes the place of the usual verdict.
        self.verdict: Callable[[dict[str, Any]], Any] = lambda call: VERDICT
        self._connections: list[socket.socket] = []
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                call = Call({name.lower(): value for name, value in self.headers.items()}, body)
                webhook.calls.append(call)
                webhook.answer(self, call)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

            def finish_request(self, request: Any, client_address: Any) -> None:
                webhook._connections.append(request)
                super().finish_request(request, client_address)

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/calls"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listens no more, and ends its connections."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def calls_of(self, event: str) -> list[Call]:
        return [call for call in self.calls if call.json["event"] == event]

    def answer(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        event = call.json["event"].partition(":")[2]
        match event:
            case "html":
                self._send(handler, 200, b"<html><body>Welcome</body></html>", "text/html")
            case "large":
                self._send(handler, 200, json.dumps("x" * 5_000_000).encode())
            case "largest":
                self._send(handler, 200, json.dumps("x" * (64 * 1024 - 2)).encode())
            case "redirect":
                self._send(handler, 302, b"{}", location=self.url)
            case "broken":
                self._send(handler, 500, b'{"success":true}')
            case "unknown":
                self._send(handler, 404, b'{"success":false}')
            case "empty":
                self._send(handler, 204, b"")
            case "late" | "hang":
                self.released.wait(60)
                self._send(handler, 200, b'{"success":true}')
            case "cut":
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
                handler.wfile.write(head + b'{"success":')
                self._end(handler)
            case "close":
                self._end(handler)
            case "noise":
                handler.wfile.write(b"\x00\xff no HTTP at all\r\n\r\n")
                self._end(handler)
            case "twice":
                for number in (1, 2):
                    self._send(handler, 200, json.dumps({"success": True, "number": number}).encode())
            case "stream":
                self._stream(handler)
            case _:
                self._send(handler, 200, json.dumps(self.verdict(call.json)).encode())

    @staticmethod
    def _send(
        handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json", location: str = ""
    ) -> None:
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            if location:
                handler.send_header("Location", location)
            if status != 204:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            handler.close_connection = True  # nobody waits any more

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        """Begins an answer that never ends, a byte at a time."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while not self.released.wait(0.02):
                handler.wfile.write(b"1\r\n \r\n")
        except OSError:
            pass
        handler.close_connection = True

    @staticmethod
    def _end(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True


def manifest(folder: pathlib.Path, served: Webhook | None = None, /, **changes: Any) -> pathlib.Path:
    """Writes a manifest with the quiz, which is served there, and gives its path."""
    app: dict[str, Any] = {"name": "Quiz", "key": QUIZ_KEY, "permissions": ["realtime:publish", "realtime:call"]}
    if served:
        app["webhook"] = {"url": served.url, "secret": served.secret}
    file = folder / "apps.json"
    file.write_text(json.dumps({"apps": {QUIZ: app | changes}}), encoding="utf-8")
    return file
