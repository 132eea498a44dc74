// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization

/// The last known state of channels, as JSON text.
package final class RecordTable: Sendable {
    private struct State {
        var kept: [ChannelName: [UInt8]] = [:]
        /// What records will be when everything that is on its way to the store has been kept. A merge starts from here.
        var upcoming: [ChannelName: [UInt8]] = [:]
    }

    private let state: Mutex<State>

    package init(_ state: EngineState = EngineState()) {
        self.state = Mutex(State(kept: state.records, upcoming: state.records))
    }

    package subscript(channel: ChannelName) -> [UInt8]? {
        self.state.withLock { $0.kept[channel] }
    }

    /// The change that an effect of an event makes, from the state that the channel will be in by then.
    func stage(_ effect: EventType.RecordEffect.Change, of channel: ChannelName, in scope: TemplateScope) -> StateChange
    {
        self.state.withLock { state in
            let record: [UInt8]? =
                switch effect {
                case .remove: nil
                case .replace(let template): template.rendered(in: scope)
                case .merge(let template): Self.merge(template.rendered(in: scope), into: state.upcoming[channel])
                }
            state.upcoming[channel] = record
            return .setRecord(channel: channel, record: record)
        }
    }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        guard case .setRecord(let channel, let record) = change else { return }
        self.state.withLock { $0.kept[channel] = record }
    }

    /// Forgets changes that the store refused.
    func discard(_ changes: [StateChange]) {
        self.state.withLock { state in
            for case .setRecord(let channel, _) in changes { state.upcoming[channel] = state.kept[channel] }
        }
    }

    /// RFC 7396.
    private static func merge(_ patch: [UInt8], into record: [UInt8]?) -> [UInt8] {
        guard let patch = try? JSONDocument(parsing: patch) else { return record ?? [] }
        let target = record.flatMap { try? JSONDocument(parsing: $0) }
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
