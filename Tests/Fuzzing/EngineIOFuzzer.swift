// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

@testable import EngineIO

/// Any body of a POST is cut into packets which are its bytes again; what is read from base64 is written and read as it was; and any
/// frames become bodies of answers that are not empty, not too long, and cut into packets again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = ByteBuffer(bytes: UnsafeRawBufferPointer(start: bytes, count: count))

    var reader = PayloadReader(input)
    var joined = ByteBuffer()
    var isFirst = true
    while let packet = reader.next() {
        if !isFirst { joined.writeInteger(EngineFrames.separator) }
        isFirst = false
        joined.writeImmutableBuffer(packet)
        packet.withUnsafeReadableBytes { checkBase64($0) }
    }
    precondition(joined == input, "the packets are not the payload")

    var frames = input
    while frames.readableBytes > 0 {
        let before = frames.readableBytes
        var writer = PayloadWriter()
        writer.take(&frames)
        // Bytes that are no whole frame are dropped; nothing else leaves bytes unread.
        precondition(frames.readableBytes < before, "a payload took nothing")
        precondition(writer.packetCount <= 16 && (writer.packetCount > 0 || frames.readableBytes == 0))
    }
    return 0
}

private func checkBase64(_ text: UnsafeRawBufferPointer) {
    guard let bytes = Base64Text.decode(text) else { return }
    var written = ByteBuffer()
    bytes.withUnsafeReadableBytes { Base64Text.append($0, to: &written) }
    precondition(written.readableBytes == Base64Text.characterCount(bytes.readableBytes))
    let again = written.withUnsafeReadableBytes { Base64Text.decode($0) }
    precondition(again == bytes, "what was written from bytes is not read as them")
}
