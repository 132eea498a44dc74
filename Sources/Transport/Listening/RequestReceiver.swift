// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What an application does with one request that it takes in pieces, and may answer late. Owned by the connection's event loop, which
/// makes all calls.
///
/// Order: parts of the body, then `finished`; or, at any time before the answer, `aborted`. Nothing is called after the answer was given or
/// after `aborted`. Only the arrival of the body has a deadline (`ListenerConfiguration.bodyDeadline`); the answer may take as long as it likes.
package protocol RequestReceiver: AnyObject {
    /// The next bytes of the body, as they arrived. Counting them is the receiver's affair: the listener keeps none.
    func received(_ part: ByteBuffer)

    /// The body is whole. Called at once for a request that has none.
    func finished()

    /// The peer has gone, or has ended its side, or its body came late or malformed: there is nobody to answer.
    func aborted()
}
