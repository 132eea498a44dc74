// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What callbacks on any thread have told, in order.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { self.elements.withLock { $0 } }

    func append(_ element: Element) { self.elements.withLock { $0.append(element) } }
}
