// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import SocketIO

/// Any messages of a connection are refused, or are packets that can be written again and read back as they were.
///
/// The input is cut into messages at bytes that no UTF-8 has: a message behind 0xFF is a text, one behind 0xFE binary.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: bytes, count: count)
    var decoder = SocketPacketDecoder()
    var position = 0
    var isBinary = false
    do {
        while position <= input.count {
            let end = input[position...].firstIndex { $0 >= 0xFE } ?? input.count
            let message = UnsafeRawBufferPointer(rebasing: input[position..<end])
            // Whoever hands on a text has checked that it is UTF-8.
            if isBinary {
                if let packet = try decoder.decode(binary: message) { check(packet) }
            } else if String(validating: message, as: UTF8.self) != nil {
                if let packet = try decoder.decode(text: message) { check(packet) }
            }
            isBinary = end < input.count && input[end] == 0xFE
            position = end + 1
        }
    } catch {
        return 0
    }
    return 0
}

private func check(_ packet: SocketPacket) {
    precondition(packet.namespace.utf8.first == UInt8(ascii: "/"), "a namespace without its slash")
    switch packet.kind {
    case .connect: precondition(packet.payload?.kind ?? .object == .object)
    case .disconnect: precondition(packet.payload == nil)
    case .ack, .binaryAck: precondition(packet.payload?.kind ?? .array == .array)
    case .connectError: preconditionFailure("a CONNECT_ERROR was taken from a client")
    case .event, .binaryEvent: break
    }
    if !packet.kind.isBinary { precondition(packet.attachments.isEmpty) }
    guard let payload = packet.payload else { return }
    checkPlaceholders(payload, of: packet)
    guard packet.kind == .event || packet.kind == .binaryEvent else { return }

    precondition(payload.kind == .array && payload.count > 0, "an event without a name")
    var frames = SocketPacketWriter.event(Array(payload.rawBytes), ack: packet.ack, attachments: packet.attachments)
    var decoder = SocketPacketDecoder()
    var again: SocketPacket?
    do {
        while let (isText, message) = readFrame(&frames) {
            again = try message.withUnsafeReadableBytes { bytes in
                isText
                    ? try decoder.decode(text: UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
                    : try decoder.decode(binary: bytes)
            }
        }
    } catch {
        preconditionFailure("an event that was read cannot be read again: \(error)")
    }
    guard let again, let rewritten = again.payload else { preconditionFailure("an event was lost") }
    precondition(again.ack == packet.ack && again.attachments == packet.attachments)
    precondition(Array(rewritten.rawBytes) == Array(payload.rawBytes))
}

/// Every placeholder of a binary packet leads to an attachment. Recurses once a level of the document.
private func checkPlaceholders(_ node: JSONNode, of packet: SocketPacket) {
    guard packet.kind.isBinary else { return }
    switch node.kind {
    case .object:
        if let number = Placeholders.number(of: node) { precondition(packet.attachments.indices.contains(number)) }
        for member in node.members { checkPlaceholders(member.value, of: packet) }
    case .array:
        for element in node.elements { checkPlaceholders(element, of: packet) }
    default: break
    }
}

/// Takes the first of some whole, unmasked WebSocket frames.
private func readFrame(_ frames: inout ByteBuffer) -> (isText: Bool, message: ByteBuffer)? {
    guard let first = frames.readInteger(as: UInt8.self) else { return nil }
    let length = frames.readInteger(as: UInt8.self) ?? 0
    var count = Int(length)
    if length == 126 { count = frames.readInteger(as: UInt16.self).map { Int($0) } ?? 0 }
    if length == 127 { count = frames.readInteger(as: UInt64.self).map { Int($0) } ?? 0 }
    guard let message = frames.readSlice(length: count) else { preconditionFailure("a frame that is not whole") }
    return (first & 0x0F == 1, message)
}
