# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`switchboard diff`: what a later contract breaks, for whom, and what it does not."""

import json
import pathlib
from typing import Any

import pytest

from harness.commands import switchboard
from harness.server import ROOT

CONTRACTS = ["rangkai", "rooms", "paychain", "orion", "bulkbuyer"]

PLAIN = r"""
contract: shop
listen: [ { port: 8080, websocket: /ws, origins: [ "https://a.example", "https://b.example" ] } ]
auth: { mode: optional, tokens: [ { jwt: query.token }, { jwt: header.authorization } ], keys: { secret: ${SHOP_SECRET} }, onExpiry: keep }
connect: { joins: [ news ] }
frames:
  connected: { type: connected, userId: "{user.id}" }
  error: { type: error, code: "{error.code}", message: "{error.message}" }
heartbeat: { every: 30s, timeout: 10s }
commands:
  subscribe: { does: subscribe, channels: [ "{args.channel?}", "{args.channels[]?}" ], each: { type: subscribed, channel: "{channel.name}" } }
  say:
    does: publish
    args: { $ref: "#/schemas/Say" }
    event: said
    data: { text: "{args.text}", mood: "{args.mood?}" }
  ping: { does: reply, reply: { type: pong, at: "{now}", echo: "{args.x}" } }
channels:
  "order:{orderId}": { subscribe: [ member, { role: admin } ], history: { last: 10, for: 1h } }
  news: { subscribe: everyone, publish: any, clientPublish: everyone }
events:
  said: { to: [ news ], data: { type: object, properties: { text: { type: string }, mood: { enum: [ good, bad ] } } } }
  order.paid:
    description: It is paid.
    to: [ "order:{orderId}", news ]
    data: { $ref: "#/schemas/Paid" }
http:
  "GET /orders/{orderId}": { does: history, as: anyone, channels: [ "order:{path.orderId}" ], limit: "{query.limit?}", reply: { all: "{result.publications}" } }
  "POST /send": { does: publish, as: backend, body: { $ref: "#/schemas/Send" }, event: said, data: { text: "{body.text}" }, reply: { id: "{result.id}" } }
errors:
  unauthenticated: { message: Who are you, close: 4001 }
  forbidden: { message: No, code: NO, status: 403 }
limits: { messages: 100/min per connection, message: 64KiB }
schemas:
  Money: { type: object, required: [ amount ], properties: { amount: { type: number, minimum: 0 }, note: { type: string } } }
  Paid:
    type: object
    required: [ orderId, total ]
    properties:
      orderId: { type: string, maxLength: 64 }
      total: { $ref: "#/schemas/Money" }
      how: { enum: [ card, cash ] }
      tags: { type: array, items: { type: string } }
  Say: { type: object, required: [ text ], properties: { text: { type: string, maxLength: 100 }, mood: { enum: [ good, bad ] } } }
  Send: { type: object, required: [ text ], properties: { text: { type: string }, tag: { type: string } }, additionalProperties: false }
"""

SOCKETIO = r"""
contract: club
listen:
  - port: 4000
    socketio: /socket.io
    namespaces: { "/": {}, "/staff": { require: { role: staff }, joins: [ news ] } }
auth: { mode: optional, tokens: [ { jwt: auth.token } ], keys: { secret: ${SHOP_SECRET} } }
commands:
  "news:hear": { does: subscribe, channels: [ news ], ack: { success: true, at: "{now}" }, emit: { "news:heard": { at: "{now}" } } }
channels:
  news: { subscribe: everyone }
events:
  "news:new": { to: [ news ], data: { type: object } }
"""

#: An edit of PLAIN, and the change that follows from it: kind, for whom, and words of the line.
EDITS = [
    # Payloads of events: who publishes them must not be refused, who gets them must not be surprised.
    ("required: [ orderId, total ]", "required: [ orderId, total, how ]", "breaking", "backends", 'order.paid: "how" is required now'),
    ("required: [ orderId, total ]", "required: [ orderId ]", "breaking", "clients", '"total" may be missing now'),
    ("{ type: number, minimum: 0 }", "{ type: integer, minimum: 0 }", "breaking", "backends", '"total.amount" is no number'),
    ("{ type: number, minimum: 0 }", "{ type: [ number, string ], minimum: 0 }", "breaking", "clients", '"total.amount" may be string'),
    ("{ type: number, minimum: 0 }", "{ type: number, minimum: 1 }", "breaking", "backends", "minimum is 1, was 0"),
    ("{ type: number, minimum: 0 }", "{ type: number }", "notable", "clients", "minimum is none, was 0"),
    ("how: { enum: [ card, cash ] }", "how: { enum: [ card, cash, bank ] }", "notable", "clients", '"how" may be "bank" now'),
    ("how: { enum: [ card, cash ] }", "how: { enum: [ card ] }", "breaking", "backends", '"how" must not be "cash"'),
    ("how: { enum: [ card, cash ] }", "how: { type: string }", "breaking", "clients", '"how" may have any value'),
    ("      how: { enum: [ card, cash ] }\n", "", "notable", "clients", '"how" is not described any more'),
    ("items: { type: string }", "items: { type: boolean }", "breaking", "everybody", '"tags[]" may be boolean now'),
    ("note: { type: string }", "note: { type: string }, by: { type: string }", "safe", "everybody", '"total.by" may be there'),
    ("Paid:\n    type: object", "Paid:\n    additionalProperties: false\n    type: object", "breaking", "backends", "no further fields"),
    ("maxLength: 64 }", "maxLength: 64, pattern: '^o-' }", "breaking", "backends", "pattern"),
    # Which events there are, and where they go.
    ("  order.paid:\n", "  order.settled:\n", "breaking", "everybody", "order.paid is called order.settled now"),
    ("  said: {", "  unsaid: { to: [ news ] }\n  said: {", "safe", "clients", "event unsaid is new"),
    ('to: [ "order:{orderId}", news ]', "to: [ news ]", "breaking", "clients", "does not go to order:{orderId} any more"),
    ("to: [ news ], data: { type: object, properties", 'to: [ news, "order:x" ], data: { type: object, properties', "safe", "clients", "said goes to order:{orderId}, too"),
    ("said: { to", "said: { inbox: true, to", None, None, None),
    ("description: It is paid.", "ephemeral: true", "notable", "clients", "stands in no history"),
    # Channels and rights.
    ("subscribe: [ member, { role: admin } ]", "subscribe: member", "breaking", "clients", "who may subscribe: members of the channel, was"),
    ("subscribe: [ member, { role: admin } ]", "subscribe: everyone", "notable", "everybody", "who may subscribe: everyone"),
    ("subscribe: [ member, { role: admin } ]", "subscribe: nobody", "breaking", "clients", "nobody"),
    ("clientPublish: everyone", "clientPublish: { role: admin }", "breaking", "clients", "which clients may publish"),
    (", history: { last: 10, for: 1h } }", ", history: { last: 5, for: 1h } }", "notable", "clients", "does not keep the last 10"),
    ("publish: any, ", "publish: \"{a}:{b}\", ", "breaking", "backends", "takes only {a}:{b} events"),
    ("connect: { joins: [ news ] }\n", "", "breaking", "clients", "not subscribed to news by connecting"),
    ('  news: { subscribe', '  extra: { subscribe: everyone }\n  news: { subscribe', "safe", "everybody", "channel extra is new"),
    # Commands, answers, frames.
    ("  ping: {", "  pong: {", "breaking", "clients", "command ping is gone"),
    ("required: [ text ], properties: { text: { type: string, maxLength: 100 }", "required: [ text, mood ], properties: { text: { type: string, maxLength: 100 }", "breaking", "clients", 'say: "mood" is required now'),
    ("maxLength: 100", "maxLength: 50", "breaking", "clients", "maxLength is 50, was 100"),
    ("maxLength: 100", "maxLength: 500", "safe", "clients", "maxLength is 500, was 100"),
    ("mood: { enum: [ good, bad ] } } }\n  Send", "mood: { enum: [ good, bad, so-so ] } } }\n  Send", "safe", "clients", 'say: "mood" may be "so-so"'),
    ("mood: { enum: [ good, bad ] } } }\n  Send", "mood: { enum: [ good ] } } }\n  Send", "breaking", "clients", 'say: "mood" must not be "bad"'),
    ('reply: { type: pong, at: "{now}"', 'reply: { type: pong', "breaking", "clients", '"at" is not sent any more'),
    ('reply: { type: pong,', 'reply: { type: Pong,', "breaking", "clients", '"type" is "Pong", was "pong"'),
    ('echo: "{args.x}"', 'echo: "{args.x?}"', "breaking", "clients", '"echo" may be missing now'),
    ('reply: { type: pong,', 'reply: { type: pong, more: 1,', "safe", "clients", '"more" is sent, too'),
    ('channels: [ "{args.channel?}", ', "channels: [ ", "breaking", "clients", "does not take {args.channel?}"),
    ('connected: { type: connected, userId: "{user.id}" }', "connected: { type: connected }", "breaking", "clients", 'frame connected: "userId" is not sent'),
    ('  connected: { type: connected, userId: "{user.id}" }\n', "", "breaking", "clients", "frame connected is not sent"),
    # HTTP.
    ('"GET /orders/{orderId}"', '"GET /orders/all/{orderId}"', "breaking", "clients", "GET /orders/{orderId} is gone"),
    ('/{orderId}": { does: history, as: anyone', '/{orderId}": { does: history, as: user', "breaking", "clients", "is for user, was for anyone"),
    ('limit: "{query.limit?}", ', "", "breaking", "clients", 'the query "limit"'),
    ("Send: { type: object, required: [ text ]", "Send: { type: object, minProperties: 2, required: [ text ]", "breaking", "backends", "POST /send: the payload: minProperties"),
    (", tag: { type: string } }, additional", " }, additional", "breaking", "backends", 'POST /send: "tag" must not be there any more'),
    ("reply: { id:", "status: 202, reply: { id:", "breaking", "backends", "answered with 202, was with 200"),
    ("reply: { id:", "reply: { ID:", "breaking", "backends", '"id" is not sent any more'),
    # Errors, limits, where clients connect, who they are.
    ("close: 4001", "close: 4003", "breaking", "clients", "closes with 4003, closed with 4001"),
    ("code: NO", "code: NEVER", "breaking", "everybody", "is told as NEVER, was NO"),
    ("status: 403", "status: 404", "breaking", "everybody", "has the HTTP status 404, had 403"),
    ("message: Who are you", "message: Say who you are", "notable", "everybody", "has other words"),
    ("100/min", "50/min", "breaking", "everybody", "limit messages is 50/min per connection"),
    # More in a minute, and yet a burst that was within the limit is not any more.
    ("100/min", "2/s", "breaking", "everybody", "limit messages is 2/s per connection"),
    ("100/min", "100/s", "safe", "everybody", "limit messages is 100/s per connection"),
    ("message: 64KiB", "message: 32KiB", "breaking", "everybody", "limit message is 32KiB, was 64KiB"),
    ("message: 64KiB }", "message: 64KiB, idle: 5m }", "breaking", "everybody", "limit idle is new: 5m"),
    ("messages: 100/min per connection, ", "", "safe", "everybody", "limit messages (100/min per connection) is gone"),
    ("every: 30s", "every: 60s", "notable", "clients", "pings come every 60000 ms"),
    ("websocket: /ws", "websocket: /events", "breaking", "clients", "nothing listens at websocket *:8080/ws"),
    ('"https://a.example", ', "", "breaking", "clients", "pages of https://a.example may not connect"),
    ('"https://a.example", ', '"https://a.example", "https://c.example", ', "notable", "clients", "https://c.example"),
    ("mode: optional", "mode: required", "breaking", "clients", "authentication is required, was optional"),
    ("{ jwt: query.token }, ", "", "breaking", "clients", "a JWT in the query parameter token is not looked at"),
    ("onExpiry: keep", "onExpiry: close", "notable", "clients", "when a token expires the connection ends"),
    ("contract: shop", "contract: store", "breaking", "backends", "the contract's name is store, was shop"),
    # What nobody can tell.
    ("heartbeat:", "# A word to the reader.\nheartbeat:", None, None, None),
    ("Money", "Price", None, None, None),
]

SOCKETIO_EDITS = [
    ('"/staff": { require: { role: staff }, joins: [ news ] }', '"/staff": { require: { role: boss }, joins: [ news ] }', "breaking", "who may join"),
    ('"/staff": { require: { role: staff }, joins: [ news ] }', '"/staff": { joins: [ news ] }', "notable", "who may join"),
    ('"/": {}, ', '"/": { require: { role: staff } }, ', "breaking", "namespace /: who may join"),
    (', "/staff": { require: { role: staff }, joins: [ news ] }', "", "breaking", "the namespace /staff"),
    (", joins: [ news ]", "", "breaking", "does not subscribe to news any more"),
    ("ack: { success: true, ", "ack: { ", "breaking", 'the ack: "success" is not sent any more'),
    (', emit: { "news:heard": { at: "{now}" } }', "", "breaking", "the event news:heard is not sent any more"),
    ("jwt: auth.token", "jwt: auth.jwt", "breaking", "a JWT in the member token"),
]


def compare(folder: pathlib.Path, old: str, new: str) -> tuple[int, list[dict[str, Any]]]:
    for name, text in [("old.yaml", old), ("new.yaml", new)]:
        (folder / name).write_text(text, encoding="utf-8")
    done = switchboard("diff", "--format", "json", str(folder / "old.yaml"), str(folder / "new.yaml"))
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def edited(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new) if old == "Money" else text.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "kind", "affected", "words"), EDITS, ids=[f"{i}-{edit[4]}"[:50] for i, edit in enumerate(EDITS)])
def test_each_edit_is_told(
    tmp_path: pathlib.Path, old: str, new: str, kind: str | None, affected: str | None, words: str | None
) -> None:
    code, changes = compare(tmp_path, PLAIN, edited(PLAIN, old, new))
    if kind is None or words is None:
        assert (code, [change for change in changes if change["kind"] != "safe"]) == (0, [])
        return
    found = [change for change in changes if words in change["what"]]
    assert found, changes
    assert {change["kind"] for change in found} == {kind}, found
    if affected != "everybody":
        assert {change["affected"] for change in found} == {affected}
    assert all(change["why"] and change["line"] >= 1 for change in found)
    assert code == (1 if any(change["kind"] == "breaking" for change in changes) else 0)


@pytest.mark.parametrize(("old", "new", "kind", "words"), SOCKETIO_EDITS)
def test_each_edit_of_a_socketio_contract_is_told(
    tmp_path: pathlib.Path, old: str, new: str, kind: str, words: str
) -> None:
    _, changes = compare(tmp_path, SOCKETIO, edited(SOCKETIO, old, new))
    found = [change for change in changes if words in change["what"]]
    assert found and {change["kind"] for change in found} == {kind}, changes


#: Schemas of what clients send, before and after: whether what they sent before may be refused.
BOUNDS = [
    ("allOf: [ { minimum: 1 }, { minimum: 1 } ]", "allOf: [ { minimum: 5 }, { minimum: 1 } ]", True),
    ("allOf: [ { minimum: 5 }, { minimum: 1 } ]", "allOf: [ { minimum: 1 }, { minimum: 5 } ]", False),
    ("allOf: [ { maximum: 9 }, { maximum: 9 } ]", "allOf: [ { maximum: 5 }, { maximum: 9 } ]", True),
    ("allOf: [ { not: { const: 1 } }, { not: { const: 2 } } ]", "allOf: [ { not: { const: 3 } }, { not: { const: 2 } } ]", True),
    ("multipleOf: 2", "multipleOf: 1", False),
    ("multipleOf: 2", "multipleOf: 4", True),
    ("multipleOf: 1", "multipleOf: 2", True),
    ("uniqueItems: true", "uniqueItems: false", False),
    ("uniqueItems: false", "uniqueItems: true", True),
]


@pytest.mark.parametrize(("old", "new", "is_breaking"), BOUNDS)
def test_of_bounds_that_hold_together_the_tightest_counts(
    tmp_path: pathlib.Path, old: str, new: str, is_breaking: bool
) -> None:
    mood = "mood: { enum: [ good, bad ] } } }\n  Send"
    texts = [edited(PLAIN, mood, f"mood: {{ enum: [ good, bad ] }}, n: {{ {schema} }} }} }}\n  Send") for schema in (old, new)]
    code, changes = compare(tmp_path, *texts)
    assert code == (1 if is_breaking else 0), changes


def test_safe_edits_have_no_breaking_twin(tmp_path: pathlib.Path) -> None:
    """What is safe is told as that alone."""
    for old, new, kind, _, words in EDITS:
        if kind == "safe":
            code, changes = compare(tmp_path, PLAIN, edited(PLAIN, old, new))
            assert code == 0, (words, changes)


def test_the_other_way_round_breaks_as_well(tmp_path: pathlib.Path) -> None:
    """What was added is gone when the contracts are swapped."""
    later = edited(PLAIN, "  said: {", "  unsaid: { to: [ news ] }\n  said: {")
    assert compare(tmp_path, PLAIN, later)[0] == 0
    code, changes = compare(tmp_path, later, PLAIN)
    assert code == 1
    (gone,) = [change for change in changes if change["kind"] == "breaking"]
    assert "event unsaid is gone" in gone["what"]
    assert gone["file"].endswith("old.yaml")
    assert "unsaid" in later.splitlines()[gone["line"] - 1]


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_shipped_contract_is_what_it_is(name: str) -> None:
    file = str(ROOT / "Contracts" / f"{name}.yaml")
    done = switchboard("diff", file, file)
    assert (done.returncode, done.stdout) == (0, "0 breaking, 0 notable, 0 safe\n"), done.stdout + done.stderr


#: Of each shipped contract one edit that breaks and the line that tells of it.
SHIPPED = {
    "rangkai": ("limits:\n  subscriptions: 60/min", "limits:\n  subscriptions: 30/min", "limit subscriptions is 30/min"),
    "rooms": ('ack: { success: true, data: { notificationId: "{args.notificationId}" } }', "ack: { success: true }", '"data" is not sent any more'),
    "paychain": ("required: [job_id, text]", "required: [job_id, text, client_id]", '"data.client_id" is required now'),
    "orion": ("status: { enum: [healthy, unhealthy, degraded] }", "status: { enum: [healthy, unhealthy] }", '"status" must not be "degraded"'),
    "bulkbuyer": ('type: "{publication.event}"\n    id:', 'kind: "{publication.event}"\n    id:', '"type" is not sent any more'),
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_an_edit_of_a_shipped_contract_is_told_with_its_line(name: str, tmp_path: pathlib.Path) -> None:
    source = ROOT / "Contracts" / f"{name}.yaml"
    old, new, words = SHIPPED[name]
    later = tmp_path / "later.yaml"
    later.write_text(edited(source.read_text(encoding="utf-8"), old, new), encoding="utf-8")
    done = switchboard("diff", str(source), str(later))
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if words in line]
    assert line.startswith(f"{later}:") and ": breaking: " in line
    assert done.stdout.splitlines()[-1].startswith("1 breaking, ")


def test_contracts_that_cannot_be_compared(tmp_path: pathlib.Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(PLAIN, encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(PLAIN.replace("does: reply", "does: nothing"), encoding="utf-8")
    for pair in [(good, broken), (broken, good), (good, tmp_path / "missing.yaml")]:
        done = switchboard("diff", *map(str, pair))
        assert done.returncode == 2
        assert done.stdout == "" and "error: " in done.stderr


def test_quiet_leaves_out_what_is_safe(tmp_path: pathlib.Path) -> None:
    for name, text in [("old.yaml", PLAIN), ("new.yaml", edited(PLAIN, "maxLength: 100", "maxLength: 500"))]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")]
    assert "maxLength" in switchboard("diff", *files).stdout
    assert switchboard("diff", "--quiet", *files).stdout == "0 breaking, 0 notable, 1 safe\n"


def test_schemas_that_name_themselves_are_compared_to_an_end(tmp_path: pathlib.Path) -> None:
    branches = ", ".join(f'b{number}: {{ $ref: "#/schemas/Tree" }}' for number in range(12))
    text = PLAIN + f"  Tree: {{ type: object, properties: {{ value: {{ type: string }}, {branches} }} }}\n"
    text = edited(text, "  said: {", "  tree: { to: [ news ], data: { $ref: \"#/schemas/Tree\" } }\n  said: {")
    assert compare(tmp_path, text, text) == (0, [])
    code, changes = compare(tmp_path, text, edited(text, "value: { type: string }", "value: { type: number }"))
    assert code == 1 and any('tree: "value" may be number now' in change["what"] for change in changes)
