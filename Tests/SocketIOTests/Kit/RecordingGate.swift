// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore

@testable import SocketIO

/// Lets everybody in at once, under ids `a`, `b`, …, unless told otherwise; records what came.
final class RecordingGate: SocketGate {
    enum Answer { case accept, refuse, later }

    var answer = Answer.accept
    private(set) var links: [SocketLink] = []
    private(set) var auths: [String] = []
    private(set) var handlers: [RecordingHandler] = []
    private(set) var closed: [EngineCloseReason] = []

    func join(_ link: SocketLink, auth: JSONNode) {
        self.links.append(link)
        self.auths.append(String(decoding: auth.rawBytes, as: UTF8.self))
        switch self.answer {
        case .accept: self.accept(link)
        case .refuse: link.refuse(message: "Invalid namespace")
        case .later: break
        }
    }

    @discardableResult
    func accept(_ link: SocketLink, pid: String? = nil) -> RecordingHandler {
        let handler = RecordingHandler()
        self.handlers.append(handler)
        link.accept(id: String(UnicodeScalar(UInt8(0x60 + self.handlers.count))), pid: pid, handler: handler)
        return handler
    }

    func closed(_ reason: EngineCloseReason) { self.closed.append(reason) }
}

/// Records a namespace's packets as `["name"]#7+<01>`, answers as `7:[…]`.
final class RecordingHandler: SocketLinkHandler {
    private(set) var events: [String] = []
    private(set) var answers: [String] = []
    private(set) var ended: [DisconnectReason] = []

    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {
        self.events.append(Self.text(arguments) + (ack.map { "#\($0)" } ?? "") + Self.text(attachments))
    }

    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {
        self.answers.append("\(ack):" + Self.text(arguments) + Self.text(attachments))
    }

    func ended(_ reason: DisconnectReason) { self.ended.append(reason) }

    static func text(_ node: JSONNode) -> String { String(decoding: node.rawBytes, as: UTF8.self) }

    static func text(_ attachments: [ByteBuffer]) -> String {
        attachments.map { "+" + $0.readableBytesView.map { String($0, radix: 16) }.joined(separator: ".") }.joined()
    }
}
