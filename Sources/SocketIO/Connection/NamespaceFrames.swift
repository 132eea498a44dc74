// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Synchronization
import WebSocketProtocol

/// Makes packets for the namespace `/` into those of another one, once for all the links of an event loop that share it.
/// Owned by the loop.
///
/// A broadcast reaches the links one after the other with the same bytes, so remembering the last ones is enough. They are forgotten
/// at the end of the loop's turn.
final class NamespaceFrames {
    private let key: Key
    /// The name and its comma.
    private let place: [UInt8]
    private let eventLoop: any EventLoop
    private var last: (frames: ByteBuffer, rewritten: ByteBuffer)?
    /// The units of `last`, if they were asked for.
    private var lastUnits: [Queueing.Frame]?

    private init(key: Key, place: [UInt8], eventLoop: any EventLoop) {
        self.key = key
        self.place = place
        self.eventLoop = eventLoop
    }

    func rewritten(_ frames: ByteBuffer) -> ByteBuffer {
        if let last = self.last, Self.isSame(last.frames, frames) { return last.rewritten }
        var rewritten = self.buffer(for: frames)
        self.append(frames, to: &rewritten)
        self.remember(frames, rewritten, units: nil)
        return rewritten
    }

    /// - Returns: also how many bytes each unit of the run has become.
    func rewritten(_ frames: ByteBuffer, _ queueing: Queueing) -> (ByteBuffer, Queueing) {
        var queueing = queueing
        if let last = self.last, let units = self.lastUnits, Self.isSame(last.frames, frames) {
            queueing.frames = units
            return (last.rewritten, queueing)
        }
        var rewritten = self.buffer(for: frames)
        var rest = frames
        for index in queueing.frames.indices {
            guard let unit = rest.readSlice(length: queueing.frames[index].byteCount) else { break }
            let start = rewritten.readableBytes
            self.append(unit, to: &rewritten)
            queueing.frames[index].byteCount = rewritten.readableBytes - start
        }
        self.append(rest, to: &rewritten)
        self.remember(frames, rewritten, units: queueing.frames)
        return (rewritten, queueing)
    }

    // MARK: Rewriting

    private func buffer(for frames: ByteBuffer) -> ByteBuffer {
        ByteBufferAllocator().buffer(
            capacity: frames.readableBytes + 4 * (self.place.count + FrameHeader.maximumByteCount))
    }

    /// Copies frame by frame; in text frames the name comes behind the packet's type and attachment count.
    private func append(_ frames: ByteBuffer, to output: inout ByteBuffer) {
        frames.withUnsafeReadableBytes { bytes in
            var rest = bytes
            while let header = FrameHeader(rest) {
                let byteCount = min(header.byteCount + Int(clamping: header.payloadByteCount), rest.count)
                let frame = UnsafeRawBufferPointer(rebasing: rest[..<byteCount])
                rest = UnsafeRawBufferPointer(rebasing: rest[byteCount...])
                let payload = UnsafeRawBufferPointer(rebasing: frame[header.byteCount...])
                guard header.opcode == Opcode.text.rawValue, let split = Self.endOfType(payload) else {
                    output.writeBytes(frame)
                    continue
                }
                WebSocketFrame.appendHeader(
                    .text, payloadByteCount: payload.count + self.place.count, to: &output)
                output.writeBytes(UnsafeRawBufferPointer(rebasing: payload[..<split]))
                output.writeBytes(self.place)
                output.writeBytes(UnsafeRawBufferPointer(rebasing: payload[split...]))
            }
        }
    }

    /// Where the name belongs in `42[…`, `4212[…`, or `452-[…`; nil for what is no packet of Socket.IO.
    private static func endOfType(_ payload: UnsafeRawBufferPointer) -> Int? {
        guard payload.count >= 2, payload[0] == UInt8(ascii: "4"),
            let kind = SocketPacket.Kind(rawValue: payload[1] &- UInt8(ascii: "0"))
        else { return nil }
        guard kind.isBinary else { return 2 }
        return payload.firstIndex(of: UInt8(ascii: "-")).map { $0 + 1 }
    }

    // MARK: Remembering

    private func remember(_ frames: ByteBuffer, _ rewritten: ByteBuffer, units: [Queueing.Frame]?) {
        let isFirst = self.last == nil
        self.last = (frames, rewritten)
        self.lastUnits = units
        guard isFirst else { return }
        self.eventLoop.assumeIsolated().execute {
            self.last = nil
            self.lastUnits = nil
        }
    }

    /// Whether both are the same bytes of the same storage, which nobody can change while it is remembered.
    private static func isSame(_ first: ByteBuffer, _ second: ByteBuffer) -> Bool {
        guard first.readableBytes == second.readableBytes else { return false }
        return first.withUnsafeReadableBytes { first in
            second.withUnsafeReadableBytes { second in first.baseAddress == second.baseAddress }
        }
    }

    // MARK: Sharing

    /// The one for a namespace's links on `eventLoop`, which is the current one. It lives as long as one of them holds it.
    static func shared(for namespace: String, on eventLoop: any EventLoop) -> NIOLoopBoundBox<NamespaceFrames> {
        let key = Key(eventLoop: ObjectIdentifier(eventLoop), namespace: namespace)
        if let frames = Self.all.withLock({ $0[key]?.frames }) { return frames }
        let frames = NIOLoopBoundBox(
            NamespaceFrames(key: key, place: SocketPacketWriter.place(of: namespace), eventLoop: eventLoop),
            eventLoop: eventLoop)
        Self.all.withLock { $0[key] = Entry(frames: frames) }
        return frames
    }

    deinit {
        let key = self.key
        Self.all.withLock { all in
            if all[key]?.frames == nil { all[key] = nil }
        }
    }

    /// The loop stays as long as there is an entry, so that another one cannot come to have the same identifier.
    private struct Key: Hashable {
        let eventLoop: ObjectIdentifier
        let namespace: String
    }

    private struct Entry: Sendable {
        weak let frames: NIOLoopBoundBox<NamespaceFrames>?
    }

    private static let all = Mutex<[Key: Entry]>([:])
}

@available(*, unavailable)
extension NamespaceFrames: Sendable {}
