// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import EngineIO

/// One namespace of one connection, from the CONNECT packet on. Owned by the connection's event loop.
package final class SocketLink {
    /// Begins with `/`; without a query.
    package let namespace: String
    /// The connection's way out, which all its namespaces share.
    package let port: any EnginePort

    init(namespace: String, port: any EnginePort) {
        self.namespace = namespace
        self.port = port
    }
}
