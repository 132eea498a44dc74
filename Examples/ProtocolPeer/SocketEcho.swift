// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SocketIO

/// What the suites for Socket.IO want of a server: `/` and `/custom` tell each client its auth; `message` is answered with
/// `message-back`, and `message-with-ack` with its arguments. On `leave` the server leaves the client's namespace.
enum SocketEcho {
    static func serve(_ io: SocketIOServer) {
        for namespace in [io.root, io.of("/custom")] {
            namespace.onConnection { socket in
                socket.emit("auth", socket.handshake.auth)
                socket.on("message") { event in socket.emit("message-back", arguments: event.arguments) }
                socket.on("message-with-ack") { event in event.acknowledge(arguments: event.arguments) }
                socket.on("leave") { _ in socket.disconnect() }
            }
        }
    }
}
