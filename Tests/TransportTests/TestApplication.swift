// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import Synchronization
import Transport
import WebSocketProtocol

/// What a listener serves in these tests: WebSockets at `/ws` whose sessions do what `onOpened` and `onText` say, and HTTP
/// answered by `onRequest`.
struct TestApplication: ListenerApplication {
    typealias Respond = @Sendable (HTTPResponse) -> Void

    var settings = WebSocketSettings()
    var origins = OriginPolicy(["*"])
    var onOpened: @Sendable (any OutboundPort) -> Void = { _ in }
    var onText: @Sendable (any OutboundPort, String) -> Void = { port, text in port.send(frame(text)) }
    var onLost: @Sendable (any OutboundPort, Int) -> Void = { _, _ in }
    var onClosed: @Sendable () -> Void = {}
    var onRequest: @Sendable (HTTPRequest, @escaping Respond) -> Void = { request, respond in
        var body = request.body
        let text = body.readString(length: body.readableBytes) ?? ""
        respond(.text(.ok, "\(request.method.rawValue) \(request.path) \(text)"))
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        guard self.origins.allows(request.headers) else { return .refuse(OriginPolicy.refusal) }
        guard request.path == "/ws" else { return .refuse(.text(.notFound, "no WebSocket here")) }
        return .accept(self.settings) { TestSession(port: $0, application: self) }
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping Respond) {
        self.onRequest(request, respond)
    }

    /// A text frame of a server.
    static func frame(_ text: String) -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.appendText(text, to: &frame)
        return frame
    }
}

/// Shorthand for `TestApplication.frame`.
func frame(_ text: String) -> ByteBuffer { TestApplication.frame(text) }

/// Calls the application's closures.
final class TestSession: ConnectionSession {
    private let port: any OutboundPort
    private let application: TestApplication

    init(port: any OutboundPort, application: TestApplication) {
        self.port = port
        self.application = application
    }

    func opened() { self.application.onOpened(self.port) }

    func received(text: UnsafeRawBufferPointer) {
        self.application.onText(self.port, String(decoding: text, as: UTF8.self))
    }

    func received(binary: UnsafeRawBufferPointer) {}

    func lost(frameCount: Int) { self.application.onLost(self.port, frameCount) }

    func closed() { self.application.onClosed() }
}

/// A value that sessions write on their loop and tests read.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func update(_ body: (inout Value) -> Void) { self.value.withLock { value in body(&value) } }

    var current: Value { self.value.withLock { $0 } }
}
