// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// One connection as its loop sees it, whatever it speaks. Owned by the loop, which makes all calls.
protocol LoopConnection: AnyObject {
    /// Its index in the loop's list, kept by `ConnectionLoop`.
    var placeInLoop: Int { get set }

    /// Whether the loop's sweep looks at it, kept by `ConnectionLoop`.
    var isSwept: Bool { get set }

    /// When `deadlinePassed` is due; nil: never. May be changed at will once `ConnectionLoop.watch` was called.
    var deadline: NIODeadline? { get }

    /// The deadline has passed. Called once for each deadline.
    func deadlinePassed()

    /// The server is going away: end politely, within the connection's own bounds of time.
    func end(_ code: CloseCode, reason: String)
}
