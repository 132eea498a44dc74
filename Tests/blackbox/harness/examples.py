# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The example backends of the room platform, in processes of their own."""

import base64
import pathlib
import secrets
import sys
from typing import Any

import httpx

from .peer import Peer
from .rooms import Rooms
from .server import API_KEY, BINARIES, ROOT


def webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class ExampleBackend(Peer):
    """A running example, which is an app with a webhook."""

    #: What its variables begin with.
    prefix = ""
    prefix_of_events = ""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.key, self.secret = secrets.token_hex(32), webhook_secret()
        self.app = f"app_{self.prefix_of_events}_v1"

    @property
    def registration(self) -> dict[str, Any]:
        """Its part of the manifest."""
        return {
            "key": self.key, "permissions": ["realtime:publish", "realtime:call"],
            "webhook": {"url": f"{self.url}/calls", "secret": self.secret},
        }

    def serve(self, rooms: Rooms) -> None:
        """Starts it as the backend of this server."""
        self.variables |= {
            f"{self.prefix}_SERVER": rooms.address, f"{self.prefix}_KEY": self.key, f"{self.prefix}_SECRET": self.secret,
            f"{self.prefix}_PORT": str(self.port),
        }
        self.start()

    def post(self, path: str, content: Any = None) -> httpx.Response:
        return httpx.post(f"{self.url}{path}", json=content, trust_env=False, timeout=30)


class QuizBackend(ExampleBackend):
    program = BINARIES / "Quiz"
    prefix, prefix_of_events = "QUIZ", "quiz"

    def ask(self, room: str, id: str, answer: str = "Paris", seconds: int = 60) -> None:
        question = {
            "questionId": id, "questionNumber": 1, "totalQuestions": 10, "question": "What is the capital of France?",
            "options": ["London", "Berlin", "Paris", "Madrid"], "timeLimit": seconds, "answer": answer,
        }
        answered = self.post(f"/rooms/{room}/questions", question)
        assert answered.status_code == 204, answered.text


class LotteryBackend(ExampleBackend):
    prefix, prefix_of_events = "LOTTERY", "lottery"

    def __init__(self, name: str, folder: pathlib.Path) -> None:
        super().__init__(name)
        # A program of one file, as those that are built are.
        self.program = folder / "lottery"
        self.program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/Examples/lottery/lottery.py"\n')
        self.program.chmod(0o700)

    def serve(self, rooms: Rooms) -> None:
        self.variables |= {"LOTTERY_ADMIN": rooms.admin.base, "SWITCHBOARD_API_KEY": API_KEY}
        super().serve(rooms)
