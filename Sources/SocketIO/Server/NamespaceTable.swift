// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A server's namespaces, and the rules by which others come to exist.
final class NamespaceTable: Sendable {
    typealias Condition = @Sendable (String, SocketValue) -> Bool

    private let configuration: SocketIOConfiguration
    let mailboxes = Mailboxes()
    private let state = Mutex(State())

    private struct Entry {
        let namespace: SocketNamespace
        /// Of one that exists by a rule: sockets that are in it or on their way.
        var socketCount = 0
        let isDynamic: Bool
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var rules: [(condition: Condition, namespace: SocketNamespace)] = []
        var dynamicCount = 0
    }

    init(_ configuration: SocketIOConfiguration) { self.configuration = configuration }

    /// The namespace of that name, made if need be.
    func namespace(_ name: String) -> SocketNamespace {
        // By its bytes: a mark behind the slash would make one character of both.
        let name = name.utf8.first == UInt8(ascii: "/") ? name : "/\(name)"
        return self.state.withLock { state in
            if let known = state.entries[name] { return known.namespace }
            let new = self.make(name)
            state.entries[name] = Entry(namespace: new, isDynamic: false)
            return new
        }
    }

    /// Names for which `condition` holds exist from now on. Those added first are asked first.
    func addRule(_ condition: @escaping Condition) -> SocketNamespace {
        let rule = self.make("")
        self.state.withLock { $0.rules.append((condition, rule)) }
        return rule
    }

    /// The namespace that a client asks for, counting him; nil: there is none, or there are too many.
    ///
    /// `socketEnded` takes the count back.
    func enter(_ name: String, auth: SocketValue) -> SocketNamespace? {
        if let known = self.state.withLock({ Self.count(name, &$0) }) { return known }
        let rules = self.state.withLock(\.rules)
        // The application's conditions run outside the lock.
        guard let rule = rules.first(where: { $0.condition(name, auth) })?.namespace else { return nil }
        return self.state.withLock { state in
            if let known = Self.count(name, &state) { return known }
            guard state.dynamicCount < self.configuration.maximumDynamicNamespaceCount else { return nil }
            let new = self.make(name, rule: rule)
            rule.addChild(new)
            state.entries[name] = Entry(namespace: new, socketCount: 1, isDynamic: true)
            state.dynamicCount += 1
            return new
        }
    }

    private static func count(_ name: String, _ state: inout State) -> SocketNamespace? {
        state.entries[name]?.socketCount += 1
        return state.entries[name]?.namespace
    }

    private func socketEnded(_ namespace: SocketNamespace) {
        let isGone = self.state.withLock { state in
            guard let entry = state.entries[namespace.name], entry.namespace === namespace else { return false }
            state.entries[namespace.name]?.socketCount -= 1
            guard entry.isDynamic, entry.socketCount == 1, self.configuration.removesEmptyNamespaces else {
                return false
            }
            state.entries[namespace.name] = nil
            state.dynamicCount -= 1
            return true
        }
        if isGone { namespace.leaveRule() }
    }

    private func make(_ name: String, rule: SocketNamespace? = nil) -> SocketNamespace {
        SocketNamespace(name, rule: rule, mailboxes: self.mailboxes, configuration: self.configuration) {
            [weak self] namespace in self?.socketEnded(namespace)
        }
    }
}
