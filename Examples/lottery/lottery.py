#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A lottery for the room platform, in Python without any package: players draw tickets, the draw makes winners.

It is two things at once, as such a program often is: an app, which takes calls (`lottery:enter`) and publishes events of its prefix, and the
platform's backend, which says by the administrative API who has won (`winner:selected`; the winner's notification follows from that).

    LOTTERY_KEY=… LOTTERY_SECRET=whsec_… SWITCHBOARD_API_KEY=… python3 lottery.py

    LOTTERY_SERVER  http://127.0.0.1:4000     where the room platform listens
    LOTTERY_ADMIN   http://127.0.0.1:9000     the administrative API
    LOTTERY_APP     app_lottery_v1
    LOTTERY_PORT    9102

POST /rooms/ROOM/draws {"drawNumber": 1, "prizes": [{"id": "prize_1", "name": "iPhone 15", "imageUrl": "https://…"}], "seconds": 30} opens a draw; players enter
with the event `lottery:enter`; when the seconds are over, or with POST /rooms/ROOM/draws/close, the winners are drawn.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]

SERVER = os.environ.get("LOTTERY_SERVER", "http://127.0.0.1:4000")
ADMIN = os.environ.get("LOTTERY_ADMIN", "http://127.0.0.1:9000")
APP = os.environ.get("LOTTERY_APP", "app_lottery_v1")
PORT = int(os.environ.get("LOTTERY_PORT", "9102"))
#: How far a signed message's time may be from ours, in seconds.
TOLERANCE = 300
LONGEST_BODY = 256 * 1024


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_signed(headers: Any, body: bytes, secret: str) -> bool:
    """Whether Switchboard sent this, just now (Standard Webhooks 1.0)."""
    identifier, when = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not when.isdigit() or abs(time.time() - int(when)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, f"{identifier}.{when}.".encode() + body, hashlib.sha256)).decode()
    codes = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(code.encode(), f"v1,{expected}".encode()) for code in codes)


def post(address: str, content: Object, headers: dict[str, str]) -> None:
    """Sends until it has arrived, once by its idempotency key; what is refused for good is printed."""
    headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    request = urllib.request.Request(address, json.dumps(content).encode(), headers)
    for _ in range(8):
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code != 429 and error.code < 500:
                print(f"{content['event']} was refused with {error.code}: {error.read().decode()}", flush=True)
                return
            wait = error.headers.get("Retry-After", "")
            # A date may stand there, too.
            time.sleep(min(int(wait), 60) if wait.isascii() and wait.isdigit() else 1)
        except OSError:
            time.sleep(1)
    print(f"{content['event']} was given up: the server does not take it", flush=True)


def prizes(content: Any) -> list[Object]:
    """The prizes of a draw that is opened, as winners are told of them; ValueError for what is none."""
    for prize in content if isinstance(content, list) and content else [None]:
        if not isinstance(prize, dict) or not all(isinstance(prize.get(key), str) for key in ("id", "name", "imageUrl")):
            raise ValueError("prizes: a list, and each has the texts id, name and imageUrl")
    return list(content)


class Draw:
    """One draw of a room, from its opening to its winners."""

    def __init__(self, room: str, number: int, prizes: list[Object], seconds: int) -> None:
        self.room = room
        self.number = number
        self.prizes = prizes
        self.seconds = seconds
        self.entries: dict[str, Object] = {}
        self.is_over = False

    def enter(self, user: Object, participant: Object | None) -> int:
        """The user's ticket: one for each, however often he asks."""
        ticket = len(self.entries) + 1
        return self.entries.setdefault(user["id"], {"user": user, "participant": participant, "ticket": ticket})["ticket"]

    def winners(self) -> list[tuple[Object, Object]]:
        """Who has won which prize; nobody wins twice."""
        luck = random.SystemRandom()
        return list(zip(luck.sample(list(self.entries.values()), min(len(self.prizes), len(self.entries))), self.prizes, strict=False))


class Lottery:
    """The draws that are open, by room."""

    def __init__(self, key: str, secret: str, api_key: str) -> None:
        self.key = key
        self.secret = secret
        self.api_key = api_key
        self.draws: dict[str, Draw] = {}
        self.lock = threading.Lock()

    def publish(self, room: str, event: str, data: Object) -> None:
        """As the app."""
        address = f"{SERVER}/api/rooms/{urllib.parse.quote(room, safe='')}/events"
        post(address, {"event": event, "data": data}, {"Authorization": f"Bearer {self.key}", "X-App-Id": APP})

    def tell(self, event: str, data: Object) -> None:
        """As the platform's backend."""
        address = f"{ADMIN}/v1/platforms/rooms/events"
        post(address, {"event": event, "data": data}, {"Authorization": f"Bearer {self.api_key}"})

    def open(self, draw: Draw) -> bool:
        with self.lock:
            if draw.room in self.draws:
                return False
            self.draws[draw.room] = draw
        started = {"drawNumber": draw.number, "totalPrizes": len(draw.prizes), "estimatedDuration": draw.seconds}
        self.publish(draw.room, "lottery:draw_started", started)
        timer = threading.Timer(draw.seconds, self.close, [draw])
        timer.daemon = True
        timer.start()
        return True

    def close(self, draw: Draw) -> None:
        with self.lock:
            if draw.is_over:
                return
            draw.is_over = True
            del self.draws[draw.room]
        for entry, prize in draw.winners():
            user = entry["user"]
            identifier = (entry["participant"] or {}).get("id", user["id"])
            shown = {"id": user["id"], "name": user.get("name") or user["id"], "avatar": user.get("avatar") or ""}
            winner = {
                "id": f"winner_{uuid.uuid4().hex}", "participantId": identifier, "prizeId": prize["id"],
                "participant": {"id": identifier, "user": shown}, "prize": prize, "createdAt": now(),
            }
            self.tell("winner:selected", {"roomId": draw.room, "winner": winner, "timestamp": now()})
        finished = {"drawNumber": draw.number, "tickets": len(draw.entries)}
        self.publish(draw.room, "lottery:draw_finished", finished)

    def answer(self, call: Object) -> Object:
        """What the callback of a player's event gets."""
        with self.lock:
            draw = self.draws.get(call["parameters"].get("roomId", ""))
            if call["event"] != "lottery:enter" or draw is None:
                return {"success": False, "error": {"code": "INVALID_PAYLOAD", "message": "There is no draw to enter"}}
            return {"success": True, "ticket": draw.enter(call["user"], (call.get("with") or {}).get("participant"))}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lottery: Lottery

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return self.reply(413, {"error": "a body has a length, of 256 KiB at most"})
        body = self.rfile.read(int(length))
        path = [urllib.parse.unquote(part) for part in self.path.split("/")[1:]]
        try:
            self.reply(*self.handle_request(path, body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.reply(400, {"error": f"this is not what is sent here: {error!r}"})

    def handle_request(self, path: list[str], body: bytes) -> tuple[int, Object]:
        lottery = self.lottery
        match path:
            case ["calls"]:
                if not is_signed(self.headers, body, lottery.secret):
                    return 401, {"error": "the signature is not that of this app's secret, or too old"}
                return 200, lottery.answer(json.loads(body))
            case ["rooms", room, "draws"]:
                content = json.loads(body)
                draw = Draw(room, int(content["drawNumber"]), prizes(content["prizes"]), int(content["seconds"]))
                opened = lottery.open(draw)
                return (202, {}) if opened else (409, {"error": "a draw of this room is open"})
            case ["rooms", room, "draws", "close"]:
                draw = lottery.draws.get(room)
                if draw is None:
                    return 404, {"error": "no draw of this room is open"}
                lottery.close(draw)
                return 202, {}
        return 404, {"error": "POST /calls, /rooms/ROOM/draws or /rooms/ROOM/draws/close"}

    def reply(self, status: int, content: Object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        pass


def main() -> None:
    names = ("LOTTERY_KEY", "LOTTERY_SECRET", "SWITCHBOARD_API_KEY")
    if missing := [name for name in names if not os.environ.get(name)]:
        sys.exit(f"error: {', '.join(missing)} not set")
    Handler.lottery = Lottery(*(os.environ[name] for name in names))
    with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
        print(f"lottery on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
