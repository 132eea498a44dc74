// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime

/// A wire language of lines: `event NAME at TIME as ID [on CHANNEL] DATA`, `connected`, `ended CHANNEL`, `error CODE MESSAGE`.
struct LineDialect: Dialect {
    var name = "lines"
    /// Whether a publication's line names the channel, so that each channel has its own.
    var namesChannel = false

    func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame] {
        guard self.namesChannel, !channels.isEmpty else { return [Self.frame(publication, channel: nil)] }
        return channels.map { Self.frame(publication, channel: $0) }
    }

    private static func frame(_ publication: TemplateScope.Publication, channel: ChannelName?) -> EncodedFrame {
        var frame = EncodedFrame(bytes: ByteBuffer(string: "event \(publication.event) at "))
        if let time = publication.time {
            frame.bytes.writeString("\(time)")
        } else {
            frame.timeHoles = [frame.bytes.readableBytes]
            frame.bytes.writeRepeatingByte(0x30, count: Timestamp.byteCount)
        }
        frame.bytes.writeString(" as ")
        if let id = publication.id {
            frame.bytes.writeString(id)
        } else {
            frame.idHoles = [frame.bytes.readableBytes]
            frame.bytes.writeRepeatingByte(0x30, count: PublicationID.byteCount)
        }
        if let channel { frame.bytes.writeString(" on \(channel)") }
        frame.bytes.writeString(" ")
        frame.bytes.writeBytes(publication.data.rawBytes)
        frame.bytes.writeString("\n")
        return frame
    }

    func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer? {
        switch notice {
        case .connected: ByteBuffer(string: "connected\n")
        case .subscriptionEnded: ByteBuffer(string: "ended \(scope.channel ?? "")\n")
        case .lost(let count): ByteBuffer(string: "lost \(count)\n")
        case .expired: ByteBuffer(string: "expired\n")
        case .revoked: ByteBuffer(string: "revoked\n")
        case .resume: ByteBuffer(string: "resume \(scope.resume?.token ?? "")\n")
        case .failed(let error): ByteBuffer(string: "error \(error.code) \(scope.errorMessage ?? "")\n")
        }
    }
}
