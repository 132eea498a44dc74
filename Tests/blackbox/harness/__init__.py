# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests stand on: real servers, stock clients, raw sockets, and the documented payloads."""
