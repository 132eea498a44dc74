# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Publishing over HTTP: what is taken, what is refused and how, batches, idempotency."""

import concurrent.futures
from typing import Any

import httpx
import pytest

from harness.admin import Admin
from harness.payloads import Deal, did
from harness.server import API_KEY, Server

requirement = pytest.mark.requirement


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of a refused request, which always has a code and a message for people."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    error = answer.json()["error"]
    assert error["code"] == code, error
    assert isinstance(error["message"], str) and error["message"]
    return error


@pytest.fixture
def deal(rangkai: Server) -> Deal:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    return deal


def test_a_receipt_says_id_time_channels_and_receivers(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        receipt = rangkai.admin.publish("order.paid", deal.paid())
        assert set(receipt) >= {"id", "time", "channels", "receivers"}
        assert isinstance(receipt["id"], str) and receipt["id"]
        assert sorted(receipt["channels"]) == sorted(
            [deal.order_channel, f"user:{deal.buyer}", f"user:{deal.vendor}"]
        )
        assert receipt["receivers"] == 1
        assert client.receive_event("order.paid")["timestamp"] == receipt["time"]


def test_ids_differ_and_a_given_id_is_kept(rangkai: Server, deal: Deal) -> None:
    ids = [rangkai.admin.publish("order.paid", deal.paid())["id"] for _ in range(20)]
    assert len(set(ids)) == 20
    assert rangkai.admin.publish("order.paid", deal.paid(), id="my-own-1")["id"] == "my-own-1"


def test_a_given_time_is_told_instead_of_the_moment(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        rangkai.admin.publish("order.paid", deal.paid(), time="2030-01-02T03:04:05.678Z")
        assert client.receive_event("order.paid")["timestamp"] == "2030-01-02T03:04:05.678Z"


def test_to_replaces_the_routes_of_the_event(rangkai: Server, deal: Deal) -> None:
    receipt = rangkai.admin.publish("order.paid", deal.paid(), to=[f"user:{deal.vendor}"])
    assert receipt["channels"] == [f"user:{deal.vendor}"]


def test_users_reach_the_users_own_channels(rangkai: Server, deal: Deal) -> None:
    somebody = did()
    with rangkai.connect(somebody) as client:
        client.subscribe(f"user:{somebody}")
        receipt = rangkai.admin.publish("order.paid", deal.paid(), users=[somebody])
        assert receipt["channels"] == [f"user:{somebody}"]
        client.receive_event("order.paid")


@pytest.mark.parametrize(
    "credentials",
    [None, "Bearer", "Bearer wrong", API_KEY, f"Basic {API_KEY}", f"Bearer {API_KEY[:-1]}", f"Bearer {API_KEY}x"],
)
def test_without_the_right_key_nothing_is_published_or_told(
    rangkai: Server, deal: Deal, credentials: str | None
) -> None:
    stranger = Admin(rangkai.admin_port, None)
    if credentials is not None:
        stranger.http.headers["Authorization"] = credentials
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        refusal(stranger.try_publish("order.paid", deal.paid()), 401, "unauthenticated")
        for path in ("channels", "connections", f"channels/{deal.order_channel}/members"):
            refusal(stranger.http.get(f"/v1/platforms/rangkai/{path}"), 401, "unauthenticated")
        refusal(stranger.disconnect_user(deal.buyer), 401, "unauthenticated")
        client.expect_silence()
    stranger.close()


def test_an_unknown_platform_and_an_unknown_route_are_404(rangkai: Server, deal: Deal) -> None:
    body = {"event": "order.paid", "data": deal.paid()}
    refusal(rangkai.admin.http.post("/v1/platforms/nobody/events", json=body), 404, "notFound")
    refusal(rangkai.admin.http.post("/v1/platforms/rangkai/nothing", json=body), 404, "notFound")
    refusal(rangkai.admin.http.get("/v2"), 404, "notFound")
    wrong_method = rangkai.admin.http.get("/v1/platforms/rangkai/events")
    assert wrong_method.status_code == 405 and "POST" in wrong_method.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"not json", b'{"event":"order.paid"', b"\xff\xfe", b"[" * 5000, b'{"event":"\xc3"}', b'{"a":01}', b"{}{}"],
    ids=["empty", "brace", "words", "cut", "bytes", "deep", "utf-8", "number", "two"],
)
def test_a_body_that_is_not_json_is_400(rangkai: Server, body: bytes) -> None:
    refusal(rangkai.admin.post_events(body), 400, "invalidJSON")


@pytest.mark.parametrize(
    "body",
    [
        "7", "null", '"order.paid"', "{}", '{"event":7,"data":{}}', '{"data":{}}', '{"event":"order.paid"}',
        '{"event":"","data":{}}', '{"event":"order.paid","data":{},"to":"global"}',
        '{"event":"order.paid","data":{},"to":[7]}', '{"event":"order.paid","data":{},"users":{}}',
        '{"event":"order.paid","data":{},"id":7}', '{"event":"order.paid","data":{},"time":"yesterday"}',
        '{"event":"order.paid","data":{},"idempotencyKey":7}', '{"event":"order.paid","data":{},"unknown":1}', "[7]", "[[]]",
    ],
)
def test_a_body_of_another_shape_is_refused(rangkai: Server, body: str) -> None:
    answer = rangkai.admin.post_events(body)
    assert answer.status_code == 422, answer.text
    refusal(answer, 422, answer.json()["error"]["code"])


@requirement("RNG-D13")
def test_a_payload_that_breaks_its_schema_is_422_with_a_pointer_and_nothing_is_delivered(
    rangkai: Server, deal: Deal
) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel, f"user:{deal.buyer}")
        for event, data, pointer in [
            ("order.created", deal.created() | {"total": {"amount": "100", "currency": "USD"}}, "total/amount"),
            ("order.created", deal.created() | {"buyerDid": 7}, "buyerDid"),
            ("order.paid", deal.paid() | {"status": "no-such-status"}, "status"),
            ("rating.submitted", deal.rating() | {"revealed": "no"}, "revealed"),
        ]:
            error = refusal(rangkai.admin.try_publish(event, data), 422, "invalidPayload")
            assert error["pointer"].endswith(f"/{pointer}"), error
        for data in ([], 7, "text", None):
            refusal(rangkai.admin.try_publish("order.paid", data), 422, "invalidPayload")
        client.expect_silence()


def test_an_unknown_event_is_422_and_named(rangkai: Server) -> None:
    error = refusal(rangkai.admin.try_publish("order.vanished", {}), 422, "unknownEvent")
    assert "order.vanished" in error["message"]


@pytest.mark.parametrize("channel", ["invalid-channel", "", "order:", "global:x", "\u0000"])
def test_a_channel_that_no_pattern_matches_is_422_and_nothing_is_delivered(
    rangkai: Server, deal: Deal, channel: str
) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        answer = rangkai.admin.try_publish("order.paid", deal.paid(), to=[deal.order_channel, channel])
        error = refusal(answer, 422, "invalidChannel" if channel else answer.json()["error"]["code"])
        assert error["pointer"] == "/to/1"
        client.expect_silence()


def test_an_undeclared_event_is_taken_only_where_the_contract_says_so(rangkai: Server, deal: Deal) -> None:
    refusal(rangkai.admin.try_publish("anything.goes", {}, to=[deal.order_channel]), 422, "unknownEvent")
    assert rangkai.admin.publish("anything.goes", {}, to=["global"])["channels"] == ["global"]


def test_a_batch_is_answered_in_order_and_delivered_in_order(rangkai: Server, deal: Deal) -> None:
    events = [("order.paid", deal.paid()), ("order.shipped", deal.shipped()), ("order.delivered", deal.delivered())]
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        answer = rangkai.admin.publish_batch([{"event": event, "data": data} for event, data in events])
        assert answer.status_code == 200, answer.text
        receipts = answer.json()
        assert len({receipt["id"] for receipt in receipts}) == 3
        assert [receipt["receivers"] for receipt in receipts] == [1, 1, 1]
        for event, _ in events:
            client.receive_event(event)


def test_an_empty_batch_is_refused(rangkai: Server) -> None:
    refusal(rangkai.admin.publish_batch([]), 422, "invalidRequest")


def test_an_idempotency_key_is_for_one_request_and_not_for_one_of_a_batch(rangkai: Server, deal: Deal) -> None:
    body = [{"event": "order.paid", "data": deal.paid(), "idempotencyKey": "x"}]
    refusal(rangkai.admin.publish_batch(body), 422, "invalidRequest")


def test_a_batch_with_one_bad_publication_publishes_none_and_points_at_it(rangkai: Server, deal: Deal) -> None:
    other = Deal()
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        error = refusal(
            rangkai.admin.publish_batch(
                [
                    {"event": "order.paid", "data": deal.paid()},
                    {"event": "order.created", "data": other.created()},
                    {"event": "order.paid", "data": deal.paid() | {"buyerDid": 7}},
                ]
            ),
            422,
            "invalidPayload",
        )
        assert (error["pointer"], error["index"]) == ("/2/data/buyerDid", 2), error
        client.expect_silence()
    assert rangkai.admin.members(other.order_channel) == []


def test_one_idempotency_key_is_one_publication(rangkai: Server, deal: Deal) -> None:
    key = f"key-{deal.order}"
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        first = rangkai.admin.publish("order.paid", deal.paid(), idempotencyKey=key)
        again = rangkai.admin.publish("order.paid", deal.paid(), idempotencyKey=key)
        assert again == first | {"receivers": None, "duplicate": True}
        client.receive_event("order.paid")
        client.expect_silence()


def test_many_at_once_with_one_idempotency_key_are_one_publication(rangkai: Server, deal: Deal) -> None:
    key = f"key-{deal.order}"
    with rangkai.connect(deal.buyer) as client, concurrent.futures.ThreadPoolExecutor(8) as pool:
        client.subscribe(deal.order_channel)
        answers = list(
            pool.map(lambda _: rangkai.admin.publish("order.paid", deal.paid(), idempotencyKey=key), range(24))
        )
        assert len({answer["id"] for answer in answers}) == 1
        client.receive_event("order.paid")
        client.expect_silence()


def test_an_idempotency_key_used_for_another_request_is_a_conflict(rangkai: Server, deal: Deal) -> None:
    key = f"key-{deal.order}"
    rangkai.admin.publish("order.paid", deal.paid(), idempotencyKey=key)
    error = refusal(rangkai.admin.try_publish("order.shipped", deal.shipped(), idempotencyKey=key), 409, "conflict")
    assert "idempotency" in error["message"]


def test_a_refused_publication_does_not_use_up_its_idempotency_key(rangkai: Server, deal: Deal) -> None:
    key = f"key-{deal.order}"
    refusal(rangkai.admin.try_publish("order.paid", {}, idempotencyKey=key), 422, "invalidPayload")
    rangkai.admin.publish("order.paid", deal.paid(), idempotencyKey=key)


def test_a_body_over_the_limit_is_413_and_the_next_request_is_served(rangkai: Server, deal: Deal) -> None:
    answer = rangkai.admin.try_publish("order.paid", deal.paid() | {"pad": "x" * (20 * 1024 * 1024)})
    assert answer.status_code == 413, answer.text
    rangkai.admin.publish("order.paid", deal.paid())


def test_a_body_of_another_content_type_is_415(rangkai: Server, deal: Deal) -> None:
    answer = rangkai.admin.post_events("event=order.paid", **{"Content-Type": "application/x-www-form-urlencoded"})
    refusal(answer, 415, "unsupportedMediaType")


def test_publishers_at_once_on_keep_alive_connections_are_all_served(rangkai: Server) -> None:
    deals = [Deal() for _ in range(8)]

    def publish_all(deal: Deal) -> int:
        admin = Admin(rangkai.admin_port, rangkai.environment["SWITCHBOARD_API_KEY"])
        admin.publish("order.created", deal.created())
        count = sum(admin.publish("order.paid", deal.paid())["receivers"] for _ in range(50))
        admin.close()
        return count

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(publish_all, deals)) == 0
    for deal in deals:
        assert rangkai.admin.members(deal.order_channel) == sorted([deal.buyer, deal.vendor])
