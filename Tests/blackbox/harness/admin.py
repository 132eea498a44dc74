# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The administrative API, as a backend uses it."""

from typing import Any
from urllib.parse import quote

import httpx


class Admin:
    """One server's administrative listener. Every call names its platform, by default `rangkai`."""

    def __init__(self, port: int, key: str | None, platform: str = "rangkai") -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.platform = platform
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # The environment's proxies are not asked: everything here is on the loopback.
        self.http = httpx.Client(base_url=self.base, headers=headers, timeout=30, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def _path(self, *segments: str) -> str:
        return "/".join([f"/v1/platforms/{self.platform}", *(quote(segment, safe="") for segment in segments)])

    def try_publish(self, event: str, data: Any, **others: Any) -> httpx.Response:
        """Publishes and gives the answer whatever it is."""
        return self.http.post(self._path("events"), json={"event": event, "data": data} | others)

    def publish(self, event: str, data: Any, **others: Any) -> dict[str, Any]:
        """Publishes what must be accepted and gives the receipt."""
        answer = self.try_publish(event, data, **others)
        assert answer.status_code == 200, f"{event} was refused: {answer.status_code} {answer.text}"
        return answer.json()

    def publish_batch(self, publications: list[dict[str, Any]]) -> httpx.Response:
        return self.http.post(self._path("events"), json=publications)

    def post_events(self, body: bytes | str, **headers: str) -> httpx.Response:
        """Posts a body as it is, for bodies that are no publications."""
        return self.http.post(self._path("events"), content=body, headers={"Content-Type": "application/json"} | headers)

    def put_members(self, channel: str, body: Any) -> httpx.Response:
        """Replaces a channel's members with whatever the body says, and gives the answer."""
        return self.http.put(self._path("channels", channel, "members"), json=body)

    def members(self, channel: str) -> list[str]:
        answer = self.http.get(self._path("channels", channel, "members"))
        assert answer.status_code == 200, answer.text
        return sorted(answer.json()["members"])

    def set_members(self, channel: str, *users: str) -> None:
        answer = self.put_members(channel, {"users": list(users)})
        assert answer.status_code == 204, answer.text

    def remove_members(self, channel: str, *users: str) -> None:
        """Removes these members; without any, all of them."""
        body = {"json": {"users": list(users)}} if users else {}
        answer = self.http.request("DELETE", self._path("channels", channel, "members"), **body)
        assert answer.status_code == 204, answer.text

    def channels(self) -> dict[str, int]:
        """Every channel that somebody is subscribed to, with the number of subscribers."""
        answer = self.http.get(self._path("channels"))
        assert answer.status_code == 200, answer.text
        return {channel["name"]: channel["subscribers"] for channel in answer.json()["channels"]}

    def connections(self, user: str | None = None) -> list[dict[str, Any]]:
        """The open connections, of one user or of all, up to the thousand that one answer holds."""
        answer = self.http.get(self._path("connections"), params={"user": user} if user is not None else {})
        assert answer.status_code == 200, answer.text
        return answer.json()["connections"]

    def disconnect(self, connection: str) -> httpx.Response:
        return self.http.delete(self._path("connections", connection))

    def disconnect_user(self, user: str) -> httpx.Response:
        return self.http.delete(self._path("users", user, "connections"))

    def history(self, channel: str, **query: Any) -> httpx.Response:
        return self.http.get(self._path("channels", channel, "history"), params=query)

    def metrics(self) -> str:
        answer = self.http.get("/metrics")
        assert answer.status_code == 200, answer.text
        return answer.text
