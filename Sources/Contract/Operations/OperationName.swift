// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The operations, by the names that `does:` has for them.
enum OperationName: String, CaseIterable {
    case subscribe, unsubscribe, publish, presence, record, history, inbox, markRead, refresh, refreshToken, health,
        stats, reply, appEvents, call

    /// What HTTP requests can do: a connection's channels are not theirs.
    static let ofRequests = Self.allCases.filter { ![.subscribe, .unsubscribe, .refresh, .call].contains($0) }

    /// The keys of a binding that are about the operation.
    var keys: [String] {
        switch self {
        case .subscribe: ["channels", "since", "each", "reply"]
        case .unsubscribe: ["channels", "each", "reply"]
        case .publish: ["event", "data", "channels", "users", "otherwise", "reply"]
        case .presence: ["users", "channels", "each", "reply"]
        case .record: ["channels", "by", "item", "missing", "reply"]
        case .history: ["channels", "limit", "before", "since", "item", "reply"]
        case .markRead: ["notification", "reply"]
        case .refresh: ["token", "reply"]
        case .refreshToken: ["token", "proxy", "reply"]
        case .inbox: ["since", "limit", "item", "reply"]
        case .appEvents: ["app", "reply"]
        case .call: ["channel", "with", "reply"]
        case .health, .stats, .reply: ["reply"]
        }
    }

    /// What `{result.…}` is in the answer.
    var results: [String] {
        switch self {
        case .subscribe: ["record", "recovered", "channels"]
        case .unsubscribe: ["record", "channels"]
        case .publish: ["id", "time", "receivers", "channels", "quota"]
        case .presence: ["users", "count"]
        case .record: ["record", "records"]
        case .history: ["publications", "complete"]
        case .markRead: ["id"]
        case .refresh: ["expiresAt"]
        case .refreshToken: ["accessToken", "refreshToken", "expiresIn"]
        case .inbox: ["items", "next"]
        case .health, .stats: ["connections", "byChannel", "uptime"]
        case .appEvents: ["app", "events"]
        case .reply, .call: []
        }
    }

    /// `result` is JSON that the contract does not describe.
    var hasOpenResult: Bool { self == .call }
}
