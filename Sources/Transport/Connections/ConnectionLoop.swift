// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// What the connections of one event loop share: the list of them, one sweep for all their deadlines, one buffer to
/// read into, one buffer to collect sends in, and the counters. Owned by the loop.
///
/// All of it exists once a loop so that an idle connection costs as little as possible: no timer, no buffer.
final class ConnectionLoop {
    /// The largest read, and the size at which collected sends are written out before more are collected.
    static let bufferByteCount = 64 * 1024

    let eventLoop: any EventLoop
    var gauges = Gauges()

    /// An unmasked ping without payload, shared by every connection.
    let pingFrame: ByteBuffer

    private var numbers = ConnectionNumbers()
    private var connections: [any LoopConnection] = []

    private let sweepInterval: TimeAmount
    private var swept: [any LoopConnection] = []
    private var isSweepScheduled = false

    /// The buffer that the last read used, if nobody has it now.
    private var readBuffer: ByteBuffer?

    /// What the connection `corked` has sent since it was corked.
    private var corkBuffer = ByteBuffer()
    private(set) var corked: WebSocketConnection?

    private var closing: (code: CloseCode, reason: String)?
    private var allGone: [EventLoopPromise<Void>] = []
    private var freedMemory = FreedMemory()

    /// - Parameter sweepInterval: how late a deadline may be noticed.
    init(eventLoop: any EventLoop, sweepInterval: TimeAmount) {
        self.eventLoop = eventLoop
        self.sweepInterval = sweepInterval
        self.pingFrame = ByteBuffer(bytes: [0x89, 0x00])
    }

    // MARK: - Connections

    /// A number no other connection of this process has.
    func makeConnectionNumber() -> UInt64 { self.numbers.next() }

    /// Takes a new connection into the list. It is told to end at once if the loop is closing.
    func add(_ connection: any LoopConnection) {
        connection.placeInLoop = self.connections.count
        self.connections.append(connection)
        self.gauges.openConnections += 1
        self.gauges.connectionsTotal += 1
        if let closing = self.closing {
            let connection = NIOLoopBound(connection, eventLoop: self.eventLoop)
            self.eventLoop.execute { connection.value.end(closing.code, reason: closing.reason) }
        }
    }

    /// Puts `new` in the place of `old`, which stays open and changes what it speaks.
    func replace(_ old: any LoopConnection, by new: any LoopConnection) {
        guard self.holds(old) else { return self.add(new) }
        new.placeInLoop = old.placeInLoop
        self.connections[new.placeInLoop] = new
        if let closing = self.closing {
            let connection = NIOLoopBound(new, eventLoop: self.eventLoop)
            self.eventLoop.execute { connection.value.end(closing.code, reason: closing.reason) }
        }
    }

    /// Forgets a connection that has ended. Nothing happens if it is not in the list, as after `replace`.
    func remove(_ connection: any LoopConnection) {
        guard self.holds(connection) else { return }
        let place = connection.placeInLoop
        self.connections.swapAt(place, self.connections.count - 1)
        self.connections[place].placeInLoop = place
        self.connections.removeLast()
        self.gauges.openConnections -= 1
        self.freedMemory.connectionEnded(on: self.eventLoop)
        if self.connections.isEmpty { self.reportAllGone() }
    }

    /// Ends every connection, and every one that comes later; the future succeeds when none is left.
    func closeAll(_ code: CloseCode, reason: String) -> EventLoopFuture<Void> {
        self.closing = (code, reason)
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.allGone.append(promise)
        // A copy: a connection may leave the list while it is told to end.
        for connection in self.connections { connection.end(code, reason: reason) }
        if self.connections.isEmpty { self.reportAllGone() }
        return promise.futureResult
    }

    private func holds(_ connection: any LoopConnection) -> Bool {
        let place = connection.placeInLoop
        return self.connections.indices.contains(place) && self.connections[place] === connection
    }

    private func reportAllGone() {
        let waiting = self.allGone
        self.allGone = []
        for promise in waiting { promise.succeed(()) }
    }

    // MARK: - Deadlines

    /// Looks at `connection.deadline` every sweep from now until it is nil or has passed.
    ///
    /// One timer for the loop instead of one for each connection: a scheduled task is several hundred bytes, and most
    /// deadlines are taken back before they pass.
    func watch(_ connection: any LoopConnection) {
        guard !connection.isSwept else { return }
        connection.isSwept = true
        self.swept.append(connection)
        self.scheduleSweep()
    }

    private func scheduleSweep() {
        guard !self.isSweepScheduled else { return }
        self.isSweepScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: self.sweepInterval) {
            self.isSweepScheduled = false
            self.sweep()
        }
    }

    private func sweep() {
        let now = NIODeadline.now()
        var late: [any LoopConnection] = []
        self.swept.removeAll { connection in
            let deadline = connection.deadline
            if let deadline, deadline > now { return false }
            connection.isSwept = false
            if deadline != nil { late.append(connection) }
            return true
        }
        // Room for ten thousand pings at once is not kept for the next time.
        if self.swept.isEmpty { self.swept = [] } else { self.scheduleSweep() }
        for connection in late { connection.deadlinePassed() }
    }

    // MARK: - Buffers

    /// A buffer to read into, empty, that nobody else has.
    func takeReadBuffer(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = self.readBuffer ?? ByteBuffer()
        self.readBuffer = nil
        if buffer.capacity >= Self.bufferByteCount, buffer.modifyIfUniquelyOwned({ $0.clear() }) != nil {
            return buffer
        }
        return allocator.buffer(capacity: Self.bufferByteCount)
    }

    /// Gives a buffer from `takeReadBuffer` back, for the next read of any connection of the loop.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.storageCapacity >= Self.bufferByteCount { self.readBuffer = buffer }
    }

    /// From now until `uncork`, what `connection` sends is collected. False if another is corked.
    func cork(_ connection: WebSocketConnection) -> Bool {
        guard self.corked == nil else { return false }
        self.corked = connection
        return true
    }

    /// Collects bytes that the corked connection sends. False: there is no room for them behind what was collected, which
    /// has to be taken out first, or in no case.
    func collect(_ frames: ByteBuffer) -> Bool {
        guard self.corkBuffer.readableBytes + frames.readableBytes <= Self.bufferByteCount else { return false }
        self.corkBuffer.writeImmutableBuffer(frames)
        return true
    }

    /// Takes out what was collected. The connection stays corked.
    func takeCollected() -> ByteBuffer {
        let collected = self.corkBuffer
        self.corkBuffer = ByteBuffer()
        return collected
    }

    /// Ends the collecting and returns what there is. Give it back with `recycleCork`.
    func uncork() -> ByteBuffer {
        self.corked = nil
        return self.takeCollected()
    }

    /// Keeps the memory of a collected buffer for the next cork, unless somebody still has it or it is large.
    func recycleCork(_ buffer: consuming ByteBuffer) {
        guard buffer.storageCapacity <= 2 * Self.bufferByteCount, self.corked == nil else { return }
        if buffer.modifyIfUniquelyOwned({ $0.clear() }) != nil { self.corkBuffer = buffer }
    }
}
