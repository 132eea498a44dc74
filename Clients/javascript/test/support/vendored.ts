// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { io } from 'socket.io-client';

/** Options of a test that needs the vendored socket.io-client. */
export const vendored = {
  skip: typeof io === 'function'
    ? false
    : 'socket.io-client is not installed (scripts/vendor takes it out of a package of PyPI)',
};
