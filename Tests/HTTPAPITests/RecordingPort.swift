// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import Realtime

/// A connection that keeps what it was sent.
final class RecordingPort: OutboundPort {
    let number: UInt64
    let eventLoop: any EventLoop
    let transport = PortTransport.polling
    let roundTrip: Int64? = 17
    var session: Session?
    private(set) var sent: [String] = []
    private(set) var closeCode: CloseCode?

    init(number: UInt64, eventLoop: any EventLoop) {
        self.number = number
        self.eventLoop = eventLoop
    }

    func send(_ frames: ByteBuffer) { self.sent.append(String(buffer: frames)) }

    func close(_ code: CloseCode, reason: String) {
        guard self.closeCode == nil else { return }
        self.closeCode = code
        // As a real one, it never calls back before `close` returns.
        self.eventLoop.assumeIsolated().execute { self.session?.close() }
    }

    func setReceiving(_ isReceiving: Bool) {}
    func ping(timeout: TimeAmount) {}
}

/// Publications as `EVENT DATA`, notices as their names.
struct TextDialect: Dialect {
    let name = "text"

    func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame] {
        let data = String(decoding: publication.data.rawBytes, as: UTF8.self)
        return [EncodedFrame(bytes: ByteBuffer(string: "\(publication.event) \(data)"))]
    }

    func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer? {
        switch notice {
        case .connected, .expired, .revoked, .lost, .resume: nil
        case .subscriptionEnded: ByteBuffer(string: "unsubscribed \(scope.channel ?? "")")
        case .failed(let error): ByteBuffer(string: "error \(error.code)")
        }
    }
}
