// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// For which kinds of clients a contract listens, as far as that is written; what is wrong with a listener does not matter.
struct ListenerKinds {
    var hasPlain = false
    var hasSocketIO = false
    /// Some listener is of no kind, which is a fault of its own.
    var isFaulty = false

    init(_ node: DocumentNode?) {
        for element in node?.elements ?? [] {
            if element["websocket"] != nil { self.hasPlain = true }
            if element["socketio"] != nil { self.hasSocketIO = true }
            if element["websocket"] == nil, element["socketio"] == nil { self.isFaulty = true }
        }
        if node == nil { self.isFaulty = true }
    }

    /// Reports a key that means nothing without a Socket.IO listener.
    func requireSocketIO(_ map: MapReader, _ key: String, _ faults: FaultCollector) {
        guard !self.hasSocketIO, !self.isFaulty else { return }
        faults.error(
            "\"\(key)\" is for Socket.IO clients, and no listener is for them", at: map.keyLocation(key),
            hint: "write listen: [ { port: 4000, socketio: /socket.io } ]")
    }
}
