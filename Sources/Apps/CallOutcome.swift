// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Realtime

/// What became of a call.
package enum CallOutcome: String, Sendable, CaseIterable {
    case answered
    /// Not in time.
    case late
    /// Nothing was sent, as there was no connection to the app.
    case unreachable
    /// The connection ended before the answer.
    case lost
    /// What came was no answer.
    case failed
    /// The app said that this call was wrong (a status from 400 to 499).
    case refused
    /// As many calls were under way as may be.
    case busy
    /// The app had failed too often.
    case paused

    /// Whether it says that something is wrong with the app, and not with what a client sent.
    var isTrouble: Bool {
        switch self {
        case .late, .unreachable, .lost, .failed: true
        case .answered, .refused, .busy, .paused: false
        }
    }

    /// The client's error.
    var code: RequestError.Code { self == .failed || self == .refused ? .appFailed : .appUnavailable }
}

/// Why a call has no answer.
struct CallFault: Error {
    var outcome: CallOutcome
    /// Goes on behind the app's name; for people. The app's address is not in it.
    var message: String

    init(_ outcome: CallOutcome, _ message: String) {
        self.outcome = outcome
        self.message = message
    }

    init(_ fault: any Error) {
        switch fault as? BackendFault {
        case .unreachable: self.init(.unreachable, "cannot be reached")
        case .late: self.init(.late, "did not answer in time")
        case .tooLong(let limit): self.init(.failed, "answered with more than \(limit) bytes")
        case .broken, nil: self.init(.lost, "ended the connection without an answer")
        }
    }
}
