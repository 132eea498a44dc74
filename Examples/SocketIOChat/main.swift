// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A chat with rooms, on Socket.IO alone. Clients say who they are when they connect, and speak in rooms:
//
//     const socket = io("http://localhost:3000", { auth: { name: "Ada" } });
//     socket.on("message", ({ room, from, text }) => …);
//     socket.emit("join", "swift", ({ members }) => …);
//     socket.emit("say", { room: "swift", text: "Hello" }, ({ ok }) => …);
//
//     SocketIOChat [PORT]        or PORT in the environment; 3000 if neither is given

import EngineIO
import Glibc
import SocketIO

let argument = CommandLine.arguments.dropFirst().first ?? getenv("PORT").map { String(cString: $0) } ?? "3000"
guard let port = Int(argument), (0...65535).contains(port) else {
    print("usage: SocketIOChat [PORT]")
    exit(64)
}

var configuration = SocketIOConfiguration()
// Who loses his network for a minute comes back to his rooms and hears what was said meanwhile.
configuration.recovery = SocketRecoveryConfiguration()
configuration.engine.crossOrigin = .init(origins: ["*"])

let io = SocketIOServer(configuration)
Chat(io).serve()
print("chat server on port \(try await io.listen(host: "::", port: port))")
fflush(nil)
// Serves until it is killed.
await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
