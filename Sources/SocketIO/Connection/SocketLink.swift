// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import EngineIO
import JSON
package import NIOCore

/// One namespace of one connection, from the CONNECT packet on. Owned by the connection's event loop.
///
/// Order: the gate answers the CONNECT once, with `accept` or `refuse`. Then packets are handed to the handler until either side leaves or
/// the connection ends, after which calls are ignored.
package final class SocketLink {
    /// Begins with `/`; without a query.
    package let namespace: String
    /// The connection's way out, which all its namespaces share.
    package let port: any EnginePort

    /// nil once the namespace was left or refused.
    private var connection: SocketConnection?
    private var handler: (any SocketLinkHandler)?
    /// Makes frames for `/` into this namespace's; nil for `/` itself.
    private let frames: NIOLoopBoundBox<NamespaceFrames>?
    private var state = State.pending
    /// Why it ended, for a handler that comes later.
    private var reason = DisconnectReason.forcedClose

    private enum State { case pending, joined, ended }

    init(namespace: String, connection: SocketConnection, port: any EnginePort) {
        self.namespace = namespace
        self.port = port
        self.connection = connection
        self.frames = namespace == "/" ? nil : NamespaceFrames.shared(for: namespace, on: port.eventLoop)
    }

    /// Whether the CONNECT was accepted and the namespace was not left.
    package var isOpen: Bool { self.state == .joined }

    /// Whether the CONNECT waits for its answer.
    package var isPending: Bool { self.state == .pending }

    // MARK: The gate's answer

    /// Lets the client in: he is sent his id, and what he sends is handed to `handler`, never during this call.
    ///
    /// If the connection has ended meanwhile, the handler is told so before the call returns.
    ///
    /// - Parameters:
    ///   - id: what other clients may know him by; never the session's `sid`.
    ///   - pid: the secret with which he may come back to his state; nil: he may not.
    package func accept(id: String, pid: String? = nil, handler: any SocketLinkHandler) {
        guard self.state == .pending, let connection = self.connection else {
            // Answered twice, or too late.
            if self.state == .ended, self.handler == nil { handler.ended(self.reason) }
            return
        }
        self.state = .joined
        self.handler = handler
        connection.joined(self)
        self.port.send(SocketPacketWriter.connected(namespace: self.namespace, id: id, pid: pid))
    }

    /// Keeps the client out, who is told why and does not try again by himself.
    ///
    /// - Parameter payload: a JSON object with `message` and perhaps `data`.
    package func refuse(_ payload: [UInt8]) {
        guard self.state == .pending, let connection = self.connection else { return }
        self.end(.serverNamespaceDisconnect)
        connection.refused(self)
        self.port.send(SocketPacketWriter.refused(namespace: self.namespace, payload))
    }

    /// Keeps the client out. See `refuse(_:)`.
    ///
    /// - Parameter data: any JSON value.
    package func refuse(message: String, data: [UInt8]? = nil) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("message")
        writer.string(message)
        if let data {
            writer.key("data")
            writer.raw(data)
        }
        writer.endObject()
        self.refuse(writer.bytes)
    }

    // MARK: Sending

    /// Sends packets that are made for the namespace `/`, as complete WebSocket frames, and may be shared by any number of links of
    /// any namespace. Before `accept` they leave ahead of the answer to the CONNECT.
    package func send(_ frames: ByteBuffer) {
        guard self.state != .ended else { return }
        guard let rewriter = self.frames else { return self.port.send(frames) }
        self.port.send(rewriter.value.rewritten(frames))
    }

    /// The same for packets of which some may be left out when the client is slow. One of `queueing.frames` is one packet with its
    /// attachments.
    package func send(_ frames: ByteBuffer, queueing: Queueing) {
        guard self.state != .ended else { return }
        guard let rewriter = self.frames else { return self.port.send(frames, queueing: queueing) }
        let (frames, queueing) = rewriter.value.rewritten(frames, queueing)
        self.port.send(frames, queueing: queueing)
    }

    /// Answers an event that came with this id. The caller sees to it that there is one answer.
    ///
    /// - Parameter arguments: a JSON array, which may be empty; with attachments, it holds their placeholders.
    package func acknowledge(_ id: UInt64, _ arguments: [UInt8], attachments: [ByteBuffer] = []) {
        guard self.state == .joined else { return }
        self.port.send(
            SocketPacketWriter.acknowledgement(
                id, namespace: self.namespace, arguments, attachments: attachments))
    }

    // MARK: Ending

    /// Puts the client out of the namespace. He is told, and does not come back by himself. His connection goes on.
    package func leave() {
        guard self.state == .joined, let connection = self.connection else { return }
        self.port.send(SocketPacketWriter.disconnected(namespace: self.namespace))
        connection.left(self)
        self.end(.serverNamespaceDisconnect)
    }

    /// Puts the client out of every namespace, and ends the connection.
    package func leaveAll() { self.connection?.leaveAll() }

    /// Ends the whole connection, after what was sent before. The client is not told why, and comes back by himself.
    ///
    /// - Parameter code: for a WebSocket's close frame.
    package func close(_ reason: EngineCloseReason, code: CloseCode? = nil) {
        guard let connection = self.connection else { return }
        connection.close(DisconnectReason(rawValue: reason.rawValue), as: reason, code: code)
    }

    // MARK: The connection's side

    /// The handler of a joined namespace.
    var receiver: (any SocketLinkHandler)? { self.handler }

    /// Tells the handler, if there is one, and lets go of everything. The connection has forgotten the link before.
    func end(_ reason: DisconnectReason) {
        guard self.state != .ended else { return }
        self.state = .ended
        self.reason = reason
        self.connection = nil
        let handler = self.handler
        self.handler = nil
        handler?.ended(reason)
    }
}

@available(*, unavailable)
extension SocketLink: Sendable {}
