// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes what became of one request, in one wire language. Owned by the connection's loop, which makes all calls.
///
/// A request ends with `finish`, or with `refuse` where nothing of it was done. With `joinsAllOrNone` exactly one of them is called, once;
/// without it `refuse` may be called for each channel, and `finish` follows. After the session has ended nothing is called.
package protocol Answerer {
    /// Of several channels all are joined, or none; otherwise each by itself.
    var joinsAllOrNone: Bool { get }

    func refuse(_ error: RequestError)

    /// What the operation's `each` says of one channel.
    func tell(_ text: [UInt8])

    func finish(_ answer: OperationAnswer)
}
