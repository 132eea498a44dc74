// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a client tells of itself, in its order, for one loop: states, faults, frames.
///
/// It begins when it is made, and ends when the client is closed or has given up, and like an `EventSequence` with its loop. Up to a
/// thousand wait; then the oldest are dropped, unless it was asked for otherwise.
public struct NoticeSequence<Element: Sendable>: AsyncSequence, Sendable {
    /// Nothing is thrown.
    public typealias Failure = Never

    private let buffer: ConsumerBuffer<Element>
    private let hold: ConsumerHold

    init(_ buffer: ConsumerBuffer<Element>, hold: ConsumerHold) {
        self.buffer = buffer
        self.hold = hold
    }

    /// For the one loop.
    public func makeAsyncIterator() -> Iterator { Iterator(buffer: self.buffer, hold: self.hold) }

    /// Where the loop is.
    public struct Iterator: AsyncIteratorProtocol {
        private final class End {
            let buffer: ConsumerBuffer<Element>

            init(_ buffer: ConsumerBuffer<Element>) { self.buffer = buffer }

            deinit { self.buffer.cancel() }
        }

        private let end: End
        private let hold: ConsumerHold

        init(buffer: ConsumerBuffer<Element>, hold: ConsumerHold) {
            self.end = End(buffer)
            self.hold = hold
        }

        /// The next one; `nil` behind the last, and when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            switch await self.end.buffer.next() {
            case .element(let element, _): element
            case .ended: nil
            }
        }

        /// The next one; `nil` behind the last, and when the task is cancelled.
        public mutating func next() async -> Element? { await self.next(isolation: nil) }
    }
}
