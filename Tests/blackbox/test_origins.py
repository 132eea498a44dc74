# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Which pages may connect: the allow-list of origins."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from harness.contracts import derived
from harness.payloads import did
from harness.server import Server
from harness.tokens import token

ALLOWED = ["https://app.rangkai.example", "http://localhost:*"]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Rangkai for two origins: one page of the platform, and any port of the developer's own machine."""

    def change(document: dict[str, Any]) -> None:
        document["listen"][0]["origins"] = ALLOWED

    folder = tmp_path_factory.mktemp("origins")
    server = Server(folder / "data", derived(folder, change), name="origins").start()
    yield server
    server.stop()


def upgrade(server: Server, *headers: str) -> int:
    with server.raw() as connection:
        return connection.upgrade(f"/ws?{urlencode({'token': token(did())})}", *headers)


def test_a_client_without_an_origin_is_no_page_and_may_connect(listed: Server) -> None:
    assert upgrade(listed) == 101


@pytest.mark.parametrize(
    "origin", ["https://app.rangkai.example", "HTTPS://APP.rangkai.example", "http://localhost:5173", "http://localhost:80"]
)
def test_a_listed_origin_may_connect(listed: Server, origin: str) -> None:
    assert upgrade(listed, f"Origin: {origin}") == 101


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "http://app.rangkai.example", "https://app.rangkai.example.evil.example",
        "https://app.rangkai.example:8443", "https://xapp.rangkai.example", "null", "", "https://localhost:5173",
        "http://localhost.evil.example:80", "http://localhost:x", "*", "https://app.rangkai.example/path",
    ],
)
def test_another_origin_is_403_before_the_upgrade(listed: Server, origin: str) -> None:
    assert upgrade(listed, f"Origin: {origin}") == 403


def test_two_origins_are_refused_when_either_is_not_listed(listed: Server) -> None:
    assert upgrade(listed, f"Origin: {ALLOWED[0]}", "Origin: https://evil.example") in (400, 403)


def test_every_origin_may_connect_where_the_contract_says_so(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["listen"][0]["origins"] = ["*"]

    server = serve(derived(tmp_path, change))
    assert upgrade(server, "Origin: https://anything.example") == 101
