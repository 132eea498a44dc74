// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Signal sources are safe to hold from any thread, but not declared so.
@preconcurrency import Dispatch
import Foundation

/// SIGHUP, as a sequence. Signals that come while one is being dealt with are one.
final class ReloadSignal: Sendable {
    let arrivals: AsyncStream<Void>
    private let source: any DispatchSourceSignal

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.arrivals = stream
        signal(SIGHUP, SIG_IGN)
        self.source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        self.source.setEventHandler { continuation.yield() }
        self.source.resume()
    }
}
