// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import NIOCore
import Realtime

/// What is known of one app while it is called.
struct CallLine {
    struct Connection {
        let connection: any AppConnection
        var underWay = 0
    }

    /// A webhook, read.
    struct Hook {
        let webhook: App.Webhook
        let address: BackendAddress
        let signature: WebhookSignature

        init?(_ webhook: App.Webhook) {
            guard let address = BackendAddress(webhook.url), let signature = WebhookSignature(secret: webhook.secret)
            else { return nil }
            self.webhook = webhook
            self.address = address
            self.signature = signature
        }
    }

    enum Route {
        case connection(any AppConnection)
        case webhook(Hook)
    }

    var figures = CallFigures()
    var circuit = CallCircuit()
    private(set) var underWay = 0
    private(set) var connections: [Connection] = []
    private var hook: Hook?

    // MARK: Calls

    /// Where a call goes: to the connection with the fewest, otherwise to the webhook.
    ///
    /// - Parameter tried: a connection that turned out to have ended.
    mutating func route(of app: App, but tried: (any AppConnection)? = nil) -> Route? {
        let usable = self.connections.indices.filter { self.connections[$0].connection !== tried }
        if let index = usable.min(by: { self.connections[$0].underWay < self.connections[$1].underWay }) {
            self.connections[index].underWay += 1
            return .connection(self.connections[index].connection)
        }
        guard let webhook = app.webhook else { return nil }
        if self.hook?.webhook != webhook { self.hook = Hook(webhook) }
        return self.hook.map { .webhook($0) }
    }

    mutating func begin() { self.underWay += 1 }

    mutating func end() { self.underWay -= 1 }

    /// A connection has dealt with a call.
    mutating func leave(_ connection: any AppConnection) {
        guard let index = self.connections.firstIndex(where: { $0.connection === connection }) else { return }
        self.connections[index].underWay -= 1
    }

    // MARK: Connections

    mutating func add(_ connection: any AppConnection) { self.connections.append(Connection(connection: connection)) }

    mutating func remove(_ connection: any AppConnection) {
        self.connections.removeAll { $0.connection === connection }
    }
}
