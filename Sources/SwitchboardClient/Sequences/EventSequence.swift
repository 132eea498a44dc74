// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Events of a client, in the order in which they came, for one loop.
///
/// It begins when it is made, and ends when the loop over it ends, when its task is cancelled, or when nobody has it any more. It
/// throws when the subscription was refused and when the client has given up. Two loops at once need two sequences. The client stays open
/// as long as there is one.
public struct EventSequence<Element: Sendable>: AsyncSequence, Sendable {
    /// Why it ended, when that was not asked for.
    public typealias Failure = ClientFault

    private let buffer: ConsumerBuffer<EventRecord>
    private let hold: ConsumerHold
    private let read: @Sendable (EventRecord, _ droppedCount: Int) -> Element?

    /// - Parameter read: `nil` for what is no element; the sequence goes on.
    init(
        _ buffer: ConsumerBuffer<EventRecord>, hold: ConsumerHold,
        read: @escaping @Sendable (EventRecord, Int) -> Element?
    ) {
        self.buffer = buffer
        self.hold = hold
        self.read = read
    }

    /// For the one loop.
    public func makeAsyncIterator() -> Iterator { Iterator(buffer: self.buffer, hold: self.hold, read: self.read) }

    /// Where the loop is.
    public struct Iterator: AsyncIteratorProtocol {
        /// A loop that ends lets go of its iterator, whoever still has the sequence.
        private final class End {
            let buffer: ConsumerBuffer<EventRecord>

            init(_ buffer: ConsumerBuffer<EventRecord>) { self.buffer = buffer }

            deinit { self.buffer.cancel() }
        }

        private let end: End
        private let hold: ConsumerHold
        private let read: @Sendable (EventRecord, Int) -> Element?
        private var droppedCount = 0

        init(
            buffer: ConsumerBuffer<EventRecord>, hold: ConsumerHold,
            read: @escaping @Sendable (EventRecord, Int) -> Element?
        ) {
            self.end = End(buffer)
            self.hold = hold
            self.read = read
        }

        /// The next event; `nil` behind the last one, and when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientFault) -> Element? {
            while true {
                switch await self.end.buffer.next() {
                case .element(let record, let droppedCount):
                    self.droppedCount += droppedCount
                    guard let element = self.read(record, self.droppedCount) else { continue }
                    self.droppedCount = 0
                    return element
                case .ended(let fault?): throw fault
                case .ended(nil): return nil
                }
            }
        }

        /// The next event; `nil` behind the last one, and when the task is cancelled.
        public mutating func next() async throws(ClientFault) -> Element? { try await self.next(isolation: nil) }
    }
}
