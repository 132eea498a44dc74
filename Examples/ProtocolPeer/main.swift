// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What suites for the two protocols are run against, the official ones and our own: Engine.IO 4 on /engine.io/, which sends
// every message back, and Socket.IO 5 on /socket.io/ with the namespaces / and /custom.
//
//     PORT=3000 ProtocolPeer
//
// It ends at SIGTERM, as a server that is deployed anew. The timers are the official suites'; others may be given,
// in milliseconds: PING_INTERVAL, PING_TIMEOUT, CONNECT_TIMEOUT.

import Connections
import EngineIO
import Glibc
import NIOPosix
import SocketIO
import Transport

func setting(_ name: String, _ standard: Int64) -> Int64 {
    guard let text = getenv(name).map({ String(cString: $0) }) else { return standard }
    guard let number = Int64(text), number >= 0 else {
        print("\(name) is no number: \(text)")
        exit(64)
    }
    return number
}

var engine = EngineConfiguration()
engine.pingInterval = setting("PING_INTERVAL", 300)
engine.pingTimeout = setting("PING_TIMEOUT", 200)
engine.maximumPayloadByteCount = 1_000_000
engine.maximumQueuedByteCount = 8_000_000
engine.crossOrigin = EngineCrossOrigin()
let echo = EngineEndpoint(engine) { port in EngineEcho(port: port) }

var settings = SocketIOConfiguration()
engine.path = settings.engine.path
settings.engine = engine
settings.connectTimeout = .milliseconds(setting("CONNECT_TIMEOUT", 1_000))
let io = SocketIOServer(settings)
SocketEcho.serve(io)

ProcessLimits.raiseOpenFiles()
var configuration = ListenerConfiguration()
configuration.port = Int(setting("PORT", 3_000))
let listener = try await Listener.start(
    configuration, application: PeerApplication(endpoints: [echo, io.endpoint]),
    on: MultiThreadedEventLoopGroup.singleton)
print("protocol peer on \(configuration.host):\(listener.port)")
fflush(nil)

await StopSignal().wait()
try await listener.stopAccepting()
await echo.closeAll(.serverShuttingDown)
await io.endpoint.closeAll(.serverShuttingDown)
try await listener.closeAll(.goingAway, reason: "going away")
