// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads what a binding makes the server do, whether a client's message or an HTTP request starts it.
struct OperationCompiler {
    let events: [EventType]
    let channels: [ChannelRules]
    let check: ChannelCheck
    /// The item of a history that does not say what it is.
    let publication: Template
    let auth: AuthRules
    /// The contract has `apps`.
    let hasApps: Bool
    let faults: FaultCollector

    /// The operation that `does` names; `nil` after a fault.
    func name(_ map: MapReader, among known: [OperationName]) -> OperationName? {
        let words = known.map(\.rawValue)
        guard let does = map.required("does", hint: "one of \(words.joined(separator: ", "))"),
            let word = does.nonEmptyText("\"does\"", self.faults)
        else { return nil }
        if let name = OperationName(rawValue: word), known.contains(name) { return name }
        if known == [.call] {
            self.faults.error("only the operation \"call\" can stand here", at: does.location)
        } else if OperationName(rawValue: word) != nil {
            self.faults.error(
                "the operation \"\(word)\" is for connections", at: does.location,
                hint: "known here: \(words.joined(separator: ", "))")
        } else {
            self.faults.error(
                "unknown operation \"\(word)\"", at: does.location, hint: Spelling.hint(for: word, among: words))
        }
        return nil
    }

    /// - Parameter keys: all keys of such a binding; those that mean nothing to the operation are refused.
    func operation(_ name: OperationName, _ map: MapReader, _ place: RequestPlace, keys: KeySet) -> Operation? {
        let common = ["does", "args", "as", "body", "status", "ack", "fail", "emit", "emitWithoutAck"]
        for key in keys.keys where map[key] != nil && !common.contains(key) && !name.keys.contains(key) {
            self.faults.error(
                "\"\(key)\" has no meaning for the operation \"\(name.rawValue)\"", at: map.keyLocation(key))
        }
        let reading = BindingReading(name: name, map: map, place: place, compiler: self)
        switch name {
        case .subscribe:
            let since = reading.text("since")
            return .subscribe(
                channels: reading.channels(), since: since, each: reading.each([.channel, .result]),
                reply: reading.reply([.result]))
        case .unsubscribe:
            return .unsubscribe(
                channels: reading.channels(), each: reading.each([.channel, .result]), reply: reading.reply([.result]))
        case .record: return reading.record().map { .record($0) }
        case .publish: return reading.publish().map { .publish($0) }
        case .presence: return reading.presence()
        case .history: return reading.history().map { .history($0) }
        case .inbox: return reading.inbox().map { .inbox($0) }
        case .markRead: return reading.markRead()
        case .refresh: return reading.refresh()
        case .refreshToken: return reading.refreshToken()
        case .call: return reading.call()
        case .health, .stats: return .state(reply: reading.requiredReply([.result]))
        case .appEvents: return reading.appEvents()
        case .reply: return .reply(reading.requiredReply([]))
        }
    }
}
