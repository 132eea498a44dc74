// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Sends every WebSocket message back, on any path: the smallest program on Switchboard's transport, and what the
// conformance tests of RFC 6455 are run against.
//
//     EchoServer [PORT]        or PORT in the environment; 9001 if neither is given

import Glibc
import NIOPosix
import Transport

let argument = CommandLine.arguments.dropFirst().first ?? getenv("PORT").map { String(cString: $0) } ?? "9001"
guard let port = Int(argument), (0...65535).contains(port) else {
    print("usage: EchoServer [PORT]")
    exit(64)
}
ProcessLimits.raiseOpenFiles()
var configuration = ListenerConfiguration()
configuration.port = port
let listener = try await Listener.start(
    configuration, application: EchoApplication(), on: MultiThreadedEventLoopGroup.singleton)
print("echo server on \(configuration.host):\(listener.port)")
fflush(nil)
// Serves until it is killed.
await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
