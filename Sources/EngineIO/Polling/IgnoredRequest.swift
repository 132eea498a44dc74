// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Transport

/// What is left of a request that is answered.
final class IgnoredRequest: RequestReceiver {
    func received(_ part: ByteBuffer) {}

    func finished() {}

    func aborted() {}
}
