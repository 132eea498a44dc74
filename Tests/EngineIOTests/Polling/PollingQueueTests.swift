// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Testing

@testable import EngineIO

@Suite struct PollingQueueTests {
    private func texts(_ queue: inout PollingQueue) -> [String] {
        var texts: [String] = []
        while !queue.isEmpty {
            texts += String(buffer: queue.takePayload()).split(separator: "\u{1e}").map(String.init)
        }
        return texts
    }

    private func append(_ texts: [String], key: UInt64?, to queue: inout PollingQueue, limit: Int = 10_000) -> Bool {
        var frames = ByteBuffer()
        let counts = texts.map { frames.writeImmutableBuffer(EngineFrames.text($0)) }
        return queue.append(
            frames, queueing: Queueing(channel: 1, frames: counts.map { .init(byteCount: $0, key: key) }), limit: limit)
    }

    /// The macro cannot hold a call that changes its argument.
    private func put(_ isAsExpected: Bool, _ location: SourceLocation = #_sourceLocation) {
        #expect(isAsExpected, sourceLocation: location)
    }

    @Test func `frames come out in their order, and the count of bytes returns to nothing`() {
        var queue = PollingQueue()
        for number in 0..<50 { self.put(queue.append(EngineFrames.text("4\(number)"), limit: 10_000)) }
        #expect(queue.byteCount > 0)
        #expect(self.texts(&queue) == (0..<50).map { "4\($0)" })
        #expect(queue.byteCount == 0)
    }

    @Test func `a newer frame takes the place of one with its key`() {
        var queue = PollingQueue()
        self.put(self.append(["4a", "4b"], key: 7, to: &queue))
        self.put(queue.append(EngineFrames.text("4stays"), limit: 10_000))
        self.put(self.append(["4c"], key: 8, to: &queue))
        self.put(self.append(["4d"], key: 7, to: &queue))
        #expect(self.texts(&queue) == ["4stays", "4c", "4d"])
        #expect(queue.byteCount == 0)
        #expect(queue.lostCount == 0)
    }

    @Test func `the oldest that may be left out make room, and are counted`() {
        var queue = PollingQueue()
        self.put(queue.append(EngineFrames.text("4stays"), limit: 1000))
        for number in 0..<30 { self.put(self.append(["4\(number)"], key: nil, to: &queue, limit: 1000)) }
        #expect(queue.byteCount <= 1000 + 64)
        let lost = queue.takeLost()
        #expect(lost > 0)
        #expect(self.texts(&queue) == ["4stays"] + (lost..<30).map { "4\($0)" })
        #expect(queue.byteCount == 0)
    }

    @Test func `frames that have to arrive are refused where there is no room`() {
        var queue = PollingQueue()
        self.put(queue.append(EngineFrames.text("4" + String(repeating: "x", count: 2000)), limit: 1000))
        self.put(!queue.append(EngineFrames.text("4y"), limit: 1000))
        #expect(self.texts(&queue).count == 1)
    }

    @Test func `everything can be taken at once`() {
        var queue = PollingQueue()
        for number in 0..<30 { self.put(queue.append(EngineFrames.text("4\(number)"), limit: 10_000)) }
        var count = 0
        queue.takeAll { _ in count += 1 }
        #expect(count == 30)
        #expect(queue.isEmpty)
        #expect(queue.byteCount == 0)
    }
}
