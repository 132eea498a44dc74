// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections

/// A connection that nobody can use, and that ends as soon as it is open.
final class UnwantedSession: ConnectionSession {
    private let port: any OutboundPort

    init(_ port: any OutboundPort) { self.port = port }

    func opened() { self.port.close(.internalError, reason: "") }

    func received(text: UnsafeRawBufferPointer) {}

    func received(binary: UnsafeRawBufferPointer) {}

    func closed() {}
}
