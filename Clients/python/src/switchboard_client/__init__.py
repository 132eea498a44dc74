# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""For backends of a platform that Switchboard serves."""

from .broadcasting import BroadcastError, broadcast, broadcast_sync
from .connection_manager import AsyncConnectionManager, ConnectionManager, Statistics, manager
from .settings import Settings

__all__ = [
    "AsyncConnectionManager",
    "BroadcastError",
    "ConnectionManager",
    "Settings",
    "Statistics",
    "broadcast",
    "broadcast_sync",
    "manager",
]
