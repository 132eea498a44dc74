// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import SwitchboardClient

struct ConsumerBufferTests {
    private func next(_ buffer: ConsumerBuffer<Int>) async -> String {
        switch await buffer.next() {
        case .element(let number, let droppedCount): "\(number) \(droppedCount)"
        case .ended(let fault): fault.map { "\($0.code)" } ?? "end"
        }
    }

    @Test func `the oldest make way and the next one says how many did`() async {
        let buffer = ConsumerBuffer<Int>(.newest(2))
        for number in 1...5 { #expect(!buffer.push(number)) }
        buffer.finish()
        #expect(await self.next(buffer) == "4 3")
        #expect(await self.next(buffer) == "5 0")
        #expect(await self.next(buffer) == "end")
        #expect(await self.next(buffer) == "end")
    }

    @Test func `a full buffer has the connection wait until it is half empty`() async {
        let drained = Mutex(0)
        let buffer = ConsumerBuffer<Int>(.everything(4), onDrained: { drained.withLock { $0 += 1 } })
        #expect((1...5).map { buffer.push($0) } == [false, false, false, true, true])
        for number in 1...2 { #expect(await self.next(buffer) == "\(number) 0") }
        #expect(buffer.isFull && drained.withLock { $0 } == 0)
        #expect(await self.next(buffer) == "3 0")
        #expect(!buffer.isFull && drained.withLock { $0 } == 1)
        #expect(await self.next(buffer) == "4 0")
        #expect(await self.next(buffer) == "5 0")
    }

    @Test func `a reason for the end comes behind what waits`() async {
        let buffer = ConsumerBuffer<Int>(.newest(9))
        buffer.push(1)
        buffer.finish(ClientFault(.lost, "gone"))
        buffer.push(2)
        #expect(await self.next(buffer) == "1 0")
        #expect(await self.next(buffer) == "lost")
    }

    @Test func `who cancels gets nothing more and is told of once`() async {
        let cancelled = Mutex(0)
        let buffer = ConsumerBuffer<Int>(.newest(9), onCancel: { cancelled.withLock { $0 += 1 } })
        buffer.push(1)
        let waiting = Task { await self.next(ConsumerBuffer<Int>(.newest(1))) }
        waiting.cancel()
        #expect(await waiting.value == "end")
        buffer.cancel()
        buffer.cancel()
        buffer.push(2)
        #expect(await self.next(buffer) == "end")
        #expect(cancelled.withLock { $0 } == 1)
    }

    @Test func `a loop that waits is woken by an element, an end or a cancellation`() async {
        for reason in 0..<3 {
            let buffer = ConsumerBuffer<Int>(.newest(9))
            let waiting = Task { await self.next(buffer) }
            await Task.yield()
            switch reason {
            case 0: buffer.push(7)
            case 1: buffer.finish()
            default: waiting.cancel()
            }
            #expect(await waiting.value == (reason == 0 ? "7 0" : "end"))
        }
    }
}
