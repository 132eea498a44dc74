# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A Switchboard server for the tests of an app: started on free ports, led by the test, gone with it."""

from .server import MockError, MockServer

__all__ = ["MockError", "MockServer"]
