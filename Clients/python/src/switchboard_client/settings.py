# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Where the server is, from the environment."""

from __future__ import annotations

import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Settings:
    """Addresses have no slash at the end. Nothing is read before it is needed, and nothing is kept."""

    #: The platform's own address, where `POST /broadcast`, `GET /health` and `GET /stats` are.
    service_url: str
    #: The administrative API, for what concerns single connections.
    admin_url: str
    #: The API key. The platform's own address needs it only from networks that the contract does not trust.
    api_key: str | None
    #: The platform's name in the administrative API: the contract's.
    platform: str

    @classmethod
    def from_environment(cls) -> Settings:
        """Reads `WS_SERVICE_URL`, `SWITCHBOARD_ADMIN_URL`, `SWITCHBOARD_API_KEY` and `SWITCHBOARD_PLATFORM`."""
        return cls(
            service_url=_address("WS_SERVICE_URL", "http://websocket-server:8000"),
            admin_url=_address("SWITCHBOARD_ADMIN_URL", "http://websocket-server:9000"),
            api_key=os.environ.get("SWITCHBOARD_API_KEY") or None,
            platform=os.environ.get("SWITCHBOARD_PLATFORM") or "paychain",
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}


def _address(variable: str, default: str) -> str:
    return (os.environ.get(variable) or default).rstrip("/")
