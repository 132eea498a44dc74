// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// Numbers that no connection of this process has, for the second and later namespaces of Socket.IO connections. Threads: any.
final class SharedNumbers: Sendable {
    private let numbers = Mutex(ConnectionNumbers())

    func next() -> UInt64 { self.numbers.withLock { $0.next() } }
}
