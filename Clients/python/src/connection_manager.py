# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`from connection_manager import manager`: the same as `switchboard_client.connection_manager`, under the short name."""

from switchboard_client.connection_manager import AsyncConnectionManager, ConnectionManager, Statistics, manager

__all__ = ["AsyncConnectionManager", "ConnectionManager", "Statistics", "manager"]
