// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections

/// Connects to one namespace of a Socket.IO server and answers its pings.
///
/// Another session is opened when the namespace is joined, and hears the packets' JSON: events and answers as arrays, a refusal
/// as an object, behind which the connection ends. It hears of the end even when it was never opened.
final class SocketIOClientSession: ConnectionSession {
    private let port: any ClientPort
    private let namespace: String
    private let auth: String
    private let session: any ConnectionSession

    init(port: any ClientPort, namespace: String, auth: String, session: any ConnectionSession) {
        self.port = port
        self.namespace = namespace
        self.auth = auth
        self.session = session
    }

    /// A packet's text (Socket.IO protocol 5, packet encoding); the main namespace is not named.
    static func packet(_ type: String, _ namespace: String, _ payload: String) -> String {
        namespace == "/" ? type + payload : "\(type)\(namespace),\(payload)"
    }

    func opened() {}

    func received(text: UnsafeRawBufferPointer) {
        guard let type = text.first else { return }
        switch type {
        case UInt8(ascii: "0"): self.port.send(Self.packet("40", self.namespace, self.auth))
        case UInt8(ascii: "2"): self.port.send("3")
        case UInt8(ascii: "4"): self.received(packet: UnsafeRawBufferPointer(rebasing: text.dropFirst()))
        case UInt8(ascii: "1"): self.port.close()
        default: break
        }
    }

    func received(binary: UnsafeRawBufferPointer) { self.session.received(binary: binary) }

    func closed() { self.session.closed() }

    private func received(packet: UnsafeRawBufferPointer) {
        guard let type = packet.first else { return }
        switch type {
        case UInt8(ascii: "0"): self.session.opened()
        case UInt8(ascii: "1"): self.port.close()
        case UInt8(ascii: "4"):
            self.session.received(text: Self.payload(of: packet))
            self.port.close()
        default: self.session.received(text: Self.payload(of: packet))
        }
    }

    /// What stands behind the type, the namespace and the id of an acknowledgement.
    private static func payload(of packet: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = packet.dropFirst()
        if rest.first == UInt8(ascii: "/") { rest = rest.drop { $0 != UInt8(ascii: ",") }.dropFirst() }
        return UnsafeRawBufferPointer(rebasing: rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    }
}
