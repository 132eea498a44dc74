# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain's frontend while the network, the server or its own token fails: what it shows, tries, and never loses."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.broken import BROKEN, BrokenServer, HalfServer
from harness.frontend import open_app
from harness.paychain import PayChain
from harness.ports import free_port
from harness.react import ReactPage
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
React = Callable[..., ReactPage]
Make = Callable[..., PayChain]
pytestmark = pytest.mark.usefixtures("client_package")

WELCOME = '{"type":"connected","data":{"connection_id":"1"},"timestamp":"2025-11-01T12:00:00.000Z"}'
#: A network that is gone is noticed by the missing pong, here after one second.
QUICK = "options: { heartbeat: { timeout: 1000 } }"
NO_TOASTS = f"{{ toast: false, {QUICK} }}"


def job(number: int) -> dict[str, Any]:
    return {"job_id": number, "title": f"Job {number}", "pay_amount_usd": 10}


def connected(page: ReactPage) -> None:
    eventually(lambda: "open true" in page.text() and "🟢 Connected" in page.text(), what="the app's connection")


def disconnected(page: ReactPage) -> None:
    eventually(lambda: "false" in page.text() and "🔴 Disconnected" in page.text(), what="the app's disconnection")


def heard(page: ReactPage) -> list[int]:
    """The numbers of the jobs that the handler got, in order."""
    return [data["job_id"] for _, data in page.evaluate("heard")]


def faults(page: ReactPage) -> list[str]:
    return list(page.evaluate("faults.map((fault) => fault.kind)"))


def subscribed(page: ReactPage) -> None:
    """Waits until the server has confirmed the channels on the newest connection."""
    eventually(
        lambda: any('"subscribed"' in text for text in page.evaluate("sockets[sockets.length - 1].received")),
        what="the server's confirmation",
    )


# Schedule


@requirement("PAY-037", "PAY-038", "PAY-D14", "PAY-068")
def test_a_server_that_is_down_is_tried_after_1_2_4_8_and_16_seconds(react: React) -> None:
    with open_app(react, free_port(), has_clock=True, is_clock_still=True) as page:
        # Time stands still but for what the test lets pass.
        for attempt, delay in enumerate((1, 2, 4, 8, 16)):
            eventually(lambda: "waiting false" in page.text(), what="the failed attempt")
            assert page.evaluate("sockets.length") == attempt + 1
            page.pass_time(delay - 0.05)
            assert page.evaluate("sockets.length") == attempt + 1
            page.pass_time(0.05)
            eventually(lambda: page.evaluate("sockets.length") == attempt + 2, what="the next attempt")
        eventually(lambda: "failed false" in page.text())
        times = page.evaluate("sockets.map((socket) => socket.time)")
        assert [later - earlier for earlier, later in zip(times, times[1:], strict=False)] == [1000, 2000, 4000, 8000, 16000]
        # After the fifth try nothing happens by itself, and the failure is told like the browser's own, without throwing.
        page.pass_time(600)
        assert page.evaluate("sockets.length") == 6 and "🔴 Disconnected" in page.text()
        messages = page.evaluate("faults.map((fault) => fault.message)")
        assert len(messages) == 6 and all(text.startswith("WebSocket connection to 'ws://localhost:") for text in messages)
        assert all("/ws' failed" in text for text in messages) and page.errors == []


@requirement("PAY-D14", "PAY-038")
def test_after_the_last_try_the_user_may_try_again(serve_paychain: Make, react: React) -> None:
    server = serve_paychain(start=False)
    with open_app(react, server.port, channels=["jobs"], has_clock=True, is_clock_still=True) as page:
        for delay in (1, 2, 4, 8, 16):
            eventually(lambda: "waiting" in page.text())
            page.pass_time(delay)
            eventually(lambda: "waiting" in page.text() or "failed" in page.text())
        eventually(lambda: "failed false" in page.text() and "Reconnect" in page.text())
        server.start()
        page.run("document.querySelector('.indicator button').click()")
        connected(page)
        assert "Reconnect" not in page.text()
        subscribed(page)
        server.broadcast("job_created", job(1), channel="jobs")
        eventually(lambda: heard(page) == [1])
        # A success resets the count: the first retry is after one second again.
        server.kill()
        eventually(lambda: "waiting false" in page.text())
        count = page.evaluate("sockets.length")
        page.pass_time(1)
        eventually(lambda: page.evaluate("sockets.length") == count + 1)


# Offline and back


@requirement("PAY-039", "PAY-040", "PAY-036", "PAY-024")
@pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])
def test_offline_and_back_loses_nothing_and_doubles_nothing(paychain: PayChain, react: React, is_strict: bool) -> None:
    with open_app(react, paychain.port, channels=["jobs"], properties=NO_TOASTS, is_strict=is_strict) as page:
        connected(page)
        subscribed(page)
        numbers = iter(range(100))
        expected = []
        for _ in range(2):
            expected += [next(numbers), next(numbers)]
            for number in expected[-2:]:
                paychain.broadcast("job_created", job(number), channel="jobs")
            eventually(lambda: heard(page) == expected)
            page.set_offline(True)
            disconnected(page)
            expected += [next(numbers), next(numbers)]
            for number in expected[-2:]:
                paychain.broadcast("job_created", job(number), channel="jobs")
            assert heard(page) == expected[:-2]
            page.set_offline(False)
            connected(page)
            eventually(lambda: len(heard(page)) >= len(expected), what="what was missed")
            assert heard(page) == expected
        # One connection is left of them all.
        page.run("hook.send('ping')")
        eventually(lambda: paychain.stats()["by_channel"].get("jobs") == 1)
        assert page.errors == []


@requirement("PAY-036")
def test_a_network_that_is_gone_shows_within_two_seconds(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port, properties="{ toast: false }", has_clock=True, is_clock_still=True) as page:
        connected(page)
        page.set_offline(True)
        # The line is tried: it may have survived what the browser says of the network.
        eventually(lambda: any('"ping"' in text for text in page.evaluate("sockets[0].sent")), what="the ping")
        page.pass_time(1.9)
        assert "🟢 Connected" in page.text()
        page.pass_time(0.1)
        disconnected(page)
        # All tries run out before the network is back. Then it begins anew by itself.
        for attempt, delay in enumerate((1, 2, 4, 8, 16)):
            eventually(lambda: "waiting false" in page.text(), what="the failed attempt")
            page.pass_time(delay)
            eventually(lambda: page.evaluate("sockets.length") == attempt + 2, what="the next attempt")
        eventually(lambda: "failed false" in page.text(), what="the end of the tries")
        page.set_offline(False)
        connected(page)
        assert page.errors == []


@requirement("PAY-039", "PAY-040")
def test_a_server_that_is_killed_and_comes_back(serve_paychain: Make, react: React) -> None:
    server = serve_paychain()
    with open_app(react, server.port, channels=["jobs"], properties=NO_TOASTS) as page:
        connected(page)
        subscribed(page)
        server.broadcast("job_created", job(1), channel="jobs")
        eventually(lambda: heard(page) == [1])
        server.kill()
        disconnected(page)
        server.start()
        # Published before the page is back, or after it: once, in order, either way.
        for number in (2, 3, 4):
            server.broadcast("job_created", job(number), channel="jobs")
        connected(page)
        server.broadcast("job_created", job(5), channel="jobs")
        eventually(lambda: 5 in heard(page))
        assert heard(page) == [1, 2, 3, 4, 5]
        assert page.errors == []


@requirement("PAY-029")
def test_what_is_sent_while_offline_is_sent_later_once(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port, properties=NO_TOASTS) as page:
        connected(page)
        page.set_offline(True)
        disconnected(page)
        page.run("hook.send('first', { a: 1 }); hook.subscribe('board'); hook.send('second')")
        page.set_offline(False)
        connected(page)
        subscribed(page)
        sent = [json.loads(text) for text in page.evaluate("sockets.flatMap((socket) => socket.sent)")]
        assert [frame for frame in sent if frame["type"] != "ping"] == [
            {"type": "subscribe", "channels": ["board"]}, {"type": "first", "data": {"a": 1}}, {"type": "second"},
        ]


@requirement("PAY-035")
def test_lists_are_fetched_again_after_a_reconnect(paychain: PayChain, react: React) -> None:
    properties = "{ queryClient: { invalidateQueries: ({ queryKey }) => say('invalidated', queryKey) }, " + QUICK + " }"
    with open_app(react, paychain.port, properties=properties) as page:
        connected(page)
        page.expect_silence("invalidated")
        page.set_offline(True)
        disconnected(page)
        page.set_offline(False)
        assert sorted([page.expect("invalidated"), page.expect("invalidated")]) == [[["jobs"]], [["payments"]]]
        page.expect_silence("invalidated")


# Tokens


def test_a_token_that_expires_while_offline_is_asked_for_anew(users: PayChain, react: React) -> None:
    # The first is good for some seconds, which pass offline; the second is the session's next.
    names = {"TOKENS": [token("7", expires_in=3, user_type="employer"), token("7", user_type="employer")]}
    setup = "let asked = 0; globalThis.give = async () => { say('asked'); return TOKENS[Math.min(asked++, 1)]; };\n"
    with open_app(react, users.port, properties=f"{{ token: give, {QUICK} }}", channels=["jobs"], names=names, setup=setup) as page:
        expiry = time.monotonic() + 3
        page.expect("asked")
        connected(page)
        page.set_offline(True)
        disconnected(page)
        time.sleep(max(0.0, expiry - time.monotonic()))
        page.set_offline(False)
        page.expect("asked")
        connected(page)
        subscribed(page)
        users.broadcast("job_created", job(1), channel="jobs")
        eventually(lambda: heard(page) == [1])
        assert len(users.admin.connections("7")) == 1 and page.errors == []


def test_a_token_that_is_refused_ends_the_tries(users: PayChain, react: React) -> None:
    names = {"EXPIRED": token("7", expires_in=-60)}
    with open_app(react, users.port, properties="{ token: EXPIRED }", names=names) as page:
        eventually(lambda: "failed false" in page.text())
        assert "🔴 Disconnected" in page.text() and "Reconnect" in page.text()
        # The server says why, then closes with 4001.
        assert page.evaluate("sockets.length") == 1 and faults(page) == ["server", "refused"]
        assert names["EXPIRED"] not in json.dumps(page.evaluate("faults"))
        assert page.errors == []


@pytest.mark.parametrize("give", ["() => { throw new Error('no session'); }", "() => Promise.reject('no session')"])
def test_a_token_function_that_fails_is_told_and_asked_again(users: PayChain, react: React, give: str) -> None:
    names = {"GOOD": token("7")}
    setup = f"const fail = {give}; let asked = 0; globalThis.give = () => asked++ === 0 ? fail() : GOOD;\n"
    with open_app(react, users.port, properties="{ token: give }", names=names, setup=setup) as page:
        connected(page)
        assert "token" in faults(page) and page.errors == []


# Broken servers


@requirement("RNG-058")
@pytest.mark.parametrize("is_production", [False, True], ids=["development", "production"])
def test_broken_frames_never_break_the_page(react: React, is_production: bool) -> None:
    last = json.dumps({"type": "job_created", "data": job(7), "timestamp": "2025-11-01T12:00:00.000Z"})
    with BrokenServer([*BROKEN, WELCOME, *BROKEN, last]) as server:
        with open_app(react, server.port, channels=["jobs"], is_production=is_production) as page:
            connected(page)
            eventually(lambda: [data["job_id"] for _, data in page.evaluate("heard") if type(data) is dict and "job_id" in data] == [7])
            # No handler of the page's or of the package's threw.
            assert page.errors == [] and "frame" in faults(page) and "handler" not in faults(page)
            assert page.evaluate("({}).polluted === undefined && [].polluted === undefined")
            assert len(page.evaluate("document.querySelectorAll('.switchboard-toast')")) <= 5
            eventually(lambda: server.received)
            assert page.evaluate("sockets.length") == 1


@requirement("PAY-068")
def test_servers_that_die_in_the_handshake_are_tried_again(react: React) -> None:
    with HalfServer(HalfServer.CLOSE, HalfServer.HALF, HalfServer.NONSENSE, HalfServer.SILENT) as server:
        with open_app(react, server.port, has_clock=True, is_clock_still=True) as page:
            for delay in (1, 2, 4):
                eventually(lambda: "waiting false" in page.text())
                page.pass_time(delay)
            # The one that never answers is given up after its time.
            eventually(lambda: server.asked == 4 and "connecting false" in page.text())
            page.pass_time(15)
            eventually(lambda: "waiting false" in page.text())
            assert faults(page) == ["connection"] * 4 and page.errors == []
            page.run("unmount()")
            page.pass_time(60)
            assert server.asked == 4


def test_handlers_that_throw_stop_nobody(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port) as page:
        connected(page)
        page.run(
            "hook.on('job_created', () => { throw new Error('mine'); });"
            "const stop = hook.on('job_created', (data) => { say('once', data.job_id); stop(); });"
            "hook.on('job_created', (data) => say('last', data.job_id));"
        )
        for number in (1, 2):
            paychain.broadcast("job_created", job(number))
            assert page.expect("last") == [number]
        assert page.expect("once") == [1]
        page.expect_silence("once")
        assert faults(page) == ["handler", "handler"] and heard(page) == [1, 2] and page.errors == []
