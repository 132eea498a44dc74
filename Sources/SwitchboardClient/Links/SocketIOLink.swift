// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore

/// A link to one namespace of a Socket.IO server, over a WebSocket or by polling. Owned by its loop.
///
/// Answers the server's pings, and where it watches, ends when none has come for as long as the server itself said it may take.
package final class SocketIOLink: Link {
    private let port: any LinkPort
    private let namespace: String
    private let auth: String
    private let listener: any LinkListener
    private let tap: (any FrameTap)?
    private let watches: Bool
    private var isJoined = false
    private var isReceiving = true
    private var ending = LinkEnding.gone
    /// How long nothing may come, as the server said.
    private var patience: TimeAmount?
    private var lastHeard = NIODeadline.now()
    private var watch: Scheduled<Void>?

    /// - Parameters:
    ///   - auth: the JSON object that goes with the packet that joins.
    ///   - watches: whether silence ends the link.
    package init(
        _ port: any LinkPort, namespace: String, auth: String, listener: any LinkListener, tap: (any FrameTap)? = nil,
        watches: Bool = true
    ) {
        self.port = port
        self.namespace = namespace
        self.auth = auth
        self.listener = listener
        self.tap = tap
        self.watches = watches
    }

    package func opened() {}

    package func received(text: UnsafeRawBufferPointer) {
        self.tap?.frame(.received, text)
        if self.watches { self.lastHeard = .now() }
        let rest = UnsafeRawBufferPointer(rebasing: text.dropFirst())
        switch text.first {
        case UInt8(ascii: "4"): self.received(packet: rest)
        case UInt8(ascii: "2"): self.send("3")
        case UInt8(ascii: "0"): self.greeted(rest)
        case UInt8(ascii: "1"): self.end(.closed(code: nil, reason: ""))
        case UInt8(ascii: "3"), UInt8(ascii: "5"), UInt8(ascii: "6"): break
        default: self.fail("it sent what is no packet of Engine.IO")
        }
    }

    package func received(binary: UnsafeRawBufferPointer) {
        self.tap?.frame(.received, binary: binary)
        if self.watches { self.lastHeard = .now() }
        self.listener.linkReceived(binaryByteCount: binary.count)
    }

    package func peerClosed(code: UInt16?, reason: String) {
        if self.ending == .gone { self.ending = .closed(code: code, reason: reason) }
    }

    package func closed() {
        self.watch?.cancel()
        self.watch = nil
        self.listener.linkClosed(self.ending)
    }

    package func say(_ text: String, id: Int?) {
        self.send(SocketIOPacket.text(.event, self.namespace, id: id, text))
    }

    /// The server is the one that pings.
    package func beat() {}

    package func setReceiving(_ isReceiving: Bool) {
        self.isReceiving = isReceiving
        self.lastHeard = .now()
        self.port.setReceiving(isReceiving)
    }

    package func close() {
        if self.isJoined { self.send(SocketIOPacket.text(.disconnect, self.namespace, "")) }
        self.port.close()
    }

    private func send(_ text: String) {
        self.tap?.frame(.sent, text)
        self.port.send(text)
    }

    private func end(_ ending: LinkEnding) {
        self.ending = ending
        self.port.close()
    }

    private func fail(_ problem: String) {
        self.listener.linkBroken(problem)
        self.end(.broken(problem))
    }

    // MARK: - Packets

    private func greeted(_ text: UnsafeRawBufferPointer) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .object else {
            return self.fail("its first packet is not JSON")
        }
        self.send(SocketIOPacket.text(.connect, self.namespace, self.auth))
        guard self.watches else { return }
        let milliseconds = [("pingInterval", 25_000), ("pingTimeout", 20_000)].map { name, usual in
            min(max(root[name]?.int ?? usual, 1), 86_400_000)
        }
        self.patience = .milliseconds(Int64(milliseconds.reduce(0, +)))
        self.scheduleWatch()
    }

    private func received(packet text: UnsafeRawBufferPointer) {
        guard let packet = SocketIOPacket(text) else { return self.fail("it sent what is no packet of Socket.IO") }
        guard packet.namespace == self.namespace else { return }
        switch packet.kind {
        case .connect: self.joined(packet.payload)
        case .disconnect: self.end(.left)
        case .event, .binaryEvent: self.listener.linkReceived(packet.payload)
        case .answer, .binaryAnswer:
            if let id = packet.id { self.listener.linkAnswered(packet.payload, id: id) }
        case .refusal: self.end(.refused(String(decoding: packet.payload, as: UTF8.self)))
        }
    }

    private func joined(_ payload: UnsafeRawBufferPointer) {
        guard !self.isJoined else { return }
        guard let root = try? JSONDocument(parsing: payload).root, root["sid"]?.string != nil else {
            return self.fail("it let this client in without an id")
        }
        self.isJoined = true
        self.listener.linkOpened(LinkOpening(secret: root["pid"]?.string))
    }

    // MARK: - Silence

    private func scheduleWatch() {
        guard let patience = self.patience else { return }
        self.watch?.cancel()
        self.watch = self.port.eventLoop.assumeIsolated().scheduleTask(deadline: self.lastHeard + patience) {
            if self.isReceiving, self.lastHeard + patience <= .now() {
                self.end(.silent)
            } else {
                if !self.isReceiving { self.lastHeard = .now() }
                self.scheduleWatch()
            }
        }
    }
}
