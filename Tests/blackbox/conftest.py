# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Fixtures: servers for a whole file of tests, servers for one test, and the requirements in the results."""

import pathlib
from collections.abc import Callable, Iterator

import pytest

from harness import server as servers
from harness.server import Server


@pytest.fixture(autouse=True)
def _requirements(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Writes the requirements that a test names into the results (scripts/requirements.py reads them there)."""
    named = {identifier for mark in request.node.iter_markers("requirement") for identifier in mark.args}
    for identifier in sorted(named):
        record_property("requirement", identifier)


@pytest.fixture(autouse=True)
def _no_server_dies() -> Iterator[None]:
    """Whatever a test does, the servers that it found running still run afterwards: nothing may trap."""
    before = list(servers.running)
    yield
    for server in before:
        if server in servers.running:
            assert server.is_alive(), f"{server.name} died during this test:\n{server.log[-4000:]}"


@pytest.fixture(scope="module")
def rangkai(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped Rangkai contract, served for all tests of a file; each test uses users and orders of its own."""
    name = request.module.__name__
    server = Server(tmp_path_factory.mktemp("data"), name=name).start()
    yield server
    server.stop()
    server.admin.close()


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., Server]]:
    """Makes servers for one test: `serve(*contracts, **variables)` gives one that is ready."""
    made: list[Server] = []

    def make(*contracts: pathlib.Path, start: bool = True, data: pathlib.Path | None = None, **options: object) -> Server:
        folder = data or tmp_path / f"data-{len(made)}"
        server = Server(folder, *contracts, name=request.node.name.split("[")[0], **options)  # type: ignore[arg-type]
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.kill()
        server.admin.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.failed:
        for server in servers.running:
            report.sections.append((f"log of {server.name} ({server.log_file})", server.log[-6000:]))
    return report
