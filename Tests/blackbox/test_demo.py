# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The pages of `make run` in headless Chromium: what they show, what a cut costs, what the console can do."""

import pathlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from harness.browser import Browser, needs_browser
from harness.demo import TABS, DemoPage, DemoServer, build_pages
from harness.waiting import DEADLINE, eventually


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    needs_browser()
    pages = build_pages(tmp_path_factory.mktemp("built") / "pages")
    server = DemoServer(tmp_path_factory.mktemp("data"), "--mock", pages=pages).start()
    yield server
    server.let_go()
    server.stop()


@pytest.fixture
def show(server: DemoServer, start_browser: Callable[[], Browser]) -> Iterator[Callable[..., DemoPage]]:
    """Opens a tab: `show("rooms", width=390)`; afterwards nothing may have gone wrong in it."""
    opened: list[DemoPage] = []

    def show(tab: str, **options: Any) -> DemoPage:
        opened.append(DemoPage(start_browser(), server, tab, **options))
        return opened[-1]

    yield show
    for page in opened:
        page.close()
    for page in opened:
        assert [fault for fault in page.faults if not page.expected or page.expected not in fault] == []
        # Nothing comes from elsewhere: the pages work without internet.
        assert {urlsplit(address).hostname for address in page.requests} == {"localhost"}


#: What each platform's backend publishes in these tests: an event with a text of its own, where clients can hear it.
def publish(server: DemoServer, tab: str, text: str) -> None:
    time = "2026-01-01T00:00:00Z"
    match tab:
        case "rangkai":
            server.publish(tab, "announcement", {"title": text, "message": "of a test"})
        case "rooms":
            server.publish(tab, "platform:announcement", {"title": text, "message": "of a test", "timestamp": time})
        case "paychain":
            server.publish(tab, "job_created", {"job_id": 9000, "title": text, "pay_amount_usd": 1}, to=["jobs"])
        case "orion":
            server.publish(
                tab, "system:event",
                {"type": "info", "category": "test", "message": text, "source": "test", "timestamp": time},
            )
        case "bulkbuyer":
            server.publish(tab, "SYSTEM_NOTIFICATION", {"title": text, "message": "of a test", "severity": "INFO"})


def a_text() -> str:
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_shows_what_happens_live(show: Callable[..., DemoPage], server: DemoServer, tab: str) -> None:
    page = show(tab)
    # Of the mock backend alone.
    eventually(lambda: page.count() >= 3, within=3 * DEADLINE, what="three events")
    assert page.evaluate(f"performance.getEntriesByName('first event: {tab}').length") == 1
    text = a_text()
    publish(server, tab, text)
    eventually(lambda: page.count(text) == 1, what="the event of this test")
    page.wait_for(f"main .panel >> text={text}")


@pytest.mark.parametrize("tab", TABS)
def test_who_goes_offline_and_comes_back_loses_nothing_and_hears_nothing_twice(
    show: Callable[..., DemoPage], server: DemoServer, tab: str
) -> None:
    page = show(tab)
    before, during, after = a_text(), a_text(), a_text()
    publish(server, tab, before)
    eventually(lambda: page.count(before) == 1, what="the event before the cut")
    page.click(".cut")
    page.wait_for(".state[data-state=offline]")
    assert "Back in" in page.text(".cut")
    for number in range(20):
        publish(server, tab, f"{during}-{number:02}")
    assert page.count(during) == 0
    page.wait_for(".state[data-state=open]")
    publish(server, tab, after)
    eventually(lambda: page.count(after) == 1, what="the event after the cut")
    eventually(lambda: page.count(during) >= 20, what="the events of the cut")
    # The page itself compares what it was given with what the server has kept.
    page.wait_for(".proof[data-proof=shown]")
    assert "every one arrived, none twice" in page.text(".proof")
    assert [page.count(f"{during}-{number:02}") for number in range(20)] == [1] * 20
    assert page.count(before) == page.count(after) == 1


@pytest.mark.parametrize("tab", TABS)
def test_the_console_shows_frames_both_ways(show: Callable[..., DemoPage], server: DemoServer, tab: str) -> None:
    page = show(tab)
    page.wait_for(".log li.in")
    if tab != "bulkbuyer":
        page.wait_for(".log li.out")
    text = a_text()
    publish(server, tab, text)
    page.fill(".tools input", text)
    page.wait_for(f".log li.in >> text={text}")
    # Both parties of PayChain's page have connections of their own.
    count = 2 if tab == "paychain" else 1
    eventually(lambda: page.evaluate("document.querySelectorAll('.log li.in').length") == count, what="the filter")
    page.click(".log li.in button")
    page.wait_for(".log li.in pre")
    # What is paused stays as it is.
    page.fill(".tools input", "")
    page.click("text=Pause")
    shown = page.text(".log")
    heard = page.count()
    eventually(lambda: page.count() > heard, what="one more event")
    assert page.text(".log") == shown
    page.click("text=Go on")
    eventually(lambda: page.text(".log") != shown, what="newer frames")


@pytest.mark.parametrize("tab", TABS)
def test_what_the_form_publishes_arrives(show: Callable[..., DemoPage], tab: str) -> None:
    page = show(tab)
    # Every example of the contract is filled in and fits.
    text = a_text()
    event, payload, channels = {
        "rangkai": ("announcement", f'{{"title": "{text}", "message": "m"}}', None),
        "rooms": ("platform:announcement", f'{{"title": "{text}", "message": "m", "timestamp": "2026-01-01T00:00:00Z"}}', None),
        "paychain": ("job_created", f'{{"job_id": 9001, "title": "{text}", "pay_amount_usd": 1}}', "jobs"),
        "orion": (
            "system:event",
            f'{{"type": "info", "category": "c", "message": "{text}", "source": "s", "timestamp": "2026-01-01T00:00:00Z"}}',
            None,
        ),
        "bulkbuyer": ("SYSTEM_NOTIFICATION", f'{{"title": "{text}", "message": "m", "severity": "INFO"}}', None),
    }[tab]
    page.select(".publish [name=event]", event)
    page.fill(".publish textarea", payload)
    if channels:
        page.fill(".publish [name=channels]", channels)
    page.click(".publish button.primary")
    page.wait_for(".publish output >> text=200")
    eventually(lambda: page.count(text) == 1, what="the event of the form")


def test_a_payload_that_is_no_json_or_breaks_the_contract_is_shown(show: Callable[..., DemoPage]) -> None:
    page = show("rangkai")
    page.fill(".publish textarea", '{"orderId": ')
    page.wait_for(".publish textarea[aria-invalid=true]")
    assert page.text(".fault") != ""
    assert page.evaluate("document.querySelector('.publish button.primary').disabled")
    page.fill(".publish textarea", '{"orderId": 7}')
    page.click(".publish button.primary")
    page.wait_for(".publish output.refused >> text=422")
    assert "data must have the member" in page.text(".publish output")
    # The browser's console tells of the answer as well.
    page.expected = "422"


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_fits_its_screen(show: Callable[..., DemoPage], tab: str) -> None:
    page = show(tab, reduced_motion="reduce")
    eventually(lambda: page.count() >= 3, within=3 * DEADLINE, what="something to see")
    # Whoever comes to it sees nothing jump.
    assert page.evaluate(SHIFTS) < 0.1
    for width, height in ((360, 740), (390, 844), (1280, 900)):
        for scheme in ("light", "dark"):
            page.look(width, height, scheme)
            page.take_picture(f"{tab}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"sideways at {width}"


#: How far things have moved that were not asked to (Cumulative Layout Shift); below 0.1 is good.
SHIFTS = """async () => {
    const shifts = await new Promise((resolve) =>
        new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type: "layout-shift", buffered: true })
            || setTimeout(() => resolve([]), 1000));
    return shifts.filter((shift) => !shift.hadRecentInput).reduce((sum, shift) => sum + shift.value, 0);
}"""


def test_tabs_are_reached_with_the_keyboard_and_by_their_address(show: Callable[..., DemoPage], server: DemoServer) -> None:
    page = show("rangkai")
    page.browser.do(page.page.focus("#tab-rangkai"))
    page.press("ArrowRight")
    page.wait_for("#tab-rooms[aria-selected=true]")
    assert page.evaluate("location.hash") == "#rooms"
    page.press("ArrowLeft")
    page.press("ArrowLeft")
    page.wait_for("#tab-bulkbuyer[aria-selected=true]")
    # All are connected by then, whichever was opened.
    eventually(lambda: page.evaluate("[...demo.platforms.values()].every((each) => each.state === 'open')"), what="all")


def test_another_user_sees_what_is_his(show: Callable[..., DemoPage], server: DemoServer) -> None:
    page = show("rangkai")
    page.select(".as select", "did:rangkai:bob")
    page.wait_for(".state[data-state=open]")
    order = {
        "orderId": str(uuid.uuid4()), "orderNumber": a_text(), "status": "payment_pending", "buyerDid": "did:rangkai:carol",
        "vendorDid": "did:rangkai:bob", "total": {"amount": 1, "currency": "USD"}, "timestamp": "2026-01-01T00:00:00Z",
    }
    server.publish("rangkai", "order.created", order)
    page.wait_for(f".card >> text={order['orderNumber']}")
    other = order | {"orderId": str(uuid.uuid4()), "orderNumber": a_text(), "vendorDid": "did:rangkai:dave"}
    server.publish("rangkai", "order.created", other)
    text = a_text()
    publish(server, "rangkai", text)
    eventually(lambda: page.count(text) == 1, what="what came after it")
    assert page.count(other["orderNumber"]) == 0


def test_the_contract_and_its_documentation_are_a_click_away(show: Callable[..., DemoPage]) -> None:
    page = show("orion")
    for link in (".links a:first-child", ".links a:last-child"):
        answer = page.evaluate(
            "async (selector) => { const answer = await fetch(document.querySelector(selector).href);"
            " return [answer.status, await answer.text()]; }",
            link,
        )
        assert answer[0] == 200 and "health:update" in answer[1]


def test_the_other_name_of_this_machine_works_as_well(
    server: DemoServer, start_browser: Callable[[], Browser]
) -> None:
    page = DemoPage(start_browser(), server, "bulkbuyer", host="127.0.0.1")
    try:
        text = a_text()
        publish(server, "bulkbuyer", text)
        eventually(lambda: page.count(text) == 1, what="the event of this test")
        assert page.faults == []
    finally:
        page.close()


def test_the_session_s_cookie_is_for_its_own_path(show: Callable[..., DemoPage]) -> None:
    page = show("bulkbuyer")
    [cookie] = page.cookies()
    assert (cookie["name"], cookie["path"], cookie["sameSite"]) == ("session", "/api/notifications", "Strict")
    # It is no secret to the page, which was told it; the page's own address is never sent it.
    assert page.evaluate("document.cookie") == ""


def test_two_parties_talk(show: Callable[..., DemoPage]) -> None:
    page = show("paychain")
    page.wait_for(".end[data-user='7'] form")
    text = a_text()
    page.fill(".end[data-user='7'] form input", text)
    page.wait_for(".end[data-user='456'] .typing >> text=is writing")
    page.click(".end[data-user='7'] form button")
    page.wait_for(f".end[data-user='456'] .messages >> text={text}")
    page.wait_for(f".end[data-user='7'] .messages li.own:has-text('{text}') .receipt:has-text('read')")


def test_the_libraries_licences_come_with_them(server: DemoServer) -> None:
    def read(name: str) -> str:
        return httpx.get(f"http://127.0.0.1:{server.admin_port}/{name}", trust_env=False).raise_for_status().text

    licences = read("licenses.txt")
    for library in ("Preact", "htm", "Chart.js", "socket.io-client"):
        assert library in licences
    assert "Permission is hereby granted" in licences and "Guillermo Rauch" in read("app.js")


def test_a_page_that_stays_open_for_days_does_not_grow(show: Callable[..., DemoPage]) -> None:
    """What has come lately is known, so that nothing is shown twice; what came days ago is forgotten."""
    page = show("bulkbuyer")
    page.wait_for(".pools")
    again = page.evaluate(
        """(() => {
          const { model } = demo.platforms.get('bulkbuyer');
          const message = (number) => ({ id: `many-${number}`, type: 'OTHER', data: { title: '', message: '' }, timestamp: '2026-01-01T00:00:00Z' });
          for (let number = 0; number < 20000; number++) model.apply(message(number), false);
          const taken = [model.apply(message(19999), false), model.apply(message(15000), false), model.apply(message(0), false)];
          model.notifications = [];
          return taken;
        })()"""
    )
    assert again == [False, False, True]
    talks = page.evaluate(
        """(() => {
          const platform = demo.platforms.get('paychain');
          platform.start();
          for (let job = 0; job < 1000; job++) platform.model.talk(job);
          return platform.model.talks.size;
        })()"""
    )
    assert talks <= 20


def test_without_a_server_the_page_says_so_and_comes_back(
    start_browser: Callable[[], Browser], tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pages = build_pages(tmp_path_factory.mktemp("built") / "pages")
    server = DemoServer(tmp_path / "data", "--mock", pages=pages, name="demo-restart").start()
    page = DemoPage(start_browser(), server, "rangkai")
    try:
        server.kill()
        page.wait_for(".state[data-state=waiting]")
        server.start()
        page.wait_for(".state[data-state=open]")
        text = a_text()
        publish(server, "rangkai", text)
        eventually(lambda: page.count(text) == 1, what="an event of the new process")
    finally:
        page.close()
        server.let_go()
        server.stop()
