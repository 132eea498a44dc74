// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// Every platform of this server, with the patterns and events of its contract.
    func listPlatforms(_ exchange: Exchange) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("platforms")
        writer.beginArray()
        for platform in self.platforms {
            let definition = platform.definition
            writer.beginObject()
            writer.key("name")
            writer.string(definition.name)
            writer.key("title")
            writer.string(definition.title)
            writer.key("channels")
            writer.beginArray()
            for rules in definition.channels { writer.string(rules.pattern.description) }
            writer.endArray()
            writer.key("events")
            writer.beginArray()
            for name in definition.events.keys.sorted() { writer.string(name) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        exchange.answer(writer)
    }

    /// The channels that somebody is subscribed to, by name, page by page.
    func listChannels(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let limit = try exchange.query.limit(default: 1000)
        let prefix = exchange.query.text("prefix") ?? ""
        let after = exchange.query.text("after") ?? ""
        // One more than asked for tells whether there is another page.
        var found = FirstItems<String, (name: String, count: Int)>(limit: limit + 1)
        for (channel, count) in platform.subscriberCounts {
            let name = channel.rawValue
            guard name > after, name.utf8.starts(with: prefix.utf8) else { continue }
            found.offer(name, (name, count))
        }
        let (items, next) = found.page(of: limit)
        var writer = JSONWriter(capacity: 64 * items.count + 32)
        writer.beginObject()
        writer.key("channels")
        writer.beginArray()
        for item in items {
            writer.beginObject()
            writer.key("name")
            writer.string(item.name)
            writer.key("subscribers")
            writer.int(item.count)
            writer.endObject()
        }
        writer.endArray()
        if let next {
            writer.key("next")
            writer.string(next)
        }
        writer.endObject()
        exchange.answer(writer)
    }

    /// The kept publications of one channel, oldest first, page by page.
    func readHistory(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let match = try self.channel(of: exchange, on: platform)
        guard match.rules.history != nil else {
            throw APIError(RequestError(.notFound, "the contract keeps no history of \(match.rules.pattern)"))
        }
        let limit = try exchange.query.limit(default: 100)
        let after = try exchange.query.number("after", in: 0...Int.max) ?? 0
        platform.history(of: match.name, after: UInt64(after), limit: limit + 1) { result in
            switch result {
            case .success(let kept): exchange.answer(Self.history(of: match.name, kept, limit: limit))
            case .failure(let error): exchange.fail(APIError(error))
            }
        }
    }

    private static func history(
        of channel: ChannelName,
        _ kept: [StoredPublication],
        limit: Int
    ) -> JSONWriter {
        let page = kept.prefix(limit)
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("channel")
        writer.string(channel.rawValue)
        writer.key("publications")
        writer.beginArray()
        for publication in page {
            writer.beginObject()
            writer.key("offset")
            writer.int(Int(clamping: publication.offset))
            writer.key("id")
            writer.string(publication.id)
            writer.key("event")
            writer.string(publication.event)
            writer.key("time")
            writer.string(publication.time.description)
            writer.key("data")
            writer.raw(publication.data)
            writer.endObject()
        }
        writer.endArray()
        if kept.count > limit, let last = page.last {
            writer.key("next")
            writer.int(Int(clamping: last.offset))
        }
        writer.endObject()
        return writer
    }
}
