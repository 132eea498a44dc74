// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization

/// The last known state of channels, as JSON text.
package final class RecordTable: Sendable {
    /// What becomes of a record, its templates filled.
    enum Change: Sendable {
        case replace([UInt8])
        /// RFC 7396: a patch, as JSON text.
        case merge([UInt8])
        case remove
    }

    /// A record as it will be when everything that is on its way to the store has been kept.
    private struct Upcoming {
        var record: [UInt8]?
        /// Changes that are on their way.
        var count = 0
    }

    private struct State {
        var kept: [ChannelName: [UInt8]]
        /// Only channels with changes on their way.
        var upcoming: [ChannelName: Upcoming] = [:]

        mutating func settle(_ channel: ChannelName) {
            guard var upcoming = self.upcoming.removeValue(forKey: channel) else { return }
            upcoming.count -= 1
            if upcoming.count > 0 { self.upcoming[channel] = upcoming }
        }
    }

    private let state: Mutex<State>

    package init(_ state: EngineState = EngineState()) {
        self.state = Mutex(State(kept: state.records))
    }

    package subscript(channel: ChannelName) -> [UInt8]? {
        self.state.withLock { $0.kept[channel] }
    }

    /// Every record of a pattern's channels, sorted by name.
    func all(of pattern: ChannelPattern) -> [(channel: ChannelName, record: [UInt8])] {
        self.state.withLock { $0.kept }
            .filter { pattern.match($0.key.rawValue) != nil }
            .map { (channel: $0.key, record: $0.value) }
            .sorted { $0.channel.rawValue < $1.channel.rawValue }
    }

    /// The change to be kept, made from the state that the record will be in by then. Called in the order in which the changes go
    /// to the store; each is followed by `apply` or `discard`.
    func stage(_ change: Change, of channel: ChannelName) -> StateChange {
        self.state.withLock { state in
            var upcoming = state.upcoming.removeValue(forKey: channel) ?? Upcoming(record: state.kept[channel])
            switch change {
            case .remove: upcoming.record = nil
            case .replace(let record): upcoming.record = record
            case .merge(let patch): upcoming.record = Self.merge(patch, into: upcoming.record)
            }
            upcoming.count += 1
            state.upcoming[channel] = upcoming
            return .setRecord(channel: channel, record: upcoming.record)
        }
    }

    /// The same, unless the record will be another one by then than `expected`.
    func stage(_ change: Change, of channel: ChannelName, ifStill expected: [UInt8]?) -> StateChange? {
        let isStill = self.state.withLock { state in
            (state.upcoming[channel].map(\.record) ?? state.kept[channel]) == expected
        }
        return isStill ? self.stage(change, of: channel) : nil
    }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        guard case .setRecord(let channel, let record) = change else { return }
        self.state.withLock { state in
            state.kept[channel] = record
            state.settle(channel)
        }
    }

    /// Forgets changes that the store did not take. What was staged on top of them meanwhile still has them in it.
    func discard(_ changes: [StateChange]) {
        self.state.withLock { state in
            for case .setRecord(let channel, _) in changes { state.settle(channel) }
        }
    }

    /// RFC 7396.
    private static func merge(_ patch: [UInt8], into record: [UInt8]?) -> [UInt8]? {
        // A template nests deeper than the payload that it was filled with.
        let depth = JSONDocument.deepestNesting
        guard let patch = try? JSONDocument(parsing: patch, maximumDepth: depth) else { return record }
        let target = record.flatMap { try? JSONDocument(parsing: $0, maximumDepth: depth) }
        var bytes: [UInt8] = []
        Self.appendMerged(patch.root, over: target?.root, to: &bytes)
        return bytes
    }

    /// Depth is bounded by the parser's limit.
    private static func appendMerged(_ patch: JSONNode, over target: JSONNode?, to bytes: inout [UInt8]) {
        guard patch.kind == .object else {
            bytes += patch.rawBytes
            return
        }
        var isFirst = true
        func appendKey(_ key: String) {
            bytes.append(UInt8(ascii: isFirst ? "{" : ","))
            isFirst = false
            JSONWriter.appendString(key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        }
        if let target, target.kind == .object {
            for member in target.members {
                let change = patch[member.name]
                if change?.isNull == true { continue }
                appendKey(member.name)
                if let change {
                    Self.appendMerged(change, over: member.value, to: &bytes)
                } else {
                    bytes += member.value.rawBytes
                }
            }
        }
        for member in patch.members where !member.value.isNull {
            if let target, target.kind == .object, target[member.name] != nil { continue }
            appendKey(member.name)
            Self.appendMerged(member.value, over: nil, to: &bytes)
        }
        if isFirst { bytes.append(UInt8(ascii: "{")) }
        bytes.append(UInt8(ascii: "}"))
    }
}
