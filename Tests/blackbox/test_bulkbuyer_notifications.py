# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Bulk Buyer Group: notifications, live and from the list."""

import pathlib
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest

from harness.admin import Admin
from harness.bulkbuyer import BULKBUYER, BulkBuyer
from harness.contracts import derived
from harness.payloads import did
from harness.server import API_KEY

requirement = pytest.mark.requirement
Make = Callable[..., BulkBuyer]
ORDER = {"orderId": "order-id", "fromStatus": "PENDING", "toStatus": "PROCESSING"}
POOL = {"poolId": "pool-id", "progress": 75, "currentQuantity": 150, "targetQuantity": 200}
SYSTEM = {"title": "Maintenance Scheduled", "message": "System maintenance scheduled for...", "severity": "INFO"}


# Live


@requirement("BULK-006", "BULK-008", "BULK-D04")
def test_an_order_s_change_reaches_its_owner(bulkbuyer: BulkBuyer) -> None:
    order, owner = did(), did()
    bulkbuyer.admin.set_members(f"order:{order}", owner)
    data = ORDER | {"orderId": order}
    with bulkbuyer.user(owner) as first, bulkbuyer.user(owner) as second, bulkbuyer.user(did()) as other:
        bulkbuyer.admin.publish("ORDER_STATUS_CHANGE", data)
        for client in (first, second):
            assert client.receive_notification("ORDER_STATUS_CHANGE")["data"] == data
            client.expect_silence()
        other.expect_silence()


@requirement("BULK-006", "BULK-009", "BULK-D04")
def test_a_pool_s_progress_reaches_its_members_also_new_ones(bulkbuyer: BulkBuyer) -> None:
    pool, members = did(), [did(), did()]
    data = POOL | {"poolId": pool}
    bulkbuyer.admin.set_members(f"pool:{pool}", members[0])
    with bulkbuyer.user(members[0]) as first, bulkbuyer.user(members[1]) as second:
        bulkbuyer.admin.publish("POOL_PROGRESS", data)
        assert first.receive_notification("POOL_PROGRESS")["data"] == data
        second.expect_silence()
        bulkbuyer.admin.set_members(f"pool:{pool}", members[1])
        bulkbuyer.admin.publish("POOL_PROGRESS", data)
        assert second.receive_notification("POOL_PROGRESS")["data"] == data
        first.expect_silence()


@requirement("BULK-006", "BULK-010", "BULK-D04")
@pytest.mark.parametrize("severity", ["INFO", "WARNING", "ERROR"])
def test_a_system_notification_reaches_everybody(bulkbuyer: BulkBuyer, severity: str) -> None:
    data = SYSTEM | {"severity": severity}
    with bulkbuyer.user(did()) as first, bulkbuyer.user(did()) as second:
        bulkbuyer.admin.publish("SYSTEM_NOTIFICATION", data)
        messages = [client.receive_notification("SYSTEM_NOTIFICATION") for client in (first, second)]
        assert messages[0] == messages[1] and messages[0]["data"] == data


@requirement("BULK-D04")
@pytest.mark.parametrize(
    ("event", "data"), [("SYSTEM_NOTIFICATION", SYSTEM), ("ORDER_STATUS_CHANGE", ORDER), ("POOL_PROGRESS", POOL)]
)
def test_the_publisher_may_name_the_users(bulkbuyer: BulkBuyer, event: str, data: dict[str, Any]) -> None:
    alice, bob = did(), did()
    with bulkbuyer.user(alice) as named, bulkbuyer.user(bob) as other:
        bulkbuyer.admin.publish(event, data, users=[alice])
        assert named.receive_notification(event)["data"] == data
        other.expect_silence()
        session = bulkbuyer.session(bob)
        assert data not in [each["data"] for each in bulkbuyer.missed(session) if each["type"] != "SYSTEM_NOTIFICATION"]


@requirement("BULK-010", "BULK-008", "BULK-009", "ALL-D16")
@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("SYSTEM_NOTIFICATION", SYSTEM | {"severity": "FATAL"}), ("SYSTEM_NOTIFICATION", SYSTEM | {"severity": "info"}),
        ("SYSTEM_NOTIFICATION", {"title": "t", "severity": "INFO"}), ("ORDER_STATUS_CHANGE", {"orderId": "o", "toStatus": "X"}),
        ("POOL_PROGRESS", POOL | {"progress": "75"}), ("POOL_PROGRESS", {"poolId": "p", "progress": 75}),
    ],
)
def test_a_wrong_payload_is_refused_and_not_kept(bulkbuyer: BulkBuyer, event: str, data: dict[str, Any]) -> None:
    user = did()
    session = bulkbuyer.session(user)
    before = bulkbuyer.missed(session)
    with bulkbuyer.user(user) as client:
        assert bulkbuyer.admin.try_publish(event, data).status_code == 422
        client.expect_silence()
    assert bulkbuyer.missed(session) == before


@requirement("BULK-D05")
def test_a_client_gets_nothing_that_it_did_not_ask_for(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.user(did()) as client:
        for text in ("{", '{"type":"UNHEARD"}', "[]"):
            client.send_text(text)
        client.expect_silence()


# What was missed


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["data"]["title"] for message in messages]


@requirement("BULK-012", "BULK-007", "BULK-D06")
def test_the_list_has_what_came_live_with_the_same_ids(bulkbuyer: BulkBuyer) -> None:
    user, other = did(), did()
    session = bulkbuyer.session(user)
    with bulkbuyer.attempt(session) as client:
        client.ping()
        for number in range(5):
            bulkbuyer.notify(f"n{number}", users=[user])
            bulkbuyer.notify(f"other {number}", users=[other])
        live = [client.receive_notification("SYSTEM_NOTIFICATION") for _ in range(5)]
    assert len({message["id"] for message in live}) == 5
    moments = [message["timestamp"] for message in live]
    assert moments == sorted(set(moments)), "every one of a user's notifications has a later time than the one before"
    own = [each for each in bulkbuyer.missed(session) if each["data"]["title"].startswith(("n", "other"))]
    assert own[-5:] == live
    for place, message in enumerate(live):
        assert bulkbuyer.missed(session, since=message["timestamp"]) == live[place + 1 :]


@requirement("BULK-012", "BULK-D06")
def test_a_client_that_was_away_misses_nothing_and_hears_nothing_twice(bulkbuyer: BulkBuyer) -> None:
    """The documented way: reconnect, then ask for what came after the last one received."""
    user = did()
    session = bulkbuyer.session(user)
    stop = threading.Event()
    published: list[str] = []

    def publish() -> None:
        # Its own HTTP connection: an `Admin` is for one thread.
        admin = Admin(bulkbuyer.admin_port, API_KEY, "bulkbuyer")
        while not stop.is_set():
            title = f"n{len(published)}"
            admin.publish("SYSTEM_NOTIFICATION", SYSTEM | {"title": title}, users=[user])
            published.append(title)
        admin.close()

    bulkbuyer.notify("first", users=[user])
    first = bulkbuyer.missed(session)[-1]
    publisher = threading.Thread(target=publish)
    publisher.start()
    heard: dict[str, str] = {}
    order: list[str] = []
    last = first["timestamp"]
    try:
        for _ in range(10):
            with bulkbuyer.attempt(session) as client:
                client.send({"type": "PING"})
                live: list[dict[str, Any]] = []
                missed: list[dict[str, Any]] = []
                while len(live) < 5:
                    message = client.receive()
                    if message["type"] == "PONG":
                        while page := bulkbuyer.missed(session, since=(missed[-1]["timestamp"] if missed else last)):
                            missed += page
                            if len(page) < 100:
                                break
                    else:
                        live.append(message)
            for message in sorted(missed + live, key=lambda each: each["timestamp"]):
                if message["id"] not in heard:
                    heard[message["id"]] = message["data"]["title"]
                    order.append(message["data"]["title"])
                    last = max(last, message["timestamp"])
    finally:
        stop.set()
        publisher.join(30)
    tail = bulkbuyer.missed(session, since=last, limit=1000)
    order += [message["data"]["title"] for message in tail if message["id"] not in heard]
    assert order == published


@requirement("BULK-D06", "BULK-012")
def test_the_list_has_pages(bulkbuyer: BulkBuyer) -> None:
    user = did()
    session = bulkbuyer.session(user)
    bulkbuyer.notify("start", users=[user])
    start = bulkbuyer.missed(session)[-1]["timestamp"]
    for number in range(7):
        bulkbuyer.notify(f"n{number}", users=[user])
    page = bulkbuyer.fetch(session, since=start, limit=3)
    found = texts(page.json())
    while "next" in page.links:
        address = urljoin(str(page.url), page.links["next"]["url"])
        page = bulkbuyer.http.get(address, headers=bulkbuyer.headers(session))
        assert page.status_code == 200 and len(page.json()) <= 3
        found += texts(page.json())
    assert found == [f"n{number}" for number in range(7)]
    # Without a moment: the latest page, ascending.
    assert texts(bulkbuyer.missed(session, limit=2)) == ["n5", "n6"]


@requirement("BULK-D06")
def test_a_page_has_a_hundred_by_default_and_a_thousand_at_most(bulkbuyer: BulkBuyer) -> None:
    user = did()
    session = bulkbuyer.session(user)
    bulkbuyer.notify("start", users=[user])
    start = bulkbuyer.missed(session)[-1]["timestamp"]
    batch = [
        {"event": "SYSTEM_NOTIFICATION", "data": SYSTEM | {"title": f"n{number}"}, "users": [user]} for number in range(1000)
    ]
    assert bulkbuyer.admin.publish_batch(batch).status_code == 200
    bulkbuyer.notify("end", users=[user])
    assert len(bulkbuyer.missed(session, since=start)) == 100
    assert texts(bulkbuyer.missed(session, since=start, limit=1000)) == [f"n{number}" for number in range(1000)]


@requirement("BULK-D06")
@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"}, {"since": ""}, {"since": "2025-13-01T00:00:00Z"}, {"since": "1736611200"},
        {"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"limit": "1001"}, {"limit": "99999999999999999999"},
    ],
)
def test_a_bad_moment_or_limit_is_400(bulkbuyer: BulkBuyer, query: dict[str, str]) -> None:
    answer = bulkbuyer.fetch(bulkbuyer.session(did()), **query)
    if query.get("since") == "" and answer.status_code == 200:
        return  # an empty value is no value
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["message"]


@requirement("BULK-012")
def test_what_is_kept_survives_the_server(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer()
    session = server.session("u")
    server.notify("kept", users=["u"])
    before = server.missed(session)
    server.kill()
    server.start()
    assert server.missed(session) == before != []
    with server.attempt(session) as client:
        client.ping()
        server.notify("new", users=["u"])
        assert client.receive_notification("SYSTEM_NOTIFICATION")["timestamp"] > before[-1]["timestamp"]


@requirement("BULK-012", "BULK-D04")
def test_pools_and_announcements_are_kept_for_who_was_away(bulkbuyer: BulkBuyer) -> None:
    pool, member, stranger = did(), did(), did()
    bulkbuyer.admin.set_members(f"pool:{pool}", member)
    sessions = {user: bulkbuyer.session(user) for user in (member, stranger)}
    bulkbuyer.admin.publish("POOL_PROGRESS", POOL | {"poolId": pool})
    title = did()
    bulkbuyer.notify(title)
    own = [each["data"].get("poolId") or each["data"]["title"] for each in bulkbuyer.missed(sessions[member])]
    assert own[-2:] == [pool, title]
    foreign = [each["data"].get("poolId") or each["data"]["title"] for each in bulkbuyer.missed(sessions[stranger])]
    assert foreign[-1] == title and pool not in foreign


# Markup

MARKUP = {
    "<b>bold</b>": "bold",
    "<script>alert(1)</script>": None,
    "<img src=x onerror=alert(1)>": "",
    "a < b and b > a": "a < b and b > a",
    "1 < 2": "1 < 2",
    "tab\tand\nline": None,
    "bell\x07null\x00": "bellnull",
    "<<b>script>alert(1)<</b>/script>": None,
    "<a href='javascript:alert(1)'>link</a>": "link",
    "<!-- comment --> text": None,
    "<svg/onload=alert(1)>": "",
    "unclosed <img src=x onerror=alert(1)": None,
}


@requirement("BULK-031", "BULK-D13")
@pytest.mark.parametrize("text", MARKUP)
def test_markup_never_reaches_a_client(bulkbuyer: BulkBuyer, text: str) -> None:
    user = did()
    session = bulkbuyer.session(user)
    with bulkbuyer.attempt(session) as client:
        client.ping()
        bulkbuyer.notify(text, users=[user], extra={"deep": [text]})
        message = client.receive_notification("SYSTEM_NOTIFICATION")
    title = message["data"]["title"]
    assert message["data"]["extra"] == {"deep": [title]}
    if MARKUP[text] is not None:
        assert title == MARKUP[text]
    low = title.lower()
    for tag in ("<script", "</script", "<img", "<a ", "<b>", "<svg", "<!--"):
        assert tag not in low, title
    assert "\x07" not in title and "\x00" not in title
    assert bulkbuyer.missed(session)[-1] == message


@requirement("BULK-D13")
@pytest.mark.parametrize(("choice", "expected"), [("escape", "&lt;b&gt;x&lt;/b&gt;"), ("keep", "<b>x</b>")])
def test_markup_may_be_escaped_or_left(
    serve_bulkbuyer: Make, tmp_path: pathlib.Path, choice: str, expected: str
) -> None:
    server = serve_bulkbuyer(derived(tmp_path, lambda document: document.update(markup=choice), source=BULKBUYER))
    with server.user("u") as client:
        server.notify("<b>x</b>", users=["u"])
        assert client.receive_notification("SYSTEM_NOTIFICATION")["data"]["title"] == expected
