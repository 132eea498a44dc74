# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`serve --pages`: static files over real sockets, and who is told what the mocked server's own pages need."""

import pathlib
from collections.abc import Iterator

import httpx
import pytest

from harness.demo import DemoServer
from harness.raw import RawSocket
from harness.server import API_KEY
from harness.waiting import eventually


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("pages") / "public"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Hello</title>")
    (folder / "app.js").write_text("console.log('hi')")
    (folder / ".secret").write_text("hidden")
    (folder / "metrics").write_text("not the server's")
    (folder.parent / "outside.txt").write_text("not for you")
    (folder / "link.txt").symlink_to(folder.parent / "outside.txt")
    (folder / "users.json").write_text('{"rangkai": [{"user": "did:rangkai:carol", "name": "Carol", "roles": ["governance_signer"]}]}')
    return folder


@pytest.fixture(scope="module")
def server(folder: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    server = DemoServer(tmp_path_factory.mktemp("data"), "--mock", pages=folder, name="pages").start()
    yield server
    server.let_go()
    server.stop()


def ask(server: DemoServer, method: str, path: str, **headers: str) -> httpx.Response:
    """As `localhost`, which a header of the test may replace."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(
        method, f"http://127.0.0.1:{server.admin_port}{path}", trust_env=False,
        headers={"Host": f"localhost:{server.admin_port}"} | names,
    )


def publish(server: DemoServer, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return httpx.post(
        f"http://127.0.0.1:{server.admin_port}/demo/publish/rangkai", trust_env=False,
        content='{"event": "announcement", "data": {"title": "t"}}',
        headers={"Host": f"localhost:{server.admin_port}", "Content-Type": "application/json"} | names,
    )


def test_files_are_served_at_the_root(server: DemoServer) -> None:
    page = ask(server, "GET", "/")
    assert page.status_code == 200 and "Hello" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["x-content-type-options"] == "nosniff"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert ask(server, "GET", "/app.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_what_a_browser_has_is_not_sent_again(server: DemoServer) -> None:
    tag = ask(server, "GET", "/").headers["etag"]
    again = ask(server, "GET", "/", If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert ask(server, "GET", "/app.js", If_None_Match=tag).status_code == 200


def test_head_says_what_get_would(server: DemoServer) -> None:
    full, head = ask(server, "GET", "/"), ask(server, "HEAD", "/")
    assert head.status_code == 200 and head.content == b""
    assert head.headers["content-length"] == str(len(full.content))
    assert ask(server, "POST", "/").status_code == 405
    assert ask(server, "POST", "/").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/a/../../outside.txt", "//outside.txt",
        "/..\\outside.txt", "/%2e%2e%2foutside.txt", "/.secret", "/%2esecret", "/link.txt", "/index.html%00.js", "/nothing",
        "/etc/passwd", "/../../../../etc/passwd", "/public/index.html",
    ],
)
def test_nothing_else_can_be_had(server: DemoServer, path: str) -> None:
    # As it stands: no client library makes it harmless first.
    with RawSocket(server.admin_port) as connection:
        assert connection.request("GET", path) in (400, 401, 404)


def test_the_api_s_own_paths_stay_the_api_s(server: DemoServer) -> None:
    assert "not the server's" not in ask(server, "GET", "/metrics").text
    assert ask(server, "GET", "/health/ready").status_code == 200
    assert ask(server, "GET", "/v1/platforms").status_code == 401


def test_the_page_is_told_users_with_tokens(server: DemoServer) -> None:
    answer = ask(server, "GET", "/demo.json")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    platforms = {platform["name"]: platform for platform in answer.json()["platforms"]}
    assert set(platforms) == {"rangkai", "rooms", "paychain", "orion", "bulkbuyer"}
    [carol] = platforms["rangkai"]["users"]
    assert (carol["id"], carol["name"]) == ("did:rangkai:carol", "Carol")
    client = server.open(carol["token"])
    assert client.welcome()["userId"] == "did:rangkai:carol"
    client.send({"type": "subscribe", "channel": "proposal:1"})
    assert client.receive()["type"] == "subscribed"
    client.close()
    # Without a file's word those whom the contract's examples are about.
    assert all(user["session"] for user in platforms["bulkbuyer"]["users"])
    assert platforms["bulkbuyer"]["cookie"] == "session"
    assert API_KEY not in answer.text


FOREIGN = [
    {"Host": "evil.example"}, {"Host": "evil.example:9000"}, {"Host": "localhost.evil.example"}, {"Host": "127.0.0.1.nip.io"},
    {"Origin": "http://evil.example"}, {"Origin": "http://localhost:5173"}, {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"X_Forwarded_For": "192.0.2.1"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: "-".join([*headers, *headers.values()]))
def test_others_are_told_nothing_and_publish_nothing(server: DemoServer, headers: dict[str, str]) -> None:
    own = f"http://localhost:{server.admin_port}"
    for path in ("/demo.json", "/demo/history/rangkai?channel=global"):
        answer = ask(server, "GET", path, **headers)
        assert answer.status_code == 403 and "token" not in answer.text
        assert "access-control-allow-origin" not in answer.headers
    assert publish(server, **{"Origin": own} | headers).status_code == 403


def test_the_page_publishes_and_reads_what_is_kept(server: DemoServer) -> None:
    own = f"http://localhost:{server.admin_port}"
    answer = publish(server, Origin=own, Sec_Fetch_Site="same-origin")
    assert answer.status_code == 200 and answer.json()["channels"] == ["global"]
    kept = ask(server, "GET", "/demo/history/rangkai?channel=global", Sec_Fetch_Site="same-origin")
    assert answer.json()["id"] in [publication["id"] for publication in kept.json()["publications"]]
    # Who says not which page asks is none; nor is a form, which another site may send unasked.
    assert publish(server).status_code == 403
    assert publish(server, Origin=own, Content_Type="text/plain").status_code == 415
    assert ask(server, "GET", "/demo/publish/rangkai", Origin=own).status_code == 405
    # It is no way around to the rest of the API.
    for path in ("/demo/publish/rangkai/../../v1/reload", "/demo/publish/", "/demo/publish/nothing", "/demo/publish/rangkai%2f.."):
        assert ask(server, "POST", path, Origin=own, Content_Type="application/json").status_code in (401, 403, 404)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [((), {}), (("--mock",), {"SWITCHBOARD_ENV": "production"})],
    ids=["without a mock", "in production"],
)
def test_only_a_mocked_server_outside_production_tells(
    folder: pathlib.Path, tmp_path: pathlib.Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    if variables:
        long = "0123456789abcdef0123456789abcdef-of-tests"
        variables |= {f"{name}_JWT_SECRET": long for name in ("RANGKAI", "ROOMS", "PAYCHAIN", "ORION")}
        variables |= {"LOTTERY_KEY": long + "1", "QUIZ_KEY": long + "2", "QUIZ_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    server = DemoServer(tmp_path / "data", *arguments, pages=folder, name="pages-closed", **variables)
    if variables:
        server.launch()
        # It may refuse to mock in production, or serve without the demo: either is closed.
        try:
            server.wait(10)
            assert "production" in server.log
            return
        except Exception:  # noqa: BLE001 - it runs
            pass
    else:
        server.start()
    try:
        assert ask(server, "GET", "/").status_code == 200
        for path in ("/demo.json", "/demo/history/rangkai?channel=global"):
            assert ask(server, "GET", path).status_code in (401, 404)
        assert publish(server, Origin=f"http://localhost:{server.admin_port}").status_code in (401, 404)
    finally:
        server.let_go()
        server.stop()


def test_a_folder_that_is_not_there_is_told_at_the_start(tmp_path: pathlib.Path) -> None:
    server = DemoServer(tmp_path / "data", pages=tmp_path / "nowhere", name="pages-missing").launch()
    assert server.wait() == 1
    assert "error: --pages: there is no folder" in server.log


def test_the_start_says_one_address_first_and_last(server: DemoServer) -> None:
    address = f"http://localhost:{server.admin_port}/"
    eventually(lambda: f"ready: {address}" in server.log, what="the end of the report")
    # The file may have more, of a server before on the same port.
    lines = server.log.split("\n--- ")[-1].splitlines()
    said = lines.index(f"Open {address} in a browser: the platforms' events, live.")
    assert said < next(index for index, line in enumerate(lines) if line.startswith("bulkbuyer: ws://"))
    assert f"ready: {address}" in lines
