# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The shipped proxy configurations (deploy/), run by the real nginx and HAProxy in front of real servers."""

import contextlib
import datetime
import http.server
import ipaddress
import pathlib
import re
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websockets

from harness.client import Client
from harness.payloads import Deal, did
from harness.ports import free_port
from harness.proxies import HAPROXY, NGINX, Certificate, Node, Proxy, cookie_of
from harness.raw import RawSocket
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
Nodes = list[Server]
#: What clients reach.
SHOWN = ("/ws", "/socket.io/")
#: What they must not: the admin API, and what a contract keeps for backends.
HIDDEN = (
    "/", "/broadcast", "/metrics", "/v1/platforms/rangkai/events", "/ws/", "/ws/../broadcast", "/ws/..%2fbroadcast",
    "/broadcast/..%2fws", "http://127.0.0.1/broadcast", "/WS", "/socket.io/../broadcast", "/engine.io/",
)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Two nodes, which share nothing; the same users may connect to either."""
    both = [Server(tmp_path_factory.mktemp(f"node-{letter}"), name=f"node-{letter}").start() for letter in "ab"]
    yield both
    for server in both:
        server.stop()
        server.admin.close()


def home(nodes: Nodes, user: str) -> Server:
    """The only node that this user is connected to."""
    found = [each for each in nodes if each.is_alive() and each.admin.connections(user)]
    assert len(found) == 1, f"{user} is connected to {[each.name for each in found]}"
    return found[0]


# One node, as shipped


@requirement("RNG-001", "RNG-012")
def test_a_client_subscribes_and_hears_events_through_the_proxy(front: Callable[..., Proxy], nodes: Nodes) -> None:
    deal = Deal()
    nodes[0].admin.publish("order.created", deal.created())
    with front(nodes[0]).connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        nodes[0].admin.publish("order.paid", deal.paid())
        assert client.receive_event("order.paid")["data"] == deal.paid()
        assert client.ping()["type"] == "pong"


def test_pages_are_judged_by_their_origin_behind_the_proxy(front: Callable[..., Proxy], nodes: Nodes) -> None:
    proxy = front(nodes[0])
    proxy.connect(did(), origin="http://localhost:5173").close()
    with pytest.raises(InvalidStatus) as refused:
        Client(proxy.url(token(did())), origin="https://evil.example")
    assert refused.value.response.status_code == 403


def test_the_server_is_told_the_client_s_address_and_not_what_the_client_claims(front: Callable[..., Proxy]) -> None:
    seen: list[Headers] = []

    def note(connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/health/ready":
            return connection.respond(200, "ready")
        seen.append(request.headers)
        return None

    port = free_port()
    with serve_websockets(lambda connection: connection.send("here"), "127.0.0.1", port, process_request=note) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            claims = {
                "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Real-IP": "6.6.6.6",
                "Forwarded": "for=6.6.6.6",
            }
            proxy = front(Node(port, port))
            with Client(
                proxy.url("t"), additional_headers=claims, origin="https://app.example", source_address=("127.0.0.9", 0)
            ) as client:
                assert client.socket.recv(timeout=10) == "here"
        finally:
            server.shutdown()
            thread.join(10)
    (headers,) = seen
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.9"]
    assert headers.get_all("X-Forwarded-Proto") == ["http"]
    assert headers["Origin"] == "https://app.example"
    assert headers["Host"] == f"127.0.0.1:{proxy.port}"
    assert "6.6.6.6" not in str(headers)


def test_nothing_but_the_socket_is_reachable_through_the_proxy(front: Callable[..., Proxy]) -> None:
    reached: list[str] = []

    class Everything(http.server.BaseHTTPRequestHandler):
        """A node that would answer whatever it is asked."""

        def do_GET(self) -> None:
            if self.path != "/health/ready":
                reached.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    port = free_port()
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Everything) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            proxy = front(Node(port, port))
            codes = {}
            for path in HIDDEN:
                with RawSocket(proxy.port) as connection:
                    codes[path] = connection.request("POST", path, "Content-Length: 0")
            for path in SHOWN:
                with RawSocket(proxy.port) as connection:
                    assert connection.request("GET", f"{path}?token=t") == 200
        finally:
            server.shutdown()
            thread.join(10)
    # A path that a proxy brings into the form of the socket's may come through, but only as that.
    assert set(reached) <= {*SHOWN, *(f"{path}?token=t" for path in SHOWN)}
    assert {path for path, code in codes.items() if code not in (400, 404)} <= {"/broadcast/..%2fws"}


@requirement("ALL-D08")
def test_no_token_is_in_anything_that_the_proxy_writes(front: Callable[..., Proxy], serve: Callable[..., Server]) -> None:
    server = serve()
    proxy = front(server)
    used = [token(did()) for _ in range(3)]
    headers = {"Referer": f"https://app.example/?token={used[0]}"}
    with Client(proxy.url(used[0]), additional_headers=headers) as client:
        client.welcome()
    with Client(proxy.url(used[1] + "broken")) as client:
        assert client.receive()["type"] == "error"
    server.kill()
    with pytest.raises(InvalidStatus) as refused:
        Client(proxy.url(used[2]))
    assert refused.value.response.status_code in (502, 503)
    proxy.stop()
    written = proxy.written
    assert len(re.findall(r'path(?:":"|=)/ws\b', written)) >= 3, written
    assert re.search(r'status(?:":|=)50[23]', written), written
    for secret in used:
        assert secret not in written
    assert "token=" not in written


def duration(text: str) -> float:
    """Seconds of a duration as nginx, HAProxy and contracts write it."""
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|m|h)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]


@requirement("RNG-050")
@pytest.mark.parametrize("contract", sorted((ROOT / "Contracts").glob("*.yaml")), ids=lambda file: file.stem)
def test_an_idle_connection_outlives_the_proxies_timeouts_by_its_heartbeat(contract: pathlib.Path) -> None:
    heartbeat = yaml.safe_load(contract.read_text(encoding="utf-8")).get("heartbeat") or {}
    # The defaults of a contract (docs/contract-reference.md).
    needed = duration(str(heartbeat.get("every", "30s"))) + duration(str(heartbeat.get("timeout", "10s")))
    nginx = dict(re.findall(r"^\s*proxy_(read|send)_timeout (\w+);", NGINX.read_text(encoding="utf-8"), re.M))
    haproxy = dict(re.findall(r"^\s*timeout (tunnel) (\w+)$", HAPROXY.read_text(encoding="utf-8"), re.M))
    assert set(nginx) == {"read", "send"} and set(haproxy) == {"tunnel"}
    for limit in (*nginx.values(), *haproxy.values()):
        assert duration(limit) >= 2 * needed, f"{limit} is too short for a heartbeat of {needed} s"


# Several nodes


@requirement("RNG-062", "ALL-D15")
def test_a_client_returns_to_its_node_from_any_address(front: Callable[..., Proxy], nodes: Nodes) -> None:
    proxy = front(*nodes)
    first: dict[str, tuple[Server, str]] = {}
    with contextlib.ExitStack() as visits:
        for number in range(1, 13):
            user = did()
            client = visits.enter_context(proxy.connect(user, source_address=(f"127.0.1.{number}", 0)))
            cookie = cookie_of(client)
            assert cookie is not None
            first[user] = home(nodes, user), cookie
    assert {server.name for server, _ in first.values()} == {server.name for server in nodes}, "one node got every client"
    for visit in range(2):
        for number, (user, (server, cookie)) in enumerate(first.items(), start=1):
            eventually(lambda: not server.admin.connections(user), what="the end of the visit before")
            with proxy.connect(user, cookie=cookie, source_address=(f"127.0.2.{number + visit}", 0)) as client:
                assert home(nodes, user) is server
                assert cookie_of(client) is None, "the cookie was set although it was there"


@requirement("RNG-062")
@pytest.mark.parametrize("proxy_kind", ["nginx"], indirect=True)
def test_nginx_brings_a_client_without_cookies_back_by_its_address(front: Callable[..., Proxy], nodes: Nodes) -> None:
    proxy = front(*nodes)
    homes: dict[str, set[str]] = {}
    for address in [f"127.0.3.{number}" for number in range(1, 13)] * 2:
        user = did()
        with proxy.connect(user, source_address=(address, 0)):
            homes.setdefault(address, set()).add(home(nodes, user).name)
    assert all(len(names) == 1 for names in homes.values()), homes
    assert set.union(*homes.values()) == {server.name for server in nodes}


@requirement("RNG-062")
@pytest.mark.parametrize("end", ["stops", "dies"])
def test_when_a_node_ends_its_clients_are_served_by_the_other(
    front: Callable[..., Proxy], serve: Callable[..., Server], end: str
) -> None:
    both = [serve(), serve()]
    proxy = front(*both)
    user = did()
    client = proxy.connect(user)
    cookie = cookie_of(client)
    gone = home(both, user)
    (left,) = [server for server in both if server is not gone]
    if end == "stops":
        gone.stop()
        client.expect_close(1001)
    else:
        gone.kill()
    client.close()
    for _ in range(3):
        with proxy.connect(user, cookie=cookie) as again:
            assert home(both, user) is left
            again.subscribe("global")
            left.admin.publish("announcement", {"text": "still here"}, to=["global"])
            assert again.receive_event("announcement")["data"] == {"text": "still here"}
        eventually(lambda: not left.admin.connections(user), what="the end of the visit")


# TLS, by taking the comments' marks away


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "chain.pem", folder / "key.pem")
    files.chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def test_tls_ends_at_the_proxy(front: Callable[..., Proxy], nodes: Nodes, certificate: Certificate) -> None:
    proxy = front(nodes[0], certificate=certificate)
    trust = ssl.create_default_context(cafile=str(certificate.chain))
    user = did()
    with Client(proxy.url(token(user), scheme="wss"), ssl=trust) as client:
        assert client.welcome()["userId"] == user
        client.subscribe("global")
