// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Signal sources are safe to hold from any thread, but not declared so.
@preconcurrency import Dispatch
import Foundation

/// SIGTERM and SIGINT, as something that can be waited for. A second signal ends the process at once.
final class StopSignals: Sendable {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.stream = stream
        let numbers = [SIGTERM, SIGINT]
        self.sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                continuation.yield()
                for number in numbers { signal(number, SIG_DFL) }
            }
            source.resume()
            return source
        }
    }

    func wait() async {
        for await _ in self.stream { return }
    }
}
