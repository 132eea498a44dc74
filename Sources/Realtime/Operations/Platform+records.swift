// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    func run(
        _ operation: Operation.Record,
        in scope: TemplateScope,
        as caller: OperationCaller
    ) -> Result<OperationAnswer, RequestError> {
        self.result(of: operation, in: scope, as: caller).map { Self.answer(operation.reply, in: scope, result: $0) }
    }

    /// The operation's `result`, as JSON text.
    private func result(
        of operation: Operation.Record,
        in scope: TemplateScope,
        as caller: OperationCaller
    ) -> Result<[UInt8], RequestError> {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("records")
        writer.beginObject()
        var first: [UInt8]?
        var keys: Set<String> = []
        let names = operation.channels.names(in: scope)
        // A request that names no channel names the empty one, which no pattern matches, so that it gets an answer (RNG-D06).
        for text in names.isEmpty ? [""] : names {
            let records: [(PlatformDefinition.Match, [UInt8]?)]
            switch self.records(of: text, as: caller) {
            case .failure(let error): return .failure(error)
            case .success(let found): records = found
            }
            for (match, record) in records {
                var scope = scope
                scope.channel = match.name.rawValue
                scope.channelPattern = match.rules.pattern
                let key = operation.key?.text(in: scope) ?? match.name.rawValue
                // A wildcard's records may be named once more by themselves.
                guard keys.insert(key).inserted else { continue }
                let item = Self.item(for: record, of: operation, in: scope)
                first = first ?? item
                writer.key(key)
                writer.raw(item)
                // A short message may name thousands of channels with long records.
                guard writer.bytes.count <= self.definition.limits.queueByteCount else {
                    return .failure(.recordsTooLong)
                }
            }
        }
        writer.endObject()
        writer.key("record")
        writer.raw(first ?? Self.null)
        writer.endObject()
        return .success(writer.bytes)
    }

    /// The records that a name stands for: its own, or all of the pattern, sorted.
    private func records(
        of text: String, as caller: OperationCaller
    ) -> Result<[(PlatformDefinition.Match, [UInt8]?)], RequestError> {
        self.authorize(text, as: caller).flatMap { match in
            if match.isWildcard {
                let found = self.records.all(of: match.rules.pattern)
                return .success(
                    found.map { entry in
                        var other = match
                        other.name = entry.channel
                        return (other, entry.record)
                    })
            }
            let record = self.records[match.name]
            guard record != nil || !match.rules.existsByRecord else { return .failure(.noChannel(text)) }
            return .success([(match, record)])
        }
    }

    private static func item(
        for record: [UInt8]?, of operation: Operation.Record, in scope: TemplateScope
    ) -> [UInt8] {
        guard let record else { return operation.missing?.rendered(in: scope) ?? Self.null }
        guard let item = operation.item else { return record }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("record")
        writer.raw(record)
        writer.endObject()
        return Self.render(item, in: scope, result: writer.bytes)
    }
}

extension RequestError {
    fileprivate static let recordsTooLong = RequestError(
        .invalidMessage, "the records of so many channels are too long for one answer; ask for fewer at once")
}
