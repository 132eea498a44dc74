// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime

/// Stands in for a platform's backend: gives the examples' channels members and records, and then publishes the contract's
/// examples, one after the other, for ever.
final class MockBackend: Sendable {
    private static let interval: TimeAmount = .seconds(1)

    private let platform: Platform
    private let examples: ExamplePublications
    private let next: NIOLoopBoundBox<Int>

    init(_ platform: Platform) {
        self.platform = platform
        self.examples = ExamplePublications(platform.definition)
        self.next = .makeBoxSendingValue(0, eventLoop: platform.eventLoops[0])
    }

    func start() {
        guard self.examples.count > 0 else { return }
        let members = self.examples.members
        if !members.isEmpty { self.platform.change(members) { _ in } }
        let now = self.platform.clock.now()
        self.platform.publish(self.examples.founding.compactMap { self.examples.request(at: $0, now: now) }) { _ in }
        self.platform.eventLoops[0].scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            guard let request = self.examples.request(at: self.next.value, now: self.platform.clock.now()) else {
                return
            }
            self.next.value += 1
            self.platform.publish([request]) { _ in }
        }
    }
}
