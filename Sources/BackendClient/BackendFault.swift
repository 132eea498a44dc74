// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why there is no answer.
package enum BackendFault: Error, Equatable, CustomStringConvertible {
    /// No connection could be made, so that nothing was sent.
    case unreachable(String)
    /// Not in time, whatever was sent by then.
    case late
    /// More bytes than were asked for; the rest was not read.
    case tooLong(limit: Int)
    /// The connection ended, or what came was no HTTP.
    case broken(String)

    /// The other side has certainly not seen the request, so that it may be sent again.
    package var isUnsent: Bool { if case .unreachable = self { true } else { false } }

    package var description: String {
        switch self {
        case .unreachable(let reason): "it cannot be reached: \(reason)"
        case .late: "no whole answer in time"
        case .tooLong(let limit): "the answer has more than \(limit) bytes"
        case .broken(let reason): "the connection failed: \(reason)"
        }
    }
}
