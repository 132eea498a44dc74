# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Servers that do not do what they should."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import websockets.asyncio.server

#: Frames of every broken kind for a client of a contract with `type` and `data`. Bytes are sent as a binary message.
BROKEN: Sequence[str | bytes] = (
    "", " ", "nonsense", "{", "[]", "null", "true", "42", '"text"', "[[[[[[]]]]]]", "{}", '{"type":null}', '{"type":7,"data":{}}',
    '{"type":{},"data":{}}', '{"type":"","data":{}}', '{"data":{}}', '{"type":"job_created"}',
    '{"type":"job_created","data":null}', '{"type":"job_created","data":"text"}', '{"type":"job_created","data":[1]}',
    '{"type":"job_created","data":{"title":{"deep":[1]}}}', '{"type":"__proto__","data":{"polluted":true}}',
    '{"type":"constructor","data":{}}', '{"type":"toString","data":{}}', '{"__proto__":{"polluted":true}}',
    '{"type":"job_created","data":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    '{"type":"connected"}', '{"type":"connected","data":7}', '{"type":"subscribed"}', '{"type":"subscribed","data":{"channels":7}}',
    '{"type":"unsubscribed","data":{"channels":[{}]}}', '{"type":"error"}', '{"type":"error","data":{"message":{},"code":[]}}',
    '{"type":"pong","timestamp":"never"}', '{"type":"job_created","data":{},"timestamp":{"no":"time"}}',
    '{"type":"job_created","data":{"title":"\\ud800"},"timestamp":"9999-99-99"}', "\u0000", b"", b"\x00\xff", b'{"type":"job_created"}',
    "[" * 20_000, '{"a":' * 20_000, '{"type":"x","data":"' + "y" * 300_000 + '"}',
)


class BrokenServer:
    """A WebSocket server that greets each client with these messages, the last of which may be the right ones."""

    def __init__(self, messages: Sequence[str | bytes]) -> None:
        self._messages = messages
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        #: What clients sent.
        self.received: list[str | bytes] = []
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._over = asyncio.Event()

    def __enter__(self) -> "BrokenServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        async with websockets.asyncio.server.serve(self._greet, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()

    async def _greet(self, client: Any) -> None:
        for message in self._messages:
            await client.send(message)
        async for message in client:
            self.received.append(message)


class HalfServer:
    """A server that takes connections and treats the handshakes as told, one after the other; the last rule stays."""

    #: What it may do with a request: nothing at all, close, answer half, answer nonsense.
    SILENT, CLOSE, HALF, NONSENSE = range(4)

    def __init__(self, *rules: int) -> None:
        self._rules = list(rules)
        self._kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        #: How many handshakes came.
        self.asked = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "HalfServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._kept:
            client.close()

    def _accept(self) -> None:
        answers: dict[int, Callable[[socket.socket], object]] = {
            self.SILENT: self._kept.append,
            self.CLOSE: lambda client: client.close(),
            self.HALF: lambda client: (client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgra"), client.close()),
            self.NONSENSE: lambda client: (client.sendall(b"\x00\xff nonsense\r\n\r\n"), client.close()),
        }
        while True:
            try:
                client, _ = self._listener.accept()
                head = b""
                while b"\r\n\r\n" not in head and (piece := client.recv(65536)):
                    head += piece
                self.asked += 1
                answers[self._rules.pop(0) if len(self._rules) > 1 else self._rules[0]](client)
            except OSError:
                if self._listener.fileno() == -1:
                    return
