# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Fixtures: servers for a whole file of tests, servers for one test, and the requirements in the results."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from harness import proxies
from harness import server as servers
from harness.both import Both
from harness.browser import Browser
from harness.bulkbuyer import BulkBuyer
from harness.certificates import Certificate
from harness.frontend import build_client
from harness.javascript import NodeRuntime, Options, Program
from harness.orion import Orion
from harness.paychain import PayChain
from harness.peer import Peer
from harness.proxies import Node, Proxy
from harness.react import ReactPage
from harness.rooms import Rooms
from harness.server import Server


Kind = TypeVar("Kind", bound=Server)


def for_one_file(
    kind: type[Kind], request: pytest.FixtureRequest, folders: pytest.TempPathFactory, **options: Any
) -> Iterator[Kind]:
    """A server for all tests of a file."""
    server = kind(folders.mktemp("data"), name=request.module.__name__, **options)
    yield server.start()
    server.let_go()
    server.stop()


def for_one_test(
    kind: type[Kind], request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> Iterator[Callable[..., Kind]]:
    """Makes servers for one test: contracts, if not the shipped one, and variables; each is ready unless `start=False`."""
    made: list[Kind] = []

    def make(*contracts: pathlib.Path, start: bool = True, data: pathlib.Path | None = None, **options: Any) -> Kind:
        folder = data or tmp_path / f"data-{len(made)}"
        server = kind(folder, *contracts, name=request.node.name.split("[")[0], **options)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.let_go()
        server.kill()


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
    yield from for_one_file(Server, request, tmp_path_factory)


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., Server]]:
    """Makes servers for one test: `serve(*contracts, **variables)` gives one that is ready."""
    yield from for_one_test(Server, request, tmp_path)


@pytest.fixture(scope="module")
def paychain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayChain]:
    """PayChain as its document has it now, without authentication, for all tests of a file."""
    yield from for_one_file(PayChain, request, tmp_path_factory, PAYCHAIN_MESSAGE_LIMIT="2000/min")


@pytest.fixture(scope="module")
def users(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayChain]:
    """PayChain with authentication, for all tests of a file; each test uses users and jobs of its own."""
    yield from for_one_file(
        PayChain, request, tmp_path_factory, auth="required", PAYCHAIN_MESSAGE_LIMIT="2000/min",
        PAYCHAIN_OFFLINE_AFTER="500ms",
    )


@pytest.fixture
def serve_paychain(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., PayChain]]:
    """Makes servers of PayChain for one test: `serve_paychain(auth="optional", PAYCHAIN_JWKS=…)` gives one that is ready."""
    yield from for_one_test(PayChain, request, tmp_path)


@pytest.fixture(scope="module")
def bulkbuyer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BulkBuyer]:
    """The shipped Bulk Buyer contract for all tests of a file; each test uses users, orders and pools of its own."""
    yield from for_one_file(BulkBuyer, request, tmp_path_factory)


@pytest.fixture
def serve_bulkbuyer(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., BulkBuyer]]:
    """Makes Bulk Buyer servers for one test: `serve_bulkbuyer(BULKBUYER_COOKIE="sid")` gives one that is ready."""
    yield from for_one_test(BulkBuyer, request, tmp_path)


@pytest.fixture(scope="module")
def rooms(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """The shipped contract of the room platform for all tests of a file; each test uses users and rooms of its own."""
    yield from for_one_file(
        Rooms, request, tmp_path_factory, ROOMS_EVENT_LIMIT="2000/min", ROOMS_OFFLINE_AFTER="1s"
    )


@pytest.fixture
def serve_rooms(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., Rooms]]:
    """Makes servers of the room platform for one test: `serve_rooms(ROOMS_USERS="known")` gives one that is ready."""
    yield from for_one_test(Rooms, request, tmp_path)


@pytest.fixture(scope="module")
def orion_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orion]:
    yield from for_one_file(Orion, request, tmp_path_factory)


@pytest.fixture
def orion(orion_server: Orion) -> Iterator[Orion]:
    """The shipped ORION contract for all tests of a file; each test uses users and services of its own."""
    yield orion_server
    orion_server.close_clients()


@pytest.fixture
def serve_orion(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., Orion]]:
    """Makes ORION servers for one test: `serve_orion(derived(…))` gives one that is ready."""
    yield from for_one_test(Orion, request, tmp_path)


@pytest.fixture(params=["nginx", "haproxy"])
def proxy_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def front(proxy_kind: str, tmp_path: pathlib.Path) -> Iterator[Callable[..., Proxy]]:
    """Makes a proxy of the kind under test: `front(node, …)`."""
    made: list[Proxy] = []

    def make(*nodes: Server | Node, certificate: proxies.Certificate | None = None) -> Proxy:
        addresses = [Node(each.port, each.admin_port) if isinstance(each, Server) else each for each in nodes]
        made.append(Proxy(proxy_kind, tmp_path, addresses, certificate))
        return made[-1]

    yield make
    for proxy in made:
        proxy.stop()


@pytest.fixture
def certificate(tmp_path: pathlib.Path) -> Certificate:
    """A certificate for servers of one test on `localhost`; `certificate.rules` goes under a listener's `tls:`."""
    return Certificate(tmp_path / "tls")


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The tests' own platform with a plain listener and one for Socket.IO, for all tests of a file; each uses rooms of its own."""
    yield from for_one_file(Both, request, tmp_path_factory)


@pytest.fixture
def serve_both(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Callable[..., Both]]:
    """Makes servers of that platform for one test."""
    yield from for_one_test(Both, request, tmp_path)


@pytest.fixture(scope="module")
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """ProtocolPeer for all tests of a file, with timers that no busy machine runs into."""
    server = Peer(
        request.module.__name__, PING_INTERVAL="25000", PING_TIMEOUT="20000", CONNECT_TIMEOUT="45000"
    ).start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def strict_peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """ProtocolPeer with the timers of the official suites: 300 ms, 200 ms, 1000 ms."""
    server = Peer(f"{request.module.__name__}-strict").start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def start_browser() -> Iterator[Callable[[], Browser]]:
    """Gives the Chromium of a file of tests, which starts when it is first asked for."""
    started: list[Browser] = []

    def start() -> Browser:
        if not started:
            started.append(Browser())
        return started[0]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture(scope="module")
def client_package() -> None:
    """The bundles of Clients/javascript, built from what is there now."""
    build_client()


@pytest.fixture
def react(start_browser: Callable[[], Browser]) -> Iterator[Callable[..., ReactPage]]:
    """Opens pages of an app with React for one test: `react("export function App() { … }", is_strict=True)`."""
    pages: list[ReactPage] = []

    def open(program: str, **options: Any) -> ReactPage:
        pages.append(ReactPage(start_browser(), program, **options))
        return pages[-1]

    yield open
    for page in pages:
        page.stop()


@pytest.fixture
def javascript(
    tmp_path_factory: pytest.TempPathFactory, start_browser: Callable[[], Browser]
) -> Iterator[Callable[..., Program]]:
    """Runs programs with the stock socket.io-client for one test:

    `javascript("const socket = io('http://…'); …", runtime="node", version="4.8.1", transports=["websocket"])`.
    `runtime` is node or chromium; the other options are harness.javascript.Options' and the runtime's own.
    """
    programs: list[Program] = []

    def run(text: str, *, runtime: str = "node", **options: Any) -> Program:
        known = {name: options.pop(name) for name in list(options) if name in Options.__dataclass_fields__}
        if runtime == "chromium":
            programs.append(start_browser().open(text, Options(**known), **options))
        else:
            programs.append(NodeRuntime(tmp_path_factory.mktemp("node"), text, Options(**known), **options))
        return programs[-1]

    yield run
    for program in programs:
        program.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.failed:
        for server in servers.running:
            report.sections.append((f"log of {server.name} ({server.log_file})", server.log[-6000:]))
    return report
