# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION: the printed blocks, run as they are printed, in Node and in a browser, with the stock client (ALL-D12)."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from harness.documents import printed
from harness.javascript import TRANSPORTS, VERSIONS, Program
from harness.orion import TIMESTAMP, Orion, fresh_user
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
Run = Callable[..., Program]

#: The blocks that use `socket` run behind this, and say when they may be sent something.
SOCKET = """
const socket = io('http://localhost:20004', { auth: { token } });
socket.on('connect', () => say('ready', socket.id));
socket.on('connect_error', (error) => say('refused', error.message));
"""


@pytest.fixture
def open_socket(orion: Orion, javascript: Run) -> Callable[..., Program]:
    """Runs a block with a `socket` that is connected, as one user of the test's own."""

    def run(block: str, *, user: str | None = None, roles: list[str] | None = None, **options: Any) -> Program:
        names = {"token": token(user or fresh_user(), roles=roles)} | options.pop("names", {})
        program = javascript(SOCKET + printed(block), hosts=orion.hosts, names=names, **options)
        program.expect("ready")
        return program

    return run


@pytest.fixture(params=["node", "chromium"])
def open_page(request: pytest.FixtureRequest, open_socket: Callable[..., Program]) -> Callable[..., Program]:
    """The same, in Node and in a page."""
    return functools.partial(open_socket, runtime=request.param)


# Connecting


@requirement("ORI-001", "ORI-002", "ALL-D12")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_the_connection_block(orion: Orion, javascript: Run, version: str, transports: list[str]) -> None:
    text = printed("orion-connect.js", {"your-jwt-token": token(fresh_user())})
    program = javascript(text, version=version, transports=transports, hosts=orion.hosts)
    assert program.expect_line("Connected:").removeprefix("Connected:").strip()


@requirement("ORI-002")
def test_the_connection_block_tells_of_refusals_and_ends(
    serve_orion: Callable[..., Orion], javascript: Run
) -> None:
    orion = serve_orion()
    refused = javascript(printed("orion-connect.js", {"your-jwt-token": "garbage"}), hosts=orion.hosts)
    assert refused.expect_line("Connection error:") == "Connection error: invalid token"
    program = javascript(
        printed("orion-connect.js", {"your-jwt-token": token(fresh_user())}), hosts=orion.hosts
    )
    program.expect_line("Connected:")
    assert orion.stop() == 0
    assert program.expect_line("Disconnected:").startswith("Disconnected: transport")
    program.expect_line("Connection error:")


@requirement("ORI-007")
def test_the_authentication_block(orion: Orion, javascript: Run) -> None:
    program = javascript(
        printed("orion-authentication.js"), hosts=orion.hosts, names={"jwtToken": token(fresh_user())}
    )
    program.run("socket.on('connect', () => say('ready'));")
    program.expect("ready")


@requirement("ORI-007", "ORI-009")
def test_the_token_block_connects_again_under_the_new_token(orion: Orion, javascript: Run) -> None:
    before, after = fresh_user(), fresh_user()
    program = javascript(
        printed("orion-token.js"), hosts=orion.hosts,
        names={"accessToken": token(before), "newAccessToken": token(after)},
    )
    program.run("socket.on('connect', () => say('ready')); socket.on('user:profile-updated', (data) => say('told', data));")
    program.expect("ready")
    data = {"userId": after, "changes": ["name"], "timestamp": TIMESTAMP}
    orion.admin.publish("user:profile-updated", data)
    assert program.expect("told") == [data]
    assert eventually(lambda: not orion.admin.connections(before))


@requirement("ORI-010", "ORI-D03")
def test_the_refresh_block_connects_with_a_new_token(orion: Orion, javascript: Run) -> None:
    text = SOCKET + "const refreshToken = () => Promise.resolve(fresh);\n" + printed("orion-refresh.js")
    program = javascript(
        text, hosts=orion.hosts, names={"token": token("eve", expires_in=-3600), "fresh": token(fresh_user())}
    )
    assert program.expect("refused") == ["invalid token"]
    program.expect("ready")


@requirement("ORI-022", "ORI-030", "ORI-036")
def test_the_admin_block(orion: Orion, javascript: Run) -> None:
    program = javascript(
        printed("orion-admin.js"), hosts=orion.hosts, names={"adminToken": token(fresh_user(), roles=["admin"])}
    )
    program.run(
        "adminSocket.on('connect', () => say('ready')); adminSocket.on('admin:event', (data) => say('told', data));"
    )
    program.expect("ready")
    orion.admin.publish("admin:event", {"type": "warning"})
    assert program.expect("told") == [{"type": "warning"}]


# Events


@requirement("ORI-012", "ORI-011")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_the_health_block(orion: Orion, open_page: Callable[..., Program], transports: list[str]) -> None:
    program = open_page("orion-health-update.js", functions=["showAlert"], transports=transports)
    orion.update("block-a")
    orion.update("block-b", "unhealthy")
    assert program.expect("showAlert") == ["Service block-b is down"]
    assert program.expect_line("block-a is") == "block-a is healthy"
    assert program.expect_line("block-b is") == "block-b is unhealthy"


@requirement("ORI-013", "ORI-014")
def test_the_blocks_about_services_that_come_and_go(orion: Orion, open_page: Callable[..., Program]) -> None:
    found = {"service": "analytics", "url": "http://localhost:20005", "port": 20005, "version": "1.0.0",
             "timestamp": TIMESTAMP}
    program = open_page("orion-service-discovered.js", functions=["updateServiceList", "removeFromServiceList"])
    program.run(printed("orion-service-removed.js"))
    orion.admin.publish("health:service-discovered", found)
    assert program.expect("updateServiceList") == [found]
    assert program.expect_line("New service") == "New service discovered: analytics at http://localhost:20005"
    orion.admin.publish("health:service-removed", {"service": "analytics", "reason": "gone", "timestamp": TIMESTAMP})
    assert program.expect("removeFromServiceList") == ["analytics"]
    assert program.expect_line("Service removed") == "Service removed: analytics - gone"


@requirement("ORI-015", "ORI-038")
def test_the_system_block_dispatches_on_the_type(orion: Orion, open_page: Callable[..., Program]) -> None:
    program = open_page("orion-system-event.js", functions=["showCriticalAlert", "logError", "showWarning"])
    event = {"category": "c", "source": "s", "timestamp": TIMESTAMP, "metadata": {"attemptedReconnects": 5}}
    for kind in ("critical", "error", "warning", "info"):
        orion.admin.publish("system:event", event | {"type": kind, "message": f"a {kind}"})
    assert program.expect("showCriticalAlert") == ["a critical"]
    assert program.expect("logError") == [event | {"type": "error", "message": "a error"}]
    assert program.expect("showWarning") == ["a warning"]
    assert program.expect_line("a info") == "a info"


@requirement("ORI-017")
def test_the_metrics_block(orion: Orion, open_page: Callable[..., Program]) -> None:
    program = open_page("orion-metrics.js", functions=["updateMetricsChart", "showWarning"])
    metrics = {"cpu": 91.5, "memory": 62.8, "requests": 15420, "errors": 12,
               "latency": {"avg": 45.2, "p50": 38, "p95": 120, "p99": 250}}
    orion.admin.publish("metrics:update", {"service": "gateway", "metrics": metrics, "timestamp": TIMESTAMP})
    assert program.expect("updateMetricsChart") == ["gateway", metrics]
    assert program.expect("showWarning") == ["High CPU usage on gateway: 91.5%"]


@requirement("ORI-018", "ORI-019", "ORI-037")
def test_the_notification_blocks(orion: Orion, open_page: Callable[..., Program]) -> None:
    user = fresh_user()
    program = open_page(
        "orion-notification-delivered.js", user=user, functions=["updateNotificationStatus", "handleNotificationFailure"]
    )
    program.run(printed("orion-notification-failed.js"))
    data = {"notificationId": "n-7", "userId": user, "channel": "push", "status": "delivered", "timestamp": TIMESTAMP}
    orion.admin.publish("notification:delivered", data)
    assert program.expect("updateNotificationStatus") == ["n-7", "delivered"]
    assert program.expect_line("Notification n-7") == "Notification n-7 delivered via push"
    failed = data | {"status": "failed", "error": {"code": "E", "message": "no device"}}
    orion.admin.publish("notification:failed", failed)
    assert program.expect("handleNotificationFailure") == [failed]
    assert program.expect_line("Notification failed") == "Notification failed: no device"


@requirement("ORI-020")
def test_the_session_block_leads_to_the_login(orion: Orion, open_socket: Callable[..., Program]) -> None:
    user = fresh_user()
    program = open_socket(
        "orion-session-expired.js", user=user, functions=["clearLocalStorage"], names={"window": {"location": {}}}
    )
    orion.admin.publish(
        "user:session-expired",
        {"userId": user, "sessionId": "s", "expiryReason": "revoked", "timestamp": TIMESTAMP},
    )
    program.expect("clearLocalStorage")
    program.run("say('href', window.location.href);")
    assert program.expect("href") == ["/login"]


@requirement("ORI-021")
def test_the_profile_block(orion: Orion, open_page: Callable[..., Program]) -> None:
    user = fresh_user()
    program = open_page(
        "orion-profile-updated.js", user=user, functions=["fetchUserProfile"], names={"currentUser": {"id": user}}
    )
    orion.admin.publish("user:profile-updated", {"userId": user, "changes": ["name"], "timestamp": TIMESTAMP})
    program.expect("fetchUserProfile")


# What clients send


@requirement("ORI-023", "ORI-025", "ORI-026")
def test_the_subscribe_and_unsubscribe_blocks(orion: Orion, open_page: Callable[..., Program]) -> None:
    program = open_page("orion-subscribe.js")
    program.run(
        "for (const name of ['subscribed', 'unsubscribed', 'health:update'])"
        " { socket.on(name, (data) => say(name, data.services || data.service)); }"
    )
    # The listener may have come too late for the answers; another request comes behind them.
    program.run("socket.emit('request:health', { services: ['auth'] }, () => say('asked'));")
    program.expect("asked")
    orion.update("block-later")
    assert program.expect("health:update") == ["block-later"]
    program.run(printed("orion-unsubscribe.js"))
    assert program.expect("unsubscribed") == [["auth"]]
    orion.update("auth")
    orion.update("user")
    assert program.expect("health:update") == ["user"]


@requirement("ORI-027")
def test_the_request_block(orion: Orion, open_socket: Callable[..., Program]) -> None:
    for service in ("auth", "user"):
        orion.update(service)
    program = open_socket("orion-request.js")
    program.expect_line("Health status:")
    # The console shows the object over several lines.
    for shown in ("auth:", "user:", f"{{ status: 'healthy', timestamp: '{TIMESTAMP}' }}"):
        eventually(lambda: any(shown in line for line in program.lines), what=shown)


@requirement("ORI-039", "ORI-040", "ORI-041", "ORI-D16")
def test_the_error_block_takes_its_branches(orion: Orion, open_page: Callable[..., Program]) -> None:
    user = fresh_user()
    program = open_page("orion-errors.js", user=user)
    program.run("socket.on('error', (error) => say('error', error.code));")
    program.run("socket.emit('subscribe:health', {});")
    assert program.expect("error") == ["INVALID_PAYLOAD"]
    program.run("for (let count = 0; count < 11; count++) { socket.emit('subscribe:health', { services: ['a'] }); }")
    assert program.expect("error") == ["RATE_LIMIT"]
    assert program.expect_line("Socket error:")
    # The connection ends five seconds after the session.
    data = {"userId": user, "sessionId": "s", "expiryReason": "logout", "timestamp": TIMESTAMP}
    orion.admin.publish("user:session-expired", data)
    assert program.expect("error") == ["UNAUTHORIZED"]


# Best practices


@requirement("ORI-048", "ORI-052", "ALL-D10")
def test_the_reconnection_block_comes_back_and_subscribes(
    serve_orion: Callable[..., Orion], javascript: Run
) -> None:
    orion = serve_orion()
    text = (
        "let calls = 0;\nconst getToken = () => { calls += 1; return token; };\n" + printed("orion-reconnection.js")
        + "\nsocket.on('connect', () => say('ready'));\nsocket.on('disconnect', (reason) => say('gone', reason));\n"
        "socket.on('reconnect', (attempt) => say('back', attempt));\n"
        "socket.on('health:update', (data) => say('update', data.service));\n"
        "socket.on('subscribed', (data) => say('subscribed', data.services));\n"
    )
    program = javascript(text, hosts=orion.hosts, names={"token": token(fresh_user())})
    program.expect("ready")
    # The transport ends as when the network does.
    program.run("socket.io.engine.close();")
    program.expect("gone")
    orion.update("missed")
    program.expect("ready")
    assert program.expect("back") == [1]
    assert program.expect_line("Reconnected after") == "Reconnected after 1 attempts"
    assert program.expect("subscribed") == [["*"]]
    assert program.expect("update") == ["missed"]
    orion.update("later")
    assert program.expect("update") == ["later"]


@requirement("ORI-052")
def test_chosen_services_are_restored(serve_orion: Callable[..., Orion], javascript: Run) -> None:
    orion = serve_orion()
    text = SOCKET + (
        "socket.on('health:update', (data) => say('update', data.service));\n"
        "socket.on('disconnect', () => say('gone'));\n"
    )
    program = javascript(text, hosts=orion.hosts, names={"token": token(fresh_user())})
    program.expect("ready")
    program.run("socket.emit('subscribe:health', { services: ['*'] }, () => say('subscribed'));")
    program.expect("subscribed")
    program.run("socket.emit('unsubscribe:health', { services: ['noise'] }, () => say('unsubscribed'));")
    program.expect("unsubscribed")
    program.run("socket.io.engine.close();")
    program.expect("gone")
    orion.update("noise")
    orion.update("missed")
    program.expect("ready")
    assert program.expect("update") == ["missed"]
    orion.update("noise")
    orion.update("later")
    assert program.expect("update") == ["later"]


@requirement("ORI-049")
def test_the_handlers_block_keeps_to_its_own_listener(orion: Orion, javascript: Run) -> None:
    text = (
        "let cleanUp; const useEffect = (effect) => { cleanUp = effect(); };\n" + SOCKET
        + "socket.on('health:update', () => say('other'));\n" + printed("orion-handlers.js")
    )
    program = javascript(text, hosts=orion.hosts, names={"token": token(fresh_user())}, functions=["updateHealth"])
    program.expect("ready")
    sent = orion.update("handled")
    program.expect("other")
    assert program.expect("updateHealth") == [sent]
    program.run("socket.io.engine.close();")
    program.expect("ready")
    program.run("cleanUp(); say('clean');")
    program.expect("clean")
    orion.update("unhandled")
    program.expect("other")
    program.expect_silence("updateHealth", during=0.05)
    assert [line for line in program.lines if "established" in line] == ["Initial connection established"]


@requirement("ORI-050", "ORI-051", "ALL-D10")
def test_the_resilient_block_pings_while_it_is_connected_and_restores(orion: Orion, javascript: Run) -> None:
    # The clock of the program runs a hundred times as fast.
    text = (
        "const wait = setInterval; globalThis.setInterval = (call, time) => { say('interval', time); return wait(call, time / 100); };\n"
        + printed("orion-resilient.js")
        + "\nconst socket = createResilientSocket('http://localhost:20004', { auth: { token } });\n"
        "socket.on('connect', () => say('ready'));\nsocket.on('pong', () => say('pong'));\n"
        "socket.on('error', (error) => say('error', error.code));\n"
        "function restoreSubscriptions(restored) { say('restored', restored === socket); }\n"
    )
    program = javascript(text, hosts=orion.hosts, names={"token": token(fresh_user())})
    program.expect("ready")
    assert program.expect("interval") == [25000]
    for _ in range(2):
        program.expect("pong")
    program.run("socket.io.engine.close();")
    program.expect("ready")
    assert program.expect("restored") == [True]
    program.expect("pong")
    program.run("socket.disconnect(); say('off');")
    program.expect("off")
    program.expect_silence("pong", during=0.6)
    program.expect_silence("error", during=0.05)
