# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: ratings are revealed when both parties have rated, or when the time is over; once."""

import pathlib
import time
from collections.abc import Callable

import pytest

from harness.payloads import Deal
from harness.server import Server

requirement = pytest.mark.requirement


@requirement("RNG-044", "RNG-D12")
def test_the_second_rating_reveals_both_at_once(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    with rangkai.connect(deal.buyer) as buyer, rangkai.connect(deal.vendor) as vendor:
        buyer.subscribe(f"user:{deal.buyer}")
        vendor.subscribe(f"user:{deal.vendor}")
        rangkai.admin.publish("rating.submitted", deal.rating("first"))
        for client in (buyer, vendor):
            assert client.receive_event("rating.submitted")["data"]["revealed"] is False
            client.expect_silence()
        rangkai.admin.publish("rating.submitted", deal.rating("second"))
        for client in (buyer, vendor):
            client.receive_event("rating.submitted")
            data = client.receive_event("rating.revealed")["data"]
            assert data["revealed"] is True
            assert (data["orderId"], data["buyerDid"], data["vendorDid"]) == (deal.order, deal.buyer, deal.vendor)
            assert set(data) >= {"ratingId", "orderId", "buyerDid", "vendorDid", "revealed", "timestamp"}
            client.expect_silence()


@requirement("RNG-D12")
def test_the_same_rating_again_is_not_the_second_partys(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        for _ in range(3):
            rangkai.admin.publish("rating.submitted", deal.rating("only-one"))
            client.receive_event("rating.submitted")
        client.expect_silence()


@requirement("RNG-D12")
def test_a_reveal_comes_once_however_many_ratings_follow(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        for rating in ("first", "second", "third", "fourth"):
            rangkai.admin.publish("rating.submitted", deal.rating(rating))
        heard = [client.receive()["event"] for _ in range(5)]
        assert heard.count("rating.revealed") == 1
        client.expect_silence()


@requirement("RNG-D12")
def test_ratings_of_different_orders_are_counted_apart(rangkai: Server) -> None:
    first = Deal()
    second = Deal(buyer=first.buyer, vendor=first.vendor)
    with rangkai.connect(first.buyer) as client:
        client.subscribe(f"user:{first.buyer}")
        for deal in (first, second):
            rangkai.admin.publish("rating.submitted", deal.rating())
            client.receive_event("rating.submitted")
        client.expect_silence()


@requirement("RNG-044", "RNG-D12")
def test_a_single_rating_is_revealed_when_the_time_is_over_and_only_then(serve: Callable[..., Server]) -> None:
    server = serve(RANGKAI_REVEAL_AFTER="2s")
    deal = Deal()
    server.admin.publish("order.created", deal.created())
    with server.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        start = time.monotonic()
        server.admin.publish("rating.submitted", deal.rating("alone"))
        client.receive_event("rating.submitted")
        data = client.receive_event("rating.revealed")["data"]
        assert time.monotonic() - start >= 1.9
        assert data == deal.rating("alone") | {"revealed": True, "timestamp": data["timestamp"]}
        server.admin.publish("rating.submitted", deal.rating("late"))
        client.receive_event("rating.submitted")
        client.expect_silence()


@requirement("RNG-044", "RNG-D12")
@pytest.mark.parametrize("end", ["kill", "stop"])
def test_the_timer_of_a_rating_survives_a_restart(serve: Callable[..., Server], tmp_path: pathlib.Path, end: str) -> None:
    # Long enough that a restart on a busy machine is over, and the client back, before it ends.
    server = serve(data=tmp_path / "data", RANGKAI_REVEAL_AFTER="12s")
    deal = Deal()
    server.admin.publish("order.created", deal.created())
    start = time.monotonic()
    server.admin.publish("rating.submitted", deal.rating("alone"))
    getattr(server, end)()
    server.start()
    with server.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        assert client.receive_event("rating.revealed")["data"]["ratingId"] == "alone"
        assert 11.5 <= time.monotonic() - start <= 20
    # It is remembered as done: neither another restart nor the other party's rating reveals it again.
    getattr(server, end)()
    server.start()
    with server.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        server.admin.publish("rating.submitted", deal.rating("late"))
        client.receive_event("rating.submitted")
        client.expect_silence(1)


@requirement("RNG-D12")
def test_the_second_rating_after_a_crash_reveals(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(data=tmp_path / "data")
    deal = Deal()
    server.admin.publish("rating.submitted", deal.rating("first"))
    server.kill()
    server.start()
    with server.connect(deal.vendor) as client:
        client.subscribe(f"user:{deal.vendor}")
        server.admin.publish("rating.submitted", deal.rating("second"))
        client.receive_event("rating.submitted")
        client.receive_event("rating.revealed")
