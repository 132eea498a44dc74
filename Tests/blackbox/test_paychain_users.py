# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain with authentication: tokens, rights, messages for one user, tokens for the next connection."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from harness.client import is_timestamp
from harness.paychain import PayChain, PayChainClient
from harness.payloads import did
from harness.tokens import sign_with_secret, token
from harness.waiting import eventually

requirement = pytest.mark.requirement
NOT_AUTHORIZED = {"code": 403, "message": "Not authorized for this channel"}


def expect_unauthorized(client: PayChainClient) -> None:
    """At most the error's frame, never a welcome, then the documented close."""
    error = client.receive_type("error")
    assert error == {"code": 401, "message": "Unauthorized"}
    client.expect_close(4001, "Unauthorized")


BAD = {
    "garbage": lambda: "garbage",
    "empty": lambda: "",
    "expired": lambda: token("u", expires_in=-60),
    "another secret": lambda: sign_with_secret({"sub": "u", "exp": 4102444800}, "another-secret-that-is-long-enough"),
    "none": lambda: sign_with_secret({"sub": "u", "exp": 4102444800}, header={"alg": "none"}),
    "no subject": lambda: sign_with_secret({"exp": 4102444800}),
}


@requirement("PAY-052", "PAY-073", "PAY-D18", "PAY-D21")
def test_the_token_s_user_is_the_connection_s(users: PayChain) -> None:
    user = did()
    with users.user(user) as client:
        (connection,) = users.admin.connections(user)
        assert connection["id"] == client.connection
    eventually(lambda: not users.admin.connections(user), what="the end of the connection")


@requirement("PAY-053", "PAY-D18", "PAY-D21", "ALL-D02", "ALL-D03")
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_closes_with_4001(users: PayChain, kind: str) -> None:
    with PayChainClient(users.url(BAD[kind]())) as client:
        expect_unauthorized(client)


@requirement("PAY-053", "PAY-D18", "ALL-D02")
def test_a_missing_token_closes_with_4001(users: PayChain) -> None:
    with PayChainClient(users.url(None)) as client:
        expect_unauthorized(client)


@requirement("PAY-D18")
def test_an_optional_token_may_be_missing_but_not_bad(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain(auth="optional")
    with server.guest() as guest, server.user("alice") as alice:
        guest.subscribe("jobs")
        assert guest.refusal("user:alice") == NOT_AUTHORIZED | {"channel": "user:alice"}
        assert guest.refusal("payments") == NOT_AUTHORIZED | {"channel": "payments"}
        server.broadcast("test_message", {"n": 1}, users=["alice"])
        assert alice.receive_type("test_message") == {"n": 1}
        guest.expect_silence()
    with PayChainClient(server.url("garbage")) as client:
        expect_unauthorized(client)


@requirement("ALL-D08", "PAY-052")
def test_no_token_reaches_the_log(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain(auth="required")
    credentials = token("alice")
    with PayChainClient(server.url(credentials)) as client:
        client.welcome()
        resume = client.receive_type("reconnect_token")["token"]
    with PayChainClient(server.url(None) + f"?resume={resume}") as client:
        client.welcome()
    server.stop()
    assert credentials not in server.log and resume not in server.log


# Rights


@requirement("PAY-054", "PAY-D19", "PAY-016")
def test_only_employers_may_follow_payments(users: PayChain) -> None:
    with users.user(did(), user_type="employer") as employer, users.user(did(), user_type="worker") as worker:
        employer.subscribe("jobs", "payments")
        worker.send({"type": "subscribe", "channels": ["jobs", "payments"]})
        frames = [worker.receive() for _ in range(2)]
        answers = {frame["type"]: frame["data"] for frame in frames}
        assert answers == {"subscribed": {"channels": ["jobs"]}, "error": NOT_AUTHORIZED | {"channel": "payments"}}
        users.broadcast("test_message", {"n": 1}, channel="payments")
        users.broadcast("test_message", {"n": 2}, channel="jobs")
        assert [employer.receive_type("test_message")["n"] for _ in range(2)] == [1, 2]
        assert worker.receive_type("test_message") == {"n": 2}


@requirement("PAY-054", "PAY-D19")
@pytest.mark.parametrize("claims", [{}, {"user_type": "Employer"}, {"user_type": ["worker"]}, {"user_type": {"employer": True}}])
def test_who_is_no_employer_is_refused(users: PayChain, claims: dict[str, Any]) -> None:
    with PayChainClient(users.url(token(did(), **claims))) as client:
        client.welcome()
        client.receive_type("reconnect_token")
        assert client.refusal("payments") == NOT_AUTHORIZED | {"channel": "payments"}
        assert client.ping()["type"] == "pong"


@requirement("PAY-074", "PAY-D10", "PAY-D24")
def test_a_message_for_one_user_reaches_all_his_connections_and_nobody_else(users: PayChain) -> None:
    alice, bob = did(), did()
    with users.user(alice) as first, users.user(alice) as second, users.user(bob) as other:
        assert users.broadcast("test_message", {"n": 1}, users=[alice])["recipients"] == 2
        assert users.broadcast("test_message", {"n": 2}, channel=f"user:{alice}")["recipients"] == 2
        for client in (first, second):
            assert [client.receive_type("test_message")["n"] for _ in range(2)] == [1, 2]
        assert other.refusal(f"user:{alice}")["code"] == 403
        other.expect_silence()


@requirement("PAY-D10", "PAY-074")
def test_users_are_named_by_texts_or_numbers(users: PayChain) -> None:
    with users.user("4711") as client:
        users.broadcast("job_completed", {"job_id": 1, "payment_released": True}, users=[4711, "someone-else"])
        assert client.receive_type("job_completed") == {"job_id": 1, "payment_released": True}
        client.expect_silence()


@requirement("PAY-044", "PAY-D15")
@pytest.mark.parametrize("event", ["user_logged_in", "user_logged_out", "session_revoked"])
def test_auth_events_reach_their_user(users: PayChain, event: str) -> None:
    alice = did()
    with users.user(alice) as client, users.user(did()) as other:
        users.broadcast(event, {"user_id": alice})
        assert client.receive_type(event) == {"user_id": alice}
        other.expect_silence()


@requirement("PAY-043", "PAY-D15")
def test_a_confirmed_payment_reaches_the_parties_of_its_job_once(users: PayChain) -> None:
    employer, worker, job = did(), did(), uuid.uuid4().hex
    data = {"payment_id": 1, "job_id": job, "amount_usd": 10, "status": "confirmed"}
    with (
        users.user(employer, user_type="employer") as paying, users.user(worker) as paid,
        users.user(did()) as other,
    ):
        paying.subscribe("payments")
        accepted = {"job_id": job, "worker_id": worker, "employer_id": employer}
        users.broadcast("job_accepted", accepted, users=[employer, worker])
        for client in (paying, paid):
            assert client.receive_type("job_accepted") == accepted
        users.broadcast("payment_confirmed", data)
        for client in (paying, paid):
            assert client.receive_type("payment_confirmed") == data
            client.expect_silence()
        other.expect_silence()


# Tokens for the next connection


def resume(server: PayChain, credentials: str) -> PayChainClient:
    return PayChainClient(server.url(None) + f"?resume={credentials}")


@requirement("PAY-076", "PAY-D24")
def test_each_connection_gets_a_token_that_opens_the_next_once(users: PayChain) -> None:
    alice = did()
    with users.user(alice, user_type="employer") as client:
        first = client.resume
    assert set(first) == {"token", "expires_at"} and is_timestamp(first["expires_at"])
    with resume(users, first["token"]) as again:
        again.welcome()
        second = again.receive_type("reconnect_token")
        assert second["token"] != first["token"]
        assert [each["id"] for each in users.admin.connections(alice)] == [again.connection]
        # What the first token said of the user still holds.
        again.subscribe("payments")
    for used in (first["token"], "garbage", ""):
        with resume(users, used) as refused:
            expect_unauthorized(refused)


@requirement("PAY-076")
def test_of_two_that_use_one_token_at_once_one_gets_in(users: PayChain) -> None:
    with users.user(did()) as client:
        credentials = client.resume["token"]
    kinds: list[str] = []

    def attempt() -> None:
        with resume(users, credentials) as client:
            kinds.append(client.receive()["type"])

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(kinds) == ["connected"] + ["error"] * 7


@requirement("PAY-076")
def test_a_token_for_the_next_connection_outlives_the_server_but_not_its_use(
    serve_paychain: Callable[..., PayChain]
) -> None:
    server = serve_paychain(auth="required")
    with server.user("alice") as client:
        used = client.resume["token"]
    with resume(server, used) as client:
        client.welcome()
        kept = client.receive_type("reconnect_token")["token"]
    server.kill()
    server.start()
    with resume(server, used) as refused:
        expect_unauthorized(refused)
    with resume(server, kept) as client:
        client.welcome()


@requirement("PAY-076")
def test_a_connection_without_a_user_gets_no_token(serve_paychain: Callable[..., PayChain]) -> None:
    for mode in ("none", "optional"):
        with serve_paychain(auth=mode).guest() as guest:
            guest.expect_silence()
