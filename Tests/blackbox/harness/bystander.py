# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""An innocent connection beside the hostile ones: it must notice nothing, and the server's memory must stay flat."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from .admin import Admin
from .both import Both
from .payloads import Deal
from .server import Server
from .waiting import eventually

#: How much the server's resident memory may grow while it is mistreated, in KiB. Covers what an allocator keeps and
#: the log; far below what one hostile client could make a careless server hold.
ALLOWANCE_KIB = 32 * 1024


@contextlib.contextmanager
def publishing(
    server: Server, publish: Callable[[Admin, str], None], *, allowance_kib: int = ALLOWANCE_KIB
) -> Iterator[list[str]]:
    """While the body runs, `publish` is called again and again, each time with another text; gives those that are published.

    At the end the server is the same process, answers, and has not grown by more than the allowance.
    """
    assert server.process is not None
    process = server.process
    stop = threading.Event()
    published: list[str] = []
    faults: list[BaseException] = []

    def run() -> None:
        # Its own HTTP connection: an `Admin` is for one thread.
        admin = Admin(server.admin_port, server.environment["SWITCHBOARD_API_KEY"], server.admin.platform)
        try:
            while not stop.wait(0.02):
                text = f"ORD-{len(published)}"
                publish(admin, text)
                published.append(text)
        except BaseException as fault:  # told to the test below, in its own thread
            faults.append(fault)
        finally:
            admin.close()

    before = server.resident_kib
    publisher = threading.Thread(target=run, daemon=True)
    publisher.start()
    try:
        yield published
        eventually(lambda: len(published) >= 5 or faults, what="publishing beside the hostile client")
    finally:
        stop.set()
        publisher.join(30)
    assert not faults, f"publishing failed beside the hostile client: {faults[0]!r}"
    assert server.process is process and process.poll() is None, f"the server died:\n{server.log[-4000:]}"
    growth = server.resident_kib - before
    assert growth <= allowance_kib, f"the server grew by {growth} KiB, from {before} KiB"


@contextlib.contextmanager
def bystander(server: Server, *, allowance_kib: int = ALLOWANCE_KIB) -> Iterator[None]:
    """While the body runs, one client hears its order's events; all must come, once and in order."""
    deal = Deal()
    server.admin.publish("order.created", deal.created())
    client = server.connect(deal.buyer)
    client.subscribe(deal.order_channel)

    def publish(admin: Admin, text: str) -> None:
        admin.publish("order.paid", deal.paid() | {"orderNumber": text})

    with publishing(server, publish, allowance_kib=allowance_kib) as published:
        yield
    heard = [client.receive_event("order.paid")["data"]["orderNumber"] for _ in published]
    assert heard == published, "the innocent connection missed events or heard them out of order"
    client.expect_silence()
    client.close()


@contextlib.contextmanager
def bystanders(both: Both, room: str, *, allowance_kib: int = ALLOWANCE_KIB) -> Iterator[None]:
    """The same for clients of both wire languages in a room of the tests' own platform."""
    plain, wire = both.plain("innocent", room), both.wire("innocent")
    wire.call("subscribe", {"channel": room})

    def publish(admin: Admin, text: str) -> None:
        admin.publish("said", {"text": text}, to=[room])

    with publishing(both, publish, allowance_kib=allowance_kib) as published:
        yield
    assert [data["text"] for data in wire.events("said", len(published))] == published
    assert [plain.receive()["data"]["text"] for _ in published] == published
    wire.cut()
    plain.close()
