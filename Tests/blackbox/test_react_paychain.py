# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain's frontend: the provider and its hook in Chromium with React 18, against the real server."""

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from harness.documents import printed
from harness.frontend import APP, CONTEXT, RECORD, open_app
from harness.node import NODE_PATH, NodeProgram, needs_node
from harness.paychain import PayChain
from harness.react import PACKAGE, ReactPage
from harness.tokens import token
from harness.waiting import SILENCE, eventually

requirement = pytest.mark.requirement
React = Callable[..., ReactPage]
pytestmark = pytest.mark.usefixtures("client_package")

JOB = {"job_id": 123, "title": "Full Stack Developer", "pay_amount_usd": 5000}
EVENTS: dict[str, dict[str, Any]] = {
    "job_created": JOB,
    "job_accepted": {"job_id": 123, "worker_id": 456},
    "job_completed": {"job_id": 123, "payment_released": True},
    "job_refunded": {"job_id": 123, "reason": "expired"},
}
#: Mounts the printed component in a provider, which takes it out when the test says so.
JOB_LIST = """
import { WebSocketProvider } from './contexts/WebSocketContext';
import { JobList } from './components/JobList';
export function App() {
  const [isShown, show] = React.useState(true);
  globalThis.showList = show;
  return <WebSocketProvider url={URL_OF_SERVER} toast={false}>{isShown && <JobList />}</WebSocketProvider>;
}
"""
#: What the printed component takes for granted.
GIVEN = RECORD + "globalThis.useEffect = React.useEffect;\nglobalThis.toast = { success: (text) => say('toast', text) };\n"


@pytest.fixture(params=["development", "strict", "production"])
def mode(request: pytest.FixtureRequest) -> dict[str, bool]:
    return {"is_strict": request.param == "strict", "is_production": request.param == "production"}


def connected(page: ReactPage) -> ReactPage:
    eventually(lambda: "open true" in page.text(), what="the app's connection")
    return page


def sent(page: ReactPage, *types: str) -> list[dict[str, Any]]:
    """What the page has sent of these types; all but pings where none is named."""
    frames = [json.loads(text) for text in page.evaluate("sockets.flatMap((socket) => socket.sent)")]
    return [frame for frame in frames if (frame["type"] in types if types else frame["type"] != "ping")]


def run_block(page: ReactPage, name: str) -> None:
    """Runs a printed block with the hook's values in scope."""
    block = json.dumps(f"{{ {printed(name)} }}")
    page.run(f"new Function(...Object.keys(hook), {block})(...Object.values(hook))")


def toasts(page: ReactPage) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('.switchboard-toast')].map((toast) => toast.innerText)"))


def texts(*expected: tuple[str, str]) -> list[str]:
    """As toasts are read: icon, text and the button's sign."""
    return ["\n".join((icon, text, "×")) for icon, text in expected]


# The printed component


@requirement("PAY-022", "PAY-023", "PAY-D11")
def test_the_printed_job_list_runs(paychain: PayChain, react: React, mode: dict[str, bool]) -> None:
    block = printed("paychain-joblist.jsx")
    modules = {
        "/src/contexts/WebSocketContext.jsx": CONTEXT.read_text(encoding="utf-8"),
        "/src/components/JobList.jsx": f"{block}\nexport {{ JobList }};\n",
    }
    names = {"URL_OF_SERVER": f"ws://localhost:{paychain.port}/ws"}
    connected_text, disconnected_text = (line.split("'")[1::2] for line in block.splitlines() if "isConnected ?" in line).__next__()
    with react(JOB_LIST, modules=modules, names=names, setup=GIVEN, **mode) as page:
        eventually(lambda: f"WebSocket: {connected_text}" in page.text(), what="the status text")
        eventually(lambda: paychain.stats()["by_channel"].get("jobs") == 1, what="the subscription")
        assert len(page.evaluate("sockets")) == 1 and sent(page) == [{"type": "subscribe", "channels": ["jobs"]}]
        paychain.broadcast("job_created", JOB, channel="jobs")
        # The handler gets the data, not the envelope, and once.
        page.expect_line("New job posted! {job_id: 123, title: Full Stack Developer, pay_amount_usd: 5000}")
        assert page.expect("toast") == ["New job: Full Stack Developer"]
        page.expect_silence("toast")

        # The text follows the connection.
        page.run("sockets[0].close()")
        eventually(lambda: f"WebSocket: {disconnected_text}" in page.text(), what="the other text")
        eventually(lambda: f"WebSocket: {connected_text}" in page.text(), what="the reconnect")
        # Without the component its handler is silent.
        page.run("showList(false)")
        eventually(lambda: "WebSocket:" not in page.text())
        paychain.broadcast("job_created", JOB)
        eventually(lambda: "job_created" in page.evaluate("sockets[1].received.join()"), what="the frame")
        page.expect_silence("toast")
        page.run("unmount()")
        eventually(lambda: paychain.total() == 0, what="no connection is left")
        assert page.errors == []


@requirement("PAY-022")
def test_the_hook_without_a_provider_says_what_is_missing(react: React) -> None:
    program = "import { useWebSocket } from './contexts/WebSocketContext';\nexport const App = () => useWebSocket().state;\n"
    modules = {"/src/contexts/WebSocketContext.jsx": CONTEXT.read_text(encoding="utf-8")}
    with react(program, modules=modules) as page:
        eventually(lambda: page.errors)
        assert "useWebSocket() needs a <WebSocketProvider>" in page.errors[0]


# The printed calls


@requirement("PAY-024", "PAY-025", "PAY-026", "PAY-027", "PAY-028", "PAY-030")
def test_the_printed_calls_do_what_they_say(paychain: PayChain, react: React, mode: dict[str, bool]) -> None:
    with open_app(react, paychain.port, **mode) as page:
        connected(page)
        run_block(page, "paychain-subscribe.js")
        assert sent(page) == [{"type": "subscribe", "channels": ["jobs", "payments"]}]
        run_block(page, "paychain-unsubscribe.js")
        assert sent(page)[1:] == [{"type": "unsubscribe", "channels": ["jobs"]}]
        run_block(page, "paychain-check-subscription.js")
        assert sent(page)[2:] == [{"type": "subscribe", "channels": ["jobs"]}]
        run_block(page, "paychain-send.js")
        eventually(lambda: any('"pong"' in text for text in page.evaluate("sockets[0].received")), what="the pong")
        assert sent(page, "ping")[-1] == {"type": "ping"}
        page.run("hook.send('typing', { job_id: 1, is_typing: true })")
        assert sent(page)[-1] == {"type": "typing", "data": {"job_id": 1, "is_typing": True}}

        # The block ends its own handler: it stays silent. The other one's is never ended.
        run_block(page, "paychain-on.js")
        run_block(page, "paychain-check-handler.js")
        paychain.broadcast("job_accepted", EVENTS["job_accepted"])
        paychain.broadcast("job_created", JOB, channel="jobs")
        page.expect_line("Handler called: {job_id: 123")
        assert not [line for line in page.lines if line.startswith("Job accepted:")]
        page.run("globalThis.stop = hook.on('job_accepted', (data) => say('accepted', data))")
        paychain.broadcast("job_accepted", EVENTS["job_accepted"])
        assert page.expect("accepted") == [EVENTS["job_accepted"]]
        page.run("stop(); stop()")
        paychain.broadcast("job_accepted", EVENTS["job_accepted"])
        page.expect_silence("accepted")
        assert page.errors == []


@requirement("PAY-024", "PAY-029")
def test_calls_before_the_connection_are_kept_in_order(paychain: PayChain, react: React) -> None:
    # Effects of components run before the provider's, so that there is no connection yet.
    early = """
    function Listener() {
      const { isConnected, subscribe, unsubscribe, send } = useWebSocket();
      React.useEffect(() => {
        say('early', isConnected);
        subscribe(['jobs', 'payments']);
        unsubscribe('payments');
        send('chat_message', { job_id: 1, text: 'a' });
        send('ping');
      }, []);
      return null;
    }
    """
    program = APP[: APP.index("function Listener")] + early + APP[APP.index("export function App") :]
    with open_app(react, paychain.port, program=program, is_strict=True) as page:
        connected(page)
        assert page.expect("early") == [False]
        frames = [json.loads(text) for text in page.evaluate("sockets[0].sent")]
        # Also in a strict React, which runs the effect twice, each is sent once.
        assert frames[:3] == [
            {"type": "subscribe", "channels": ["jobs"]},
            {"type": "chat_message", "data": {"job_id": 1, "text": "a"}},
            {"type": "ping"},
        ]
        assert page.evaluate("[...new Set(hooks.map((value) => value.isConnected))]") == [False, True]


@requirement("PAY-024")
def test_the_functions_stay_the_same(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port, is_strict=True) as page:
        connected(page)
        page.run("sockets[0].close()")
        eventually(lambda: "false" in page.text())
        connected(page)
        for name in ("subscribe", "unsubscribe", "on", "send", "reconnect"):
            assert page.evaluate(f"new Set(hooks.map((value) => value.{name})).size") == 1, name


def test_subscriptions_that_are_taken_back_are_counted(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port) as page:
        connected(page)
        page.run("globalThis.one = hook.subscribe('jobs'); globalThis.two = hook.subscribe(['jobs', 'jobs']); one(); one();")
        assert sent(page) == [{"type": "subscribe", "channels": ["jobs"]}]
        page.run("two()")
        assert sent(page)[1:] == [{"type": "unsubscribe", "channels": ["jobs"]}]
        # Nobody is subscribed: nothing to say.
        page.run("hook.unsubscribe('jobs'); hook.unsubscribe([])")
        assert len(sent(page)) == 2


# One connection


@requirement("RNG-061")
def test_a_strict_react_makes_one_connection_and_leaves_none(serve_paychain: Callable[..., PayChain], react: React) -> None:
    server = serve_paychain()
    with open_app(react, server.port, channels=["jobs"], is_strict=True) as page:
        connected(page)
        assert len(page.evaluate("sockets")) == 1 and server.total() == 1
        server.broadcast("job_created", JOB, channel="jobs")
        eventually(lambda: page.evaluate("heard.length") == 1)
        for _ in range(3):
            page.run("unmount()")
            eventually(lambda: server.total() == 0)
            page.run("mount()")
            connected(page)
            eventually(lambda: server.total() == 1)
        server.broadcast("job_created", JOB, channel="jobs")
        eventually(lambda: page.evaluate("heard.length") == 2)
        eventually(lambda: toasts(page) == texts(("💼", "New job: Full Stack Developer")), what="one toast")
        assert page.errors == []


def test_another_token_makes_another_connection_that_keeps_channels_and_handlers(users: PayChain, react: React) -> None:
    names = {"FIRST": token("7", user_type="employer"), "SECOND": token("456", user_type="worker")}
    setup = "globalThis.given = FIRST;\n"
    program = APP.replace("function App() {", "function App() {\n  globalThis.again = React.useState(0)[1];")
    with open_app(
        react, users.port, program=program, names=names, setup=setup, properties="{ token: given }", channels=["jobs"]
    ) as page:
        connected(page)
        eventually(lambda: len(users.admin.connections("7")) == 1)
        page.run("given = SECOND; again(1)")
        eventually(lambda: len(users.admin.connections("456")) == 1 and not users.admin.connections("7"))
        eventually(lambda: users.admin.channels().get("jobs") == 1)
        users.broadcast("job_completed", EVENTS["job_completed"], channel="jobs")
        users.broadcast("job_created", JOB, channel="jobs")
        eventually(lambda: page.evaluate("heard.length") == 1)
        # The toasts are the new user's.
        eventually(lambda: toasts(page)[:1] == texts(("💰", "Payment received")), what="the toast")


# Toasts

EMPLOYER = texts(
    ("💼", "New job: Full Stack Developer"), ("🎉", "Your job was accepted"),
    ("🎊", "Job completed, payment released"), ("🔄", "Job expired, funds returned"),
)
WORKER = texts(("💼", "New job: Full Stack Developer"), ("💰", "Payment received"))
NOBODY = EMPLOYER[:1]


@requirement("PAY-031", "PAY-032", "PAY-033", "PAY-034", "PAY-D10", "PAY-D12")
@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{ userType: 'employer' }", EMPLOYER),
        ("{ userType: 'worker' }", WORKER),
        ("{}", NOBODY),
        ("{ token: EMPLOYERS }", EMPLOYER),
        ("{ token: async () => WORKERS }", WORKER),
        ("{ token: EMPLOYERS, userType: 'worker' }", WORKER),
    ],
    ids=["employer", "worker", "unknown", "employer's token", "worker's token", "property wins"],
)
def test_each_event_shows_a_toast_to_whom_it_concerns(
    paychain: PayChain, react: React, properties: str, expected: list[str]
) -> None:
    names = {"EMPLOYERS": token("7", user_type="employer"), "WORKERS": token("456", roles=["worker"])}
    with open_app(react, paychain.port, properties=properties, names=names, listen=["announcement"]) as page:
        connected(page)
        assert page.evaluate("document.querySelector('.switchboard-toasts').getAttribute('role')") == "status"
        for event, data in EVENTS.items():
            paychain.broadcast(event, data)
        paychain.broadcast("announcement", {"title": "t", "message": "the last one"})
        eventually(lambda: page.evaluate("heard.length") == 1)
        eventually(lambda: toasts(page) == expected, what="the toasts")
        page.expect_silence("more", during=SILENCE)
        assert toasts(page) == expected


@requirement("PAY-D12")
def test_toasts_can_be_taken_away_and_are_few(paychain: PayChain, react: React) -> None:
    properties = "{ toastOptions: { most: 3, dismiss: 'Close' }, toasts: { job_accepted: false, note: { everyone: { icon: 'ℹ️', text: '{text}!' } } } }"
    with open_app(react, paychain.port, properties=properties, listen=["note"]) as page:
        connected(page)
        paychain.broadcast("job_accepted", EVENTS["job_accepted"])
        for number in range(10):
            paychain.broadcast("note", {"text": f"<b>{number}</b>"})
        eventually(lambda: page.evaluate("heard.length") == 10)
        eventually(lambda: toasts(page) == texts(*(("ℹ️", f"<b>{number}</b>!") for number in (7, 8, 9))), what="the last ones")
        page.run("document.querySelector('.switchboard-toast button[aria-label=\"Close: <b>8</b>!\"]').click()")
        eventually(lambda: len(toasts(page)) == 2)
        page.run(
            "document.querySelector('.switchboard-toast button')"
            ".dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))"
        )
        eventually(lambda: toasts(page) == texts(("ℹ️", "<b>9</b>!")), what="the other one alone")


@requirement("PAY-D12")
def test_toasts_go_by_themselves_unless_they_are_read(paychain: PayChain, react: React) -> None:
    with open_app(react, paychain.port, properties="{ toastOptions: { duration: 5000 } }", has_clock=True) as page:
        connected(page)
        paychain.broadcast("job_created", JOB)
        eventually(lambda: len(toasts(page)) == 1)
        page.run("document.querySelector('.switchboard-toast button').focus()")
        page.pass_time(60)
        assert len(toasts(page)) == 1
        page.run("document.activeElement.blur()")
        page.pass_time(5.1)
        eventually(lambda: toasts(page) == [])


@requirement("PAY-D12")
@pytest.mark.parametrize("library", ["(text, { icon }) => say('toast', icon, text)", "{ success: (text, { icon }) => say('toast', icon, text) }"])
def test_toasts_of_a_library(paychain: PayChain, react: React, library: str) -> None:
    properties = f"{{ userType: 'employer', toast: {library} }}"
    with open_app(react, paychain.port, properties=properties) as page:
        connected(page)
        paychain.broadcast("job_refunded", EVENTS["job_refunded"])
        assert page.expect("toast") == ["🔄", "Job expired, funds returned"]
        assert page.evaluate("document.querySelector('.switchboard-toasts')") is None


# Data


@requirement("PAY-035", "PAY-D13", "PAY-021")
def test_events_invalidate_the_queries_they_concern(paychain: PayChain, react: React) -> None:
    properties = "{ queryClient: { invalidateQueries: (filters) => say('invalidated', filters) } }"
    with open_app(react, paychain.port, properties=properties, listen=list(EVENTS), is_strict=True) as page:
        connected(page)
        page.expect_silence("invalidated", during=SILENCE)
        for event, keys in {
            "job_created": [["jobs"]], "job_accepted": [["jobs"]],
            "job_completed": [["jobs"], ["payments"]], "job_refunded": [["jobs"], ["payments"]],
        }.items():
            paychain.broadcast(event, EVENTS[event])
            told = [page.expect("invalidated")[0]["queryKey"] for _ in keys]
            assert sorted(told) == keys, event
        page.expect_silence("invalidated", during=2 * SILENCE)
        paychain.broadcast("announcement", {"title": "t", "message": "m"})
        page.expect_silence("invalidated", during=2 * SILENCE)


@requirement("PAY-035", "PAY-D13")
def test_other_queries_and_a_client_that_fails(paychain: PayChain, react: React) -> None:
    client = "{ invalidateQueries: ({ queryKey }) => { say('invalidated', queryKey); throw new Error('no cache'); } }"
    properties = f"{{ queryClient: {client}, queryKeys: {{ job_created: [['board', 7], ['jobs']], note: [['notes']] }} }}"
    with open_app(react, paychain.port, properties=properties) as page:
        connected(page)
        paychain.broadcast("job_created", JOB)
        assert [page.expect("invalidated"), page.expect("invalidated")] == [[["board", 7]], [["jobs"]]]
        paychain.broadcast("note", {})
        assert page.expect("invalidated") == [["notes"]]
        assert page.errors == []


def test_a_flood_of_events_invalidates_few_times_and_once_after_the_last(paychain: PayChain, react: React) -> None:
    properties = "{ toast: false, queryClient: { invalidateQueries: () => { say('invalidated', heard.length); } } }"
    with open_app(react, paychain.port, properties=properties) as page:
        connected(page)
        for _ in range(100):
            paychain.broadcast("job_created", JOB)
        eventually(lambda: page.evaluate("heard.length") == 100)
        eventually(lambda: page.told[-1][1] == 100, what="a request after the last event")
        assert len(page.told) < 60


# The indicator


@requirement("PAY-036", "PAY-024")
def test_the_indicator_follows_the_connection(serve_paychain: Callable[..., PayChain], react: React) -> None:
    server = serve_paychain()
    with open_app(react, server.port) as page:
        eventually(lambda: "🟢 Connected" in page.text())
        server.kill()
        eventually(lambda: "🔴 Disconnected" in page.text() and "false" in page.text())
        server.start()
        eventually(lambda: "🟢 Connected" in page.text() and "open true" in page.text())
        assert page.errors == []


@requirement("PAY-060")
@pytest.mark.parametrize("ending", ["", "/"])
def test_the_address_is_the_environment_s(paychain: PayChain, react: React, ending: str) -> None:
    # As Vite fills it in; `undefined` as a property is none.
    environment = json.dumps({"VITE_WS_URL": f"ws://localhost:{paychain.port}{ending}"})
    with open_app(react, paychain.port, properties="{ url: undefined }", define={"import.meta.env": environment}) as page:
        connected(page)
        assert page.evaluate("sockets[0].url").split("?")[0] == f"ws://localhost:{paychain.port}/ws"


@requirement("PAY-060")
def test_the_address_without_an_environment(react: React) -> None:
    with open_app(react, 1, properties="{ url: undefined }") as page:
        eventually(lambda: page.evaluate("sockets.length"))
        assert page.evaluate("sockets[0].url").split("?")[0] == "ws://localhost:8080/ws"


# The printed console block


@requirement("PAY-D16", "PAY-046")
@pytest.mark.parametrize("is_production", [False, True], ids=["development", "production"])
def test_the_printed_console_block_runs_in_one_go_with_the_queueing_socket(
    paychain: PayChain, react: React, is_production: bool
) -> None:
    program = """
    import { queueing } from 'switchboard-client/queueing';
    const Stock = globalThis.WebSocket;
    globalThis.WebSocket = queueing(Stock);
    globalThis.isStock = () => ws instanceof Stock && WebSocket.OPEN === 1 && ws.url.startsWith('ws:');
    export const App = () => null;
    """
    block = printed("paychain-console.js", {"localhost:8080": f"localhost:{paychain.port}"})
    with react(program, is_production=is_production) as page:
        page.expect("mounted")
        page.run(f"{block}\nglobalThis.ws = ws;")
        page.expect_line("Received: {type: connected")
        page.expect_line("Received: {type: subscribed, data: Object")
        page.expect_line("Received: {type: pong")
        assert page.evaluate("isStock()")
        # In the order in which they were sent, and open sockets send at once.
        assert [line.split(",")[0] for line in page.lines if line.startswith("Received")] == [
            "Received: {type: connected", "Received: {type: subscribed", "Received: {type: pong",
        ]
        paychain.broadcast("job_created", JOB, channel="jobs")
        page.expect_line("Received: {type: job_created")
        page.run("ws.close()")
        eventually(lambda: paychain.stats()["by_channel"].get("jobs", 0) == 0)
        assert page.errors == []


@requirement("PAY-D16", "PAY-046")
def test_the_printed_console_block_runs_in_one_go_in_node(paychain: PayChain, tmp_path: pathlib.Path) -> None:
    needs_node()
    block = printed("paychain-console.js", {"localhost:8080": f"localhost:{paychain.port}"})
    program = tmp_path / "console.mjs"
    program.write_text(
        "import { createRequire } from 'node:module';\n"
        f"import {{ queueing }} from {json.dumps((PACKAGE / 'dist' / 'queueing.js').as_uri())};\n"
        f"const WebSocket = queueing(createRequire(import.meta.url)({json.dumps(NODE_PATH + '/ws')}));\n{block}"
    )
    with NodeProgram(program) as running:
        eventually(lambda: "pong" in "\n".join(running.lines), what=f"the pong in {running.lines}")
        assert re.findall(r"type: '(\w+)'", "\n".join(running.lines)) == ["connected", "subscribed", "pong"]
