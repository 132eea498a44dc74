// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Signal sources are safe to hold from any thread, but not declared so.
@preconcurrency import Dispatch
import Glibc

/// SIGTERM, as something that can be waited for.
final class StopSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let source: any DispatchSourceSignal

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.stream = stream
        signal(SIGTERM, SIG_IGN)
        self.source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        self.source.setEventHandler { continuation.yield() }
        self.source.activate()
    }

    func wait() async {
        for await _ in self.stream { return }
    }
}
