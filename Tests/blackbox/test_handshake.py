# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: opening a connection, the welcome, and refusals."""

import time
from collections.abc import Callable

import pytest

from harness.client import REFUSED, Client, is_timestamp
from harness.payloads import did
from harness.server import Server
from harness.tokens import base64url, claims, encode, sign_with_secret, token
from harness.waiting import eventually

requirement = pytest.mark.requirement


@requirement("RNG-001", "RNG-003")
def test_an_upgrade_with_a_token_in_the_query_opens_the_connection(rangkai: Server) -> None:
    user = did()
    with rangkai.open(token(user)) as client:
        assert client.receive()["type"] == "connected"


@requirement("RNG-005")
def test_the_welcome_has_exactly_type_user_and_timestamp(rangkai: Server) -> None:
    user = did()
    with rangkai.open(token(user)) as client:
        welcome = client.receive()
        assert set(welcome) == {"type", "userId", "timestamp"}
        assert welcome["type"] == "connected"
        assert welcome["userId"] == user
        assert is_timestamp(welcome["timestamp"])


@requirement("RNG-002")
def test_every_frame_is_one_text_frame_with_one_object(rangkai: Server) -> None:
    with rangkai.connect(did()) as client:
        # `receive` fails on a binary frame and on anything that is not one object.
        assert client.ping()["type"] == "pong"
        assert client.socket.subprotocol is None


@requirement("RNG-002")
def test_a_client_that_offers_subprotocols_is_served_without_one(rangkai: Server) -> None:
    with rangkai.connect(did(), subprotocols=["chat"]) as client:
        assert client.socket.subprotocol is None
        assert client.ping()["type"] == "pong"


@requirement("RNG-004")
def test_nothing_precedes_the_welcome_even_when_the_client_talks_first(rangkai: Server) -> None:
    user = did()
    with rangkai.open(token(user)) as client:
        client.send({"type": "subscribe", "channel": f"user:{user}"})
        client.send({"type": "ping"})
        assert [client.receive()["type"] for _ in range(3)] == ["connected", "subscribed", "pong"]


@requirement("RNG-004", "RNG-008")
def test_a_subscription_of_a_client_without_a_token_is_not_acted_on(rangkai: Server) -> None:
    channel = f"user:{did()}"
    client = rangkai.open(None)
    try:
        client.send({"type": "subscribe", "channel": channel})
    except Exception:  # the server may have closed already, which is as good
        pass
    assert client.receive() == REFUSED
    client.expect_close(4001)
    assert channel not in rangkai.admin.channels()


@requirement("RNG-006")
def test_a_user_may_connect_again_at_once_after_any_close(rangkai: Server) -> None:
    user = did()
    for code in (1000, 1001, 4000):
        client = rangkai.connect(user)
        client.close(code)
    broken = rangkai.raw_websocket(user)
    broken.socket.close()
    with rangkai.connect(user) as client:
        assert client.ping()["type"] == "pong"


def unsigned(user: str, algorithm: str) -> str:
    return encode({"alg": algorithm, "typ": "JWT"}, claims(user)) + "."


def tampered(user: str) -> str:
    head, _, signature = token(user).split(".")
    other = encode({}, claims("did:rangkai:somebody-else")).split(".")[1]
    return f"{head}.{other}.{signature}"


BAD_TOKENS = {
    "wrong-secret": lambda user: sign_with_secret(claims(user), "another-secret-that-is-long-enough-too"),
    "other-claims-under-the-signature": tampered,
    "no-signature": lambda user: token(user).rpartition(".")[0] + ".",
    "alg-none": lambda user: unsigned(user, "none"),
    "alg-None": lambda user: unsigned(user, "None"),
    "alg-none-with-a-signature": lambda user: sign_with_secret(claims(user), header={"alg": "none"}),
    "alg-of-another-family": lambda user: sign_with_secret(claims(user), header={"alg": "RS256"}),
    "alg-missing": lambda user: sign_with_secret(claims(user), header={"typ": "JWT"}),
    "critical-header": lambda user: sign_with_secret(claims(user), header={"alg": "HS256", "crit": ["b64"], "b64": False}),
    "expired": lambda user: token(user, expires_in=-60),
    "no-expiry": lambda user: token(user, expires_in=None),
    "expiry-is-text": lambda user: token(user, exp="tomorrow"),
    "not-yet-valid": lambda user: token(user, nbf=int(time.time()) + 600),
    "no-user": lambda user: sign_with_secret({"exp": int(time.time()) + 600}),
    "user-is-a-number": lambda user: sign_with_secret({"sub": 7, "exp": int(time.time()) + 600}),
    "claims-are-a-list": lambda user: sign_with_secret([user]),
    "garbage": lambda user: "garbage",
    "empty": lambda user: "",
    "dots": lambda user: "..",
    "four-parts": lambda user: token(user) + ".x",
    "padding": lambda user: token(user) + "==",
    "not-base64": lambda user: "%%%.%%%.%%%",
    "not-json": lambda user: ".".join(base64url(part) for part in (b"{", b"}", b"x")),
    "deep": lambda user: ".".join(base64url(part) for part in (b"[" * 2000, b"[" * 2000, b"x")),
    "null-bytes": lambda user: "\0" * 64,
    "long": lambda user: "a" * 9000,
}


@requirement("RNG-007", "RNG-009", "RNG-D01")
@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_token_that_does_not_hold_gets_the_documented_error_and_4001(rangkai: Server, kind: str) -> None:
    user = did()
    client = rangkai.open(BAD_TOKENS[kind](user))
    assert client.receive() == REFUSED
    client.expect_close(4001, "Authentication required")
    assert rangkai.admin.connections(user) == []


@requirement("RNG-007", "RNG-009")
def test_a_token_longer_than_a_request_head_is_refused_before_the_upgrade(rangkai: Server) -> None:
    with rangkai.raw() as connection:
        assert connection.upgrade("/ws?token=" + "a" * 40_000) in (400, 414, 431)
        connection.wait_for_end()


@requirement("RNG-008", "RNG-D01")
def test_without_a_token_the_error_is_exact_and_the_close_has_its_text(rangkai: Server) -> None:
    client = rangkai.open(None)
    assert client.receive() == REFUSED
    client.expect_close(4001, "Authentication required")


@requirement("RNG-D01")
def test_the_cause_of_a_refusal_is_logged_and_no_token_is_at_any_level(serve: Callable[..., Server]) -> None:
    server = serve(arguments=("--log-level", "trace"))
    bad, good = token(did(), expires_in=-60), token(did())
    client = server.open(bad)
    assert client.receive() == REFUSED
    client.expect_close(4001)
    with server.open(good) as client:
        client.welcome()
    eventually(lambda: "expired" in server.log.lower(), what="the cause to be logged")
    for credentials in (bad, good):
        assert credentials not in server.log
        assert credentials.rpartition(".")[2] not in server.log


def test_the_first_of_two_tokens_in_the_query_never_lets_a_bad_one_in(rangkai: Server) -> None:
    # Two readings are sound, the first and the last; what must not happen is a welcome for a user of a bad token.
    good, bad = did("good"), did("bad")
    forged = sign_with_secret(claims(bad), "another-secret-that-is-long-enough-too")
    client = Client(rangkai.url(token(good)) + f"&token={forged}")
    first = client.receive()
    assert first == REFUSED or first.get("userId") == good
    client.close()


def test_other_paths_and_plain_requests_are_not_upgraded(rangkai: Server) -> None:
    with rangkai.raw() as connection:
        assert connection.upgrade("/other") == 404
    with rangkai.raw() as connection:
        assert connection.request("GET", "/ws") in (400, 426)
    with rangkai.raw() as connection:
        assert connection.request("GET", "/") == 404
