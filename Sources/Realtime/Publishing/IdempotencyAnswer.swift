// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What is kept with an idempotency key: the receipt's lasting parts, as JSON.
enum IdempotencyAnswer {
    static func text(of publication: PreparedPublication) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(publication.id ?? "")
        writer.key("time")
        writer.int(Int(publication.time?.milliseconds ?? 0))
        writer.key("channels")
        writer.beginArray()
        for name in publication.channelNames { writer.string(name.rawValue) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    static func receipts(from text: [UInt8]) -> [PublishReceipt] {
        guard let root = try? JSONDocument(parsing: text).root else { return [] }
        let channels = root["channels"]?.elements.compactMap { $0.string.flatMap { ChannelName($0) } } ?? []
        let time = Timestamp(milliseconds: Int64(root["time"]?.int ?? 0))
        return [PublishReceipt(id: root["id"]?.string ?? "", time: time, channels: channels, receivers: nil)]
    }
}

extension PublishRequest {
    /// A digest of everything the request says, FNV-1a over its parts.
    var fingerprint: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        mix(self.event.utf8)
        mix(self.data.rawBytes)
        for channel in self.channels ?? [] { mix(channel.utf8) }
        mix([])
        for user in self.users ?? [] { mix(user.utf8) }
        mix((self.id ?? "").utf8)
        mix((self.time ?? "").utf8)
        return hash
    }
}
