# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Broadcasting from a service: one call, one line in the service's log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from .settings import Settings

#: Seconds for a broadcast, as the document's own example has it.
TIMEOUT = 5.0

logger = logging.getLogger("switchboard_client.broadcast")


class BroadcastError(Exception):
    """The event did not reach the server, or was refused; the message says which and why."""


async def broadcast(
    type: str,
    data: Mapping[str, Any] | None = None,
    *,
    channel: str | None = None,
    users: Sequence[str | int] | None = None,
    settings: Settings | None = None,
    client: httpx.AsyncClient | None = None,
) -> int:
    """Sends an event to the subscribers of `channel`, to `users`, or, where neither is named, to every client.

    The server is the one that `WS_SERVICE_URL` names. `client` is for services that keep one open; without it a
    connection is made for this call.

    Returns how many connections were sent the event. Raises `BroadcastError`; a service that can live without the
    event catches it.
    """
    where = settings or Settings.from_environment()
    body = _body(type, data, channel, users)
    try:
        if client is not None:
            answer = await client.post(_url(where), json=body, headers=where.headers, timeout=TIMEOUT)
        else:
            async with httpx.AsyncClient(timeout=TIMEOUT) as own:
                answer = await own.post(_url(where), json=body, headers=where.headers)
    except httpx.HTTPError as error:
        raise _unreachable(body, where, error) from error
    return _outcome(body, answer)


def broadcast_sync(
    type: str,
    data: Mapping[str, Any] | None = None,
    *,
    channel: str | None = None,
    users: Sequence[str | int] | None = None,
    settings: Settings | None = None,
    client: httpx.Client | None = None,
) -> int:
    """`broadcast`, for code without an event loop."""
    where = settings or Settings.from_environment()
    body = _body(type, data, channel, users)
    try:
        if client is not None:
            answer = client.post(_url(where), json=body, headers=where.headers, timeout=TIMEOUT)
        else:
            with httpx.Client(timeout=TIMEOUT) as own:
                answer = own.post(_url(where), json=body, headers=where.headers)
    except httpx.HTTPError as error:
        raise _unreachable(body, where, error) from error
    return _outcome(body, answer)


def _url(settings: Settings) -> str:
    return f"{settings.service_url}/broadcast"


def _body(
    type: str, data: Mapping[str, Any] | None, channel: str | None, users: Sequence[str | int] | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"type": type, "data": dict(data or {})}
    if channel is not None:
        body["channel"] = channel
    if users is not None:
        body["users"] = list(users)
    return body


def _aim(body: Mapping[str, Any]) -> str:
    if "channel" in body:
        return f"channel {body['channel']!r}"
    return f"{len(body['users'])} users" if "users" in body else "all clients"


def _unreachable(body: Mapping[str, Any], settings: Settings, error: httpx.HTTPError) -> BroadcastError:
    reason = str(error) or error.__class__.__name__
    text = f"broadcast of {body['type']!r} to {_aim(body)} failed: {settings.service_url}: {reason}"
    _log(logging.WARNING, text)
    return BroadcastError(text)


def _outcome(body: Mapping[str, Any], answer: httpx.Response) -> int:
    if not answer.is_success:
        text = f"broadcast of {body['type']!r} to {_aim(body)} was refused: {answer.status_code} {answer.text[:500]}"
        _log(logging.WARNING, text)
        raise BroadcastError(text)
    try:
        recipients = int(answer.json()["recipients"])
    except (ValueError, KeyError, TypeError) as error:
        text = f"broadcast of {body['type']!r}: {answer.url} does not answer like a platform: {answer.text[:200]!r}"
        _log(logging.WARNING, text)
        raise BroadcastError(text) from error
    _log(logging.INFO, f"broadcast of {body['type']!r} to {_aim(body)}: {recipients} recipients")
    return recipients


def _log(level: int, text: str) -> None:
    """Logs where the service does; where it has set up no logging at all, on standard output, for `docker logs`."""
    if not logger.hasHandlers():
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    logger.log(level, text)
