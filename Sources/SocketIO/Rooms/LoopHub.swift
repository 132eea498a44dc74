// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One event loop's sockets, by namespace. Owned by the loop; reached through its `LoopMailbox`.
final class LoopHub {
    var isDraining = false
    private var namespaces: [ObjectIdentifier: LoopNamespace] = [:]

    /// The namespace's sockets here; nil while it has none.
    subscript(_ namespace: SocketNamespace) -> LoopNamespace? { self.namespaces[ObjectIdentifier(namespace)] }

    /// The namespace's sockets here, to add one.
    func opened(_ namespace: SocketNamespace) -> LoopNamespace {
        let key = ObjectIdentifier(namespace)
        if let known = self.namespaces[key] { return known }
        let new = LoopNamespace(namespace)
        self.namespaces[key] = new
        return new
    }

    /// Forgets a namespace that has no socket here any more.
    func closeIfEmpty(_ namespace: SocketNamespace) {
        let key = ObjectIdentifier(namespace)
        if self.namespaces[key]?.isEmpty == true { self.namespaces[key] = nil }
    }
}
