# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""python-socketio's blocking client, which keeps what it is told until the test asks."""

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import engineio
import socketio

from .waiting import DEADLINE, SILENCE


class _Engine(engineio.Client):
    """Hands messages on in their order.

    The stock one gives each to a thread of its own, and whichever the system runs first comes first, on a busy machine even
    an attachment before its packet: then it is the client that mixes up what the server sent in order.
    """

    def _trigger_event(self, event: str, *values: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *values, **options | {"run_async": False})


class _Client(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _Engine


class Told(NamedTuple):
    """One event, or one of the client's own: connect, connect_error, disconnect."""

    name: str
    namespace: str
    values: tuple[Any, ...]


class SocketIOClient:
    """A stock client in the test's own process."""

    def __init__(
        self,
        url: str,
        *,
        auth: object = None,
        namespaces: Sequence[str] = ("/",),
        transports: Sequence[str] | None = ("websocket",),
        path: str = "socket.io",
        headers: dict[str, str] | None = None,
        reconnection: bool = False,
        must_connect: bool = True,
        **options: Any,
    ) -> None:
        """Connects; `must_connect=False` leaves refusals to `expect("connect_error")`. `options` are socketio.Client's."""
        self.told: list[Told] = []
        self._kept: list[Told] = []
        self._changed = threading.Condition()
        self.sio = _Client(reconnection=reconnection, **options)
        for namespace in namespaces:
            for name in ("connect", "connect_error", "disconnect", "*"):
                self.sio.on(name, self._noting(name, namespace), namespace=namespace)
        try:
            self.sio.connect(
                url, auth=auth, namespaces=list(namespaces), transports=list(transports) if transports else None,
                socketio_path=path, headers=headers or {}, wait_timeout=int(DEADLINE),
            )
        except socketio.exceptions.ConnectionError:
            if must_connect:
                raise

    def _noting(self, name: str, namespace: str) -> Any:
        def note(*values: Any) -> None:
            # The catch-all's first value is the event's name.
            told = Told(values[0], namespace, values[1:]) if name == "*" else Told(name, namespace, values)
            with self._changed:
                self.told.append(told)
                self._kept.append(told)
                self._changed.notify_all()

        return note

    def __enter__(self) -> "SocketIOClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.sio.shutdown()

    @property
    def transport(self) -> str:
        return self.sio.transport()

    def id(self, namespace: str = "/") -> str:
        return self.sio.get_sid(namespace)

    def expect(self, name: str, *, namespace: str = "/", within: float = DEADLINE) -> tuple[Any, ...]:
        """Waits for the first event of this name that no `expect` has taken, and gives its arguments."""

        def take() -> Told | None:
            for index, told in enumerate(self._kept):
                if told.name == name and told.namespace == namespace:
                    return self._kept.pop(index)
            return None

        with self._changed:
            found = self._changed.wait_for(take, within)
        assert found, f"no {name!r} in {namespace} within {within} s; told: {self.told[-30:]}"
        return found.values

    def expect_silence(self, name: str, *, namespace: str = "/", during: float = SILENCE) -> None:
        """No event of this name comes for a while."""
        try:
            values = self.expect(name, namespace=namespace, within=during)
        except AssertionError:
            return
        raise AssertionError(f"{name!r} came: {values!r}")

    def emit(self, name: str, *values: Any, namespace: str = "/") -> None:
        self.sio.emit(name, tuple(values), namespace=namespace)

    def call(self, name: str, *values: Any, namespace: str = "/") -> Any:
        """Emits and gives what the callback was called with: nothing, one value, or a tuple of several."""
        return self.sio.call(name, tuple(values), namespace=namespace, timeout=int(DEADLINE))
