// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Sends every Socket.IO event back under its own name, and answers callbacks with what came: the smallest program on the library.
//
//     SocketIOEcho [PORT]        or PORT in the environment; 3000 if neither is given

import Glibc
import SocketIO

let argument = CommandLine.arguments.dropFirst().first ?? getenv("PORT").map { String(cString: $0) } ?? "3000"
guard let port = Int(argument), (0...65535).contains(port) else {
    print("usage: SocketIOEcho [PORT]")
    exit(64)
}

let io = SocketIOServer()
io.on("connection") { socket in
    socket.onAny { event in
        if event.wantsAcknowledgement {
            event.acknowledge(arguments: event.arguments)
        } else {
            socket.emit(event.name, arguments: event.arguments)
        }
    }
}
print("Socket.IO echo server on 127.0.0.1:\(try await io.listen(port: port))")
fflush(nil)
// Serves until it is killed.
await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
