// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The parameters of a request that mean something to the protocol, read in one pass. The first value of a name counts.
struct EngineQuery {
    private(set) var version: String?
    private(set) var transport: String?
    /// Nil also where it is empty: both ask for a new session.
    private(set) var sid: String?
    /// The client cannot take binary data.
    private(set) var isBase64 = false

    init(_ query: QueryString) {
        for (name, value) in query.pairs {
            switch name {
            case "EIO" where self.version == nil: self.version = value
            case "transport" where self.transport == nil: self.transport = value
            case "sid" where self.sid == nil && !value.isEmpty: self.sid = value
            case "b64" where !value.isEmpty: self.isBase64 = true
            default: break
            }
        }
        guard self.sid == nil else { return }
        // An id that cannot be decoded is no session's, but it must not begin a new one either.
        let undecoded = query.raw.split(separator: "&").first { $0.hasPrefix("sid=") && $0.utf8.count > 4 }
        self.sid = undecoded.map { String($0.dropFirst(4)) }
    }
}
