# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A stock WebSocket client (Python's `websockets`) with the few words that the tests use."""

import contextlib
import json
import re
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .waiting import DEADLINE, SILENCE

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")

#: The only thing that a client without good credentials ever gets.
REFUSED = {"type": "error", "message": "Authentication required"}


def is_timestamp(value: Any) -> bool:
    """Whether this is a time as the documents print it: ISO 8601, UTC, with or without milliseconds."""
    return isinstance(value, str) and TIMESTAMP.fullmatch(value) is not None


class Client:
    """One connection. Every message is JSON; a frame that is not a text frame with one object fails the test."""

    def __init__(self, url: str, **options: Any) -> None:
        self._opened = contextlib.ExitStack()
        self.socket = self._opened.enter_context(
            connect(url, proxy=None, open_timeout=DEADLINE, max_size=None, **options)
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, code: int = 1000) -> None:
        self.socket.close(code)
        self._opened.close()

    def send(self, message: Any) -> None:
        self.socket.send(json.dumps(message))

    def send_text(self, text: str | bytes) -> None:
        """Sends as it is; text as a text frame, bytes as a binary one."""
        self.socket.send(text)

    def receive(self, timeout: float = DEADLINE) -> dict[str, Any]:
        frame = self.socket.recv(timeout=timeout)
        assert isinstance(frame, str), f"not a text frame: {frame!r}"
        message = json.loads(frame)
        assert isinstance(message, dict), f"not an object: {frame}"
        return message

    def receive_event(self, event: str, timeout: float = DEADLINE) -> dict[str, Any]:
        """The next frame, which must be this event with exactly the documented keys."""
        message = self.receive(timeout)
        assert message.get("event") == event, f"expected {event}, got {message}"
        assert set(message) == {"event", "data", "timestamp"}, message
        assert is_timestamp(message["timestamp"]), message
        return message

    def welcome(self) -> dict[str, Any]:
        message = self.receive()
        assert message.get("type") == "connected", f"expected the welcome, got {message}"
        return message

    def ask(self, message: Any) -> dict[str, Any]:
        """Sends and gives the next frame."""
        self.send(message)
        return self.receive()

    def subscribe(self, *channels: str) -> None:
        """Subscribes to channels that must be allowed, one message each."""
        for channel in channels:
            reply = self.ask({"type": "subscribe", "channel": channel})
            assert reply.get("type") == "subscribed" and reply.get("channel") == channel, reply

    def is_refused(self, channel: str) -> bool:
        """Tries to subscribe. True when refused with exactly the documented error, False when accepted."""
        reply = self.ask({"type": "subscribe", "channel": channel})
        if reply.get("type") == "subscribed":
            return False
        assert reply == {"type": "error", "message": f"Not authorized to subscribe to: {channel}"}, reply
        return True

    def ping(self) -> dict[str, Any]:
        return self.ask({"type": "ping"})

    def expect_silence(self, window: float = SILENCE) -> None:
        """Nothing was under way and nothing comes within the window.

        The ping goes first: whatever the server had for this connection must come before its pong.
        """
        reply = self.ping()
        assert reply.get("type") == "pong", f"expected silence, got {reply}"
        try:
            late = self.receive(timeout=window)
        except TimeoutError:
            return
        raise AssertionError(f"expected silence, got {late}")

    def expect_close(self, code: int, reason: str | None = None, timeout: float = DEADLINE) -> None:
        """No further frame, then the connection ends with this code and, if given, this reason."""
        try:
            frame = self.socket.recv(timeout=timeout)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, f"ended without a close frame, expected {code}"
            assert closed.rcvd.code == code, f"closed with {closed.rcvd.code} {closed.rcvd.reason!r}, expected {code}"
            assert reason is None or closed.rcvd.reason == reason, closed.rcvd.reason
            return
        raise AssertionError(f"expected the connection to close with {code}, got {frame!r}")
