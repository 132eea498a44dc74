// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore
import SocketIO

/// Lets clients into `/` and `/custom`, and nowhere else.
final class SocketEchoGate: SocketGate {
    private static let namespaces = ["/", "/custom"]

    func join(_ link: SocketLink, auth: JSONNode) {
        guard Self.namespaces.contains(link.namespace) else { return link.refuse(message: "Invalid namespace") }
        link.accept(id: Self.id(), handler: SocketEcho(link: link))
        link.send(SocketPacketWriter.event(SocketEcho.arguments("auth", [auth])))
    }

    func closed(_ reason: EngineCloseReason) {}

    private static func id() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<20).map { _ in letters[Int.random(in: letters.indices)] })
    }
}

/// Answers `message` with `message-back`, and `message-with-ack` with its arguments; on `leave` it leaves the namespace, and on `close` it
/// ends the connection.
final class SocketEcho: SocketLinkHandler {
    private let link: SocketLink

    init(link: SocketLink) { self.link = link }

    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {
        guard let name = arguments[0]?.string else { return }
        let values = Array(arguments.elements.dropFirst())
        switch name {
        case "message":
            let event = Self.arguments("message-back", values)
            self.link.send(SocketPacketWriter.event(event, attachments: attachments))
        case "message-with-ack":
            guard let ack else { return }
            self.link.acknowledge(ack, Self.arguments(nil, values), attachments: attachments)
        case "leave": self.link.leave()
        case "close": self.link.close(.forcedClose)
        default: break
        }
    }

    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {}

    func ended(_ reason: DisconnectReason) {}

    /// A JSON array of a name, if there is one, and values as they were sent.
    static func arguments(_ name: String?, _ values: [JSONNode]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        if let name { writer.string(name) }
        for value in values { writer.raw(value) }
        writer.endArray()
        return writer.bytes
    }
}
