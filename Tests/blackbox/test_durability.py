# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What was answered is there: after a crash under load, with a full disk, with a data folder that cannot be used."""

import concurrent.futures
import contextlib
import os
import pathlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from harness.admin import Admin
from harness.contracts import derived
from harness.payloads import Deal, did
from harness.server import Server
from harness.waiting import eventually


@pytest.mark.parametrize("round_", range(3))
def test_every_answered_publish_survives_a_kill_under_load(
    serve: Callable[..., Server], tmp_path: pathlib.Path, round_: int
) -> None:
    server = serve(data=tmp_path / "data")
    buyer = did("buyer")
    answered: list[Deal] = []
    asked = 0
    lock = threading.Lock()

    def publish_until_it_dies() -> None:
        nonlocal asked
        admin = Admin(server.admin_port, server.environment["SWITCHBOARD_API_KEY"])
        try:
            while True:
                deal = Deal(buyer=buyer)
                with lock:
                    asked += 1
                admin.publish("order.created", deal.created(), idempotencyKey=deal.order)
                with lock:
                    answered.append(deal)
        except httpx.TransportError:
            pass  # the kill
        finally:
            admin.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        publishers = [pool.submit(publish_until_it_dies) for _ in range(8)]
        eventually(lambda: len(answered) >= 100 + 150 * round_, what="publishing under load")
        server.kill()
        for publisher in publishers:
            publisher.result()

    server.start()
    lost = [d.order for d in answered if server.admin.members(d.order_channel) != sorted([buyer, d.vendor])]
    assert not lost, f"{len(lost)} of {len(answered)} answered publications were lost"
    assert asked > len(answered), "nothing was under way when the server was killed"
    # The right that came with the event is there for clients, and the key is still known.
    with server.connect(buyer) as client:
        client.subscribe(*(deal.order_channel for deal in answered[-30:]))
        client.send({"type": "subscribe", "channel": f"user:{buyer}"})
        assert client.receive()["type"] == "subscribed"
        server.admin.publish("order.created", answered[0].created(), idempotencyKey=answered[0].order)
        client.expect_silence()


def test_members_set_by_hand_and_shipments_survive_a_kill(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(data=tmp_path / "data")
    deal, somebody = Deal(), did()
    server.admin.publish("order.created", deal.created())
    server.admin.publish("shipment.created", deal.shipment_created())
    server.admin.set_members(deal.order_channel, deal.buyer, somebody)
    server.kill()
    server.start()
    assert server.admin.members(deal.order_channel) == sorted([deal.buyer, somebody])
    with server.connect(somebody) as client:
        client.subscribe(deal.order_channel, deal.shipment_channel)
    with server.connect(deal.vendor) as client:
        assert client.is_refused(deal.order_channel)


def test_a_restart_of_the_server_is_noticed_by_clients_and_they_can_come_back(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(data=tmp_path / "data")
    deal = Deal()
    server.admin.publish("order.created", deal.created())
    client = server.connect(deal.buyer)
    assert server.stop() == 0
    client.expect_close(1001)
    server.start()
    with server.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)


def test_a_kept_history_is_read_in_pages_and_survives_a_kill(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    def keep(document: dict[str, Any]) -> None:
        document["channels"]["order:{orderId}"] |= {"durable": True, "history": {"last": 4, "for": "1h"}}

    server = serve(derived(tmp_path, keep), data=tmp_path / "data")
    deal = Deal()
    receipts = [server.admin.publish("order.created", deal.created()) for _ in range(6)]
    server.kill()
    server.start()
    first = server.admin.history(deal.order_channel, limit=3).json()
    assert [kept["offset"] for kept in first["publications"]] == [3, 4, 5]
    rest = server.admin.history(deal.order_channel, after=first["next"], limit=3).json()
    assert [kept["offset"] for kept in rest["publications"]] == [6] and "next" not in rest
    kept = first["publications"] + rest["publications"]
    assert [(k["id"], k["time"]) for k in kept] == [(r["id"], r["time"]) for r in receipts[2:]]
    assert all(k["event"] == "order.created" and k["data"] == deal.created() for k in kept)
    # Offsets go on after a restart; a channel without history says so.
    server.admin.publish("order.paid", deal.paid())
    assert server.admin.history(deal.order_channel, after=6).json()["publications"][0]["offset"] == 7
    assert server.admin.history("dispute:d-1").status_code == 404


# A data folder that cannot be used


def refuses_to_start(server: Server, *words: str) -> None:
    """The server ends by itself, with an error for people that has these words, and without a crash."""
    server.launch()
    before = server.log
    code = server.wait(30)
    assert code > 0, f"expected an error, got {code}:\n{before}"
    for word in words:
        assert word in server.log, f"{word!r} is not in:\n{server.log}"
    assert "Fatal error" not in server.log


def test_a_data_folder_below_a_file_is_a_clear_error_at_start(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    refuses_to_start(serve(start=False, data=file / "data"), str(file))


def test_a_data_folder_without_the_right_to_write_is_a_clear_error_at_start(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    if os.geteuid() == 0:
        mounted(folder, "ro")
        try:
            refuses_to_start(serve(start=False, data=folder), str(folder))
        finally:
            unmount(folder)
    else:
        folder.chmod(0o500)
        refuses_to_start(serve(start=False, data=folder), str(folder))


def test_a_second_server_on_one_data_folder_is_a_clear_error_at_start(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    first = serve(data=tmp_path / "data")
    refuses_to_start(serve(start=False, data=tmp_path / "data"), str(tmp_path / "data"))
    assert first.is_ready()


def test_a_database_that_is_none_is_a_clear_error_at_start(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(data=tmp_path / "data")
    server.admin.publish("order.created", Deal().created())
    server.stop()
    databases = [file for file in (tmp_path / "data").rglob("*") if file.is_file() and file.read_bytes()[:6] == b"SQLite"]
    assert len(databases) == 1, databases
    databases[0].write_bytes(b"this is no database " * 500)
    refuses_to_start(server, databases[0].name)


# A full disk


def mounted(folder: pathlib.Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount a small disk here: {done.stderr.strip()}")


def unmount(folder: pathlib.Path) -> None:
    subprocess.run(["umount", "--lazy", folder], check=False)


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A disk of 8 MiB of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted(folder, "size=8m")
    yield folder
    unmount(folder)


def fill(disk: pathlib.Path) -> pathlib.Path:
    """Takes all the room there is, and gives the file that holds it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    return filler


def test_a_full_disk_is_told_on_publish_and_nothing_answered_is_lost(
    serve: Callable[..., Server], small_disk: pathlib.Path
) -> None:
    server = serve(data=small_disk / "data")
    bystander_deal = Deal()
    server.admin.publish("order.created", bystander_deal.created())
    client = server.connect(bystander_deal.buyer)
    client.subscribe(bystander_deal.order_channel)

    filler = fill(small_disk)

    # SQLite may still find room in pages it has: publish until it is told that there is none.
    answered: list[Deal] = []
    refusal = None
    end = time.monotonic() + 60
    while refusal is None and time.monotonic() < end:
        deal = Deal()
        answer = server.admin.try_publish("order.created", deal.created())
        if answer.status_code == 200:
            answered.append(deal)
        else:
            refusal = answer
    assert refusal is not None, "the disk is full and every publish was taken"
    assert refusal.status_code == 503, refusal.text
    error = refusal.json()["error"]
    assert error["code"] == "storageUnavailable" and error["message"], error
    assert server.admin.members(deal.order_channel) == [], "what was refused has no effect"

    # What needs no disk goes on.
    server.admin.publish("order.paid", bystander_deal.paid())
    client.receive_event("order.paid")
    client.close()

    # With room again, publishing goes on without a restart; and after a crash all that was answered is there.
    filler.unlink()
    eventually(
        lambda: server.admin.try_publish("order.created", deal.created()).status_code == 200, what="publishing to recover"
    )
    answered.append(deal)
    server.kill()
    server.start()
    for deal in [bystander_deal, *answered]:
        assert server.admin.members(deal.order_channel) == sorted([deal.buyer, deal.vendor])


def test_a_disk_that_is_full_at_start_is_a_clear_error(serve: Callable[..., Server], small_disk: pathlib.Path) -> None:
    folder = small_disk / "data"
    folder.mkdir()
    fill(small_disk)
    refuses_to_start(serve(start=False, data=folder), str(folder))
