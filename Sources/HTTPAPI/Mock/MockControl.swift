// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Realtime

/// A platform's mock backend, as tests lead it. Threads: any.
package protocol MockControl: Sendable {
    /// What it does, and what it could: a JSON object, as `docs/openapi.yaml` describes it.
    func description() async -> [UInt8]

    /// Begins a moment, a track or a named step now.
    ///
    /// - Returns: the number of the run.
    /// - Throws: `notFound` when nothing has this name, `rateLimited` when too much is under way.
    func play(_ name: String, with variables: [(name: String, value: JSONDocument)]) async throws(RequestError) -> Int

    /// Tracks take no further step until they are resumed. What is played by hand does.
    func pause() async
    func resume() async

    /// Everything from the beginning, with nothing broken.
    ///
    /// - Parameter isPaused: the tracks are held before their first step.
    func reset(isPaused: Bool) async

    /// Breaks something on purpose, in place of what was broken before; `nil` mends it.
    func breakDown(_ outage: MockOutage?) async
}

/// What goes wrong on purpose.
package struct MockOutage: Sendable, Equatable {
    package enum Refusal: String, Sendable, CaseIterable {
        case connections, tokens
    }

    package var refusal: Refusal?
    /// Open connections end with this code.
    package var close: UInt16?
    /// Milliseconds by which handshakes and answers of apps come later.
    package var slow: Int64?
    /// Milliseconds; `nil`: until it is mended.
    package var length: Int64?

    package init() {}
}
