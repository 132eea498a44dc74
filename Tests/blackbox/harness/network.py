# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A network between clients and a server that does not let everything through."""

import socket
import threading


class BlockedWebSockets:
    """Passes plain HTTP on to a server of this machine, and cuts off whoever asks for a WebSocket."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        #: What clients connect to.
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        #: How many asked for a WebSocket.
        self.blocked = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "BlockedWebSockets":
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread that accepts, too.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            if not piece:
                return client.close()
            head += piece
        if b"\r\nupgrade: websocket\r\n" in head.lower():
            self.blocked += 1
            return client.close()
        server = socket.create_connection(("127.0.0.1", self._server))
        server.sendall(head)
        threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
        return _pass_on(server, client)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    for each in (source, target):
        each.close()
