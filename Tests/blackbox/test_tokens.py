# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Tokens of every kind that a contract may name: keys, key sets, rotation, expiry on a live connection."""

import http.server
import json
import pathlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.client import REFUSED
from harness.contracts import derived
from harness.payloads import did
from harness.server import RANGKAI, SWITCHBOARD, Server, environment
from harness.tokens import ECKey, RSAKey, claims, sign_with_secret, token
from harness.waiting import eventually

requirement = pytest.mark.requirement


def keys(*content: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """A change that gives the contract these keys: one as it is, several as a list."""

    def change(document: dict[str, Any]) -> None:
        document["auth"]["keys"] = content[0] if len(content) == 1 else list(content)

    return change


def accepts(server: Server, credentials: str) -> bool:
    with server.open(credentials) as client:
        first = client.receive()
        if first.get("type") == "connected":
            return True
        assert first == REFUSED
        client.expect_close(4001)
        return False


@pytest.fixture(scope="module")
def rsa_key() -> RSAKey:
    return RSAKey("rsa-1")


@pytest.fixture(scope="module")
def ec_key() -> ECKey:
    return ECKey("ec-1")


@requirement("RNG-003", "RNG-007")
@pytest.mark.parametrize("family", ["rsa", "ec"])
def test_a_public_key_checks_its_own_algorithm_and_no_other(
    serve: Callable[..., Server], tmp_path: pathlib.Path, rsa_key: RSAKey, ec_key: ECKey, family: str
) -> None:
    key, other = (rsa_key, ec_key) if family == "rsa" else (ec_key, rsa_key)
    server = serve(derived(tmp_path, keys({"publicKey": key.pem})))
    user = did()
    assert accepts(server, key.token(claims(user)))
    assert not accepts(server, key.token(claims(user, expires_in=-60)))
    assert not accepts(server, other.token(claims(user)))
    stranger = RSAKey("rsa-1") if family == "rsa" else ECKey("ec-1")
    assert not accepts(server, stranger.token(claims(user)))
    # Algorithm confusion: the public key's own text as the secret of a symmetric signature.
    for material in (key.pem, key.pem.strip()):
        assert not accepts(server, sign_with_secret(claims(user), material))
    assert not accepts(server, token(user))


@requirement("RNG-007")
def test_several_keys_hold_at_once(
    serve: Callable[..., Server], tmp_path: pathlib.Path, rsa_key: RSAKey, ec_key: ECKey
) -> None:
    old, new = "the-old-secret-that-is-long-enough-for-it", "the-new-secret-that-is-long-enough-for-it"
    server = serve(derived(tmp_path, keys({"secret": old}, {"secret": new}, {"publicKey": ec_key.pem})))
    for credentials in (
        sign_with_secret(claims(did()), old), sign_with_secret(claims(did()), new), ec_key.token(claims(did())),
    ):
        assert accepts(server, credentials)
    assert not accepts(server, rsa_key.token(claims(did())))
    assert not accepts(server, token(did()))


@requirement("RNG-007")
def test_a_key_set_in_a_file_is_read_again_when_it_changes(
    serve: Callable[..., Server], tmp_path: pathlib.Path, rsa_key: RSAKey, ec_key: ECKey
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [rsa_key.jwk]}))
    server = serve(derived(tmp_path, keys({"jwks": str(file)})))
    assert accepts(server, rsa_key.token(claims(did())))
    assert not accepts(server, ec_key.token(claims(did())))
    replacement = tmp_path / "keys.new"
    replacement.write_text(json.dumps({"keys": [ec_key.jwk, {"kty": "unheard-of", "kid": "x"}]}))
    replacement.rename(file)
    eventually(lambda: accepts(server, ec_key.token(claims(did()))), what="the new key to hold")
    eventually(lambda: not accepts(server, rsa_key.token(claims(did()))), what="the old key to end")
    # A file that is broken for a moment takes nobody's key away.
    file.write_text('{"keys": [')
    time.sleep(1.5)  # past the second after which a changed file is looked at again
    assert accepts(server, ec_key.token(claims(did())))


class KeyServer:
    """An HTTP server with a key set that can be changed, and counts how often it was asked."""

    def __init__(self) -> None:
        outer = self
        self.body = b"{}"
        self.status = 200
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def serve(self, *keys: RSAKey | ECKey) -> None:
        self.body = json.dumps({"keys": [key.jwk for key in keys]}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.close()


@requirement("RNG-007")
def test_a_key_set_at_an_address_is_asked_again_for_an_unknown_key(
    serve: Callable[..., Server], tmp_path: pathlib.Path, rsa_key: RSAKey, ec_key: ECKey, key_server: KeyServer
) -> None:
    key_server.serve(rsa_key)
    server = serve(derived(tmp_path, keys({"jwks": key_server.url})))
    assert accepts(server, rsa_key.token(claims(did())))
    key_server.serve(rsa_key, ec_key)
    # The address is asked at most once in ten seconds, so the new key may have to wait for that.
    eventually(lambda: accepts(server, ec_key.token(claims(did()))), within=30, what="the new key to hold")
    assert accepts(server, rsa_key.token(claims(did())))
    # Unknown keys of many clients do not become many requests, and a failing address takes no key away.
    key_server.status = 500
    before = key_server.asked
    stranger = ECKey("never-published")
    for _ in range(20):
        assert not accepts(server, stranger.token(claims(did())))
    assert key_server.asked - before <= 3
    assert accepts(server, rsa_key.token(claims(did())))
    assert accepts(server, ec_key.token(claims(did())))


@requirement("RNG-007")
def test_a_key_set_that_cannot_be_fetched_refuses_tokens_and_keeps_the_server_up(
    serve: Callable[..., Server], tmp_path: pathlib.Path, rsa_key: RSAKey, key_server: KeyServer
) -> None:
    key_server.body = b"x" * 1_000_000
    server = serve(derived(tmp_path, keys({"jwks": key_server.url})))
    assert not accepts(server, rsa_key.token(claims(did())))
    assert server.is_ready()
    key_server.serve(rsa_key)
    eventually(lambda: accepts(server, rsa_key.token(claims(did()))), within=30, what="the key to hold once it is there")


@requirement("RNG-003")
@pytest.mark.parametrize("claim", ["sub", "did"])
def test_the_user_is_the_first_claim_that_the_contract_names(rangkai: Server, claim: str) -> None:
    user = did()
    content = {claim: user, "exp": int(time.time()) + 600}
    with rangkai.open(sign_with_secret(content)) as client:
        assert client.welcome()["userId"] == user


@requirement("RNG-007")
def test_clocks_may_differ_by_the_leeway_and_no_more(rangkai: Server) -> None:
    assert not accepts(rangkai, token(did(), expires_in=-30))
    assert accepts(rangkai, token(did(), nbf=int(time.time()) + 2))
    assert not accepts(rangkai, token(did(), nbf=int(time.time()) + 60))


@requirement("RNG-D02")
def test_a_token_that_expires_on_a_live_connection_ends_it_with_the_documented_error(rangkai: Server) -> None:
    start = time.time()
    user = did()
    with rangkai.connect(did()) as other, rangkai.open(token(user, expires_in=3)) as client:
        client.welcome()
        client.subscribe(f"user:{user}")
        assert client.receive() == REFUSED
        client.expect_close(4001, "Authentication required")
        # At `exp`, up to the leeway that the contract allows and a second of the clock's grain.
        assert 2 <= time.time() - start <= 11
        assert other.ping()["type"] == "pong"
    eventually(lambda: f"user:{user}" not in rangkai.admin.channels(), what="its subscription to end")


@requirement("RNG-D02")
def test_a_contract_may_keep_a_connection_whose_token_expires(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    def keep(document: dict[str, Any]) -> None:
        document["auth"]["onExpiry"] = "keep"

    server = serve(derived(tmp_path, keep))
    with server.open(token(did(), expires_in=1)) as kept:
        kept.welcome()
        kept.expect_silence(window=8)  # longer than the expiry, the leeway and the grain together
        assert kept.ping()["type"] == "pong"


@requirement("RNG-D02")
def test_an_expiry_far_in_the_future_or_past_all_clocks_is_taken(rangkai: Server) -> None:
    for exp in (2**40, 2**53, 9_007_199_254_740_993, 4e12):
        with rangkai.open(token(did(), exp=exp)) as client:
            client.welcome()
            client.expect_silence()
    # Numbers that no clock holds must not trap; whether they are taken is the server's choice.
    for exp in (2**63 - 1, 2**63, 2**200, 1e300, -(2**63), -1e300):
        client = rangkai.open(token(did(), exp=exp))
        assert client.receive()["type"] in ("connected", "error")
        client.close()


def test_without_a_secret_one_is_made_at_first_start_and_kept(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(data=tmp_path / "data", RANGKAI_JWT_SECRET=None)
    user = did()

    def minted() -> str:
        done = subprocess.run(
            [str(SWITCHBOARD), "token", str(RANGKAI), "--user", user], capture_output=True, text=True, timeout=30,
            check=True, env=environment(SWITCHBOARD_DATA=str(tmp_path / "data")),
        )
        return done.stdout.strip()

    first = minted()
    assert accepts(server, first)
    assert not accepts(server, token(user))
    server.stop()
    server.start()
    assert accepts(server, first)
    assert accepts(server, minted())
