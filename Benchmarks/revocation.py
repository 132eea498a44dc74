#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""How long a revoked user stays: the time from the request to revoke until the last of his connections is told to end.

Serves Rangkai from the release build, opens connections of as many users as there are, and revokes one user after the other.
Needs Python alone.

    Benchmarks/revocation.py                        10,000 connections, 10 of each user, 50 users revoked
    Benchmarks/revocation.py --connections 1000 --each 1 --rounds 20
    SWITCHBOARD_BIN_DIR=.build/debug Benchmarks/revocation.py
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import resource
import secrets
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("SWITCHBOARD_BIN_DIR", ROOT / ".build" / "release")) / "switchboard"
PORT, ADMIN_PORT = 23100, 29100
SECRET, KEY = secrets.token_hex(32), secrets.token_hex(32)
#: Connections that are opened at once.
AT_ONCE = 100


def token(user: str) -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    claims = {"sub": user, "iat": int(time.time()) - 60, "exp": int(time.time()) + 3600}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(json.dumps(claims).encode())
    return signed + "." + part(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest())


class Connection(asyncio.Protocol):
    """A WebSocket that notes when it is welcomed and when it is told to end."""

    def __init__(self, user: str) -> None:
        loop = asyncio.get_running_loop()
        self.user = user
        self.welcomed: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[float] = loop.create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws?token={token(self.user)} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.welcomed.done():
            # A close frame is the last of what comes, in front of it may be an error message.
            self.received += data
            if b"\x88" in self.received and not self.ended.done():
                self.ended.set_result(time.perf_counter())
            return
        self.received += data
        if b'"type":"connected"' in self.received:
            self.received = b""
            self.welcomed.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionError(f"not welcomed: {self.received[:200]!r}"))
        if not self.ended.done():
            self.ended.set_result(time.perf_counter())


def revoke(user: str) -> int:
    admin = http.client.HTTPConnection("127.0.0.1", ADMIN_PORT, timeout=30)
    admin.request(
        "POST", "/v1/platforms/rangkai/revocations", json.dumps({"user": user}),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    answer = admin.getresponse()
    body = json.loads(answer.read())
    admin.close()
    assert answer.status == 200, body
    return int(body["disconnected"])


async def measure(connections: int, each: int, rounds: int) -> None:
    loop = asyncio.get_running_loop()
    users = [f"did:rangkai:user{number}" for number in range(max(connections // each, rounds))]
    open_ones: dict[str, list[Connection]] = {user: [] for user in users}
    wanted = [users[number % len(users)] for number in range(connections)]
    for first in range(0, connections, AT_ONCE):
        made = await asyncio.gather(*(
            loop.create_connection(lambda user=user: Connection(user), "127.0.0.1", PORT)
            for user in wanted[first:first + AT_ONCE]
        ))  # fmt: skip
        for _, connection in made:
            await connection.welcomed
            open_ones[connection.user].append(connection)
    print(f"{connections} connections of {len(users)} users are open")
    ends, answers = [], []
    for user in users[:rounds]:
        mine = open_ones.pop(user)
        start = time.perf_counter()
        count = await loop.run_in_executor(None, revoke, user)
        answers.append(time.perf_counter() - start)
        times = await asyncio.wait_for(asyncio.gather(*(connection.ended for connection in mine)), 30)
        assert count == len(mine), f"{count} of {len(mine)} were disconnected"
        ends.append(max(times) - start)
    spared = sum(not connection.ended.done() for all_of in open_ones.values() for connection in all_of)
    assert spared == sum(len(all_of) for all_of in open_ones.values()), "others were disconnected"
    for name, values in (("until the last connection is told to end", ends), ("until the request is answered", answers)):
        ordered = sorted(value * 1000 for value in values)
        print(
            f"{name}: median {statistics.median(ordered):.1f} ms, 90 % {ordered[int(len(ordered) * 0.9)]:.1f} ms, "
            f"longest {ordered[-1]:.1f} ms ({rounds} users with {each} connections each)"
        )


def main() -> None:
    options = argparse.ArgumentParser(description="How long a revoked user stays connected.")
    options.add_argument("--connections", type=int, default=10_000)
    options.add_argument("--each", type=int, default=10, help="connections of one user")
    options.add_argument("--rounds", type=int, default=50, help="users that are revoked")
    given = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "RANGKAI_PORT": str(PORT), "RANGKAI_JWT_SECRET": SECRET, "SWITCHBOARD_ADMIN_PORT": str(ADMIN_PORT),
            "SWITCHBOARD_API_KEY": KEY,
        }  # fmt: skip
        server = subprocess.Popen(
            [str(BINARY), "serve", str(ROOT / "Contracts" / "rangkai.yaml"), "--data", folder],
            env=environment, stdout=subprocess.PIPE, text=True,
        )
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if line.strip() == "ready":
                    break
            else:
                raise SystemExit("the server ended")
            asyncio.run(measure(given.connections, given.each, given.rounds))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


if __name__ == "__main__":
    main()
