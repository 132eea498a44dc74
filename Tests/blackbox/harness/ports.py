# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Ports for servers under test."""

import contextlib
import fcntl
import os
import pathlib
import random
import socket
import tempfile
from collections.abc import Iterator

_handed_out: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on, of a range of this test process's own.

    The range lies below the one that the system takes outgoing ports from, so that no client of another test gets it
    between this call and the server's bind.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0) % 10
    first = 20_100 + worker * 1_000
    for _ in range(500):
        port = random.randrange(first, first + 900)
        if port not in _handed_out and not is_taken(port):
            _handed_out.add(port)
            return port
    raise RuntimeError(f"no free port between {first} and {first + 900}")


def is_taken(port: int) -> bool:
    """Whether something listens on this port of the loopback address or of all addresses."""
    for host in ("127.0.0.1", "0.0.0.0"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return True
    return False


@contextlib.contextmanager
def documented_ports(*ports: int) -> Iterator[bool]:
    """Keeps ports that a document prints from the tests of other processes, and says whether nothing listens on them.

    Another test that has one of them is waited for; some other program on this machine is not.
    """
    with contextlib.ExitStack() as held:
        for port in sorted(ports):
            lock = pathlib.Path(tempfile.gettempdir()) / f"switchboard-tests-port-{port}.lock"
            fcntl.flock(held.enter_context(lock.open("w")), fcntl.LOCK_EX)
        yield not any(is_taken(port) for port in ports)
