// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What one namespace keeps for clients that were cut off: its last events, and the state of those who are away.
///
/// Each event bears an offset, its number in text. Bounded by time, by bytes, and by how many may be away. A client gets everything that he
/// missed or nothing: where the events do not reach back to his offset, he begins anew.
final class RecoveryLog: Sendable {
    /// What a client takes up.
    struct Session: Sendable {
        var id: String
        /// His secret, which he keeps: clients tell by it that they have recovered.
        var pid: String
        var rooms: Set<String>
        var data: [String: any Sendable]
    }

    private struct Event: Sendable {
        var frames: ByteBuffer
        var audience: Audience
        var time: NIODeadline
    }

    private struct Absent: Sendable {
        var session: Session
        var deadline: NIODeadline
    }

    private struct State {
        /// The events from `firstNumber` on, behind those that were forgotten.
        var events: [Event] = []
        var forgotten = 0
        var firstNumber: UInt64 = 1
        var byteCount = 0
        var present: [String: Socket] = [:]
        var absent: [String: Absent] = [:]
        /// Who has left and until when he may come back, in that order; some are back, or have left again.
        var departures: [(pid: String, deadline: NIODeadline)] = []

        var nextNumber: UInt64 { self.firstNumber + UInt64(self.events.count - self.forgotten) }
    }

    private let settings: SocketRecoveryConfiguration
    private let maximumAge: TimeAmount
    private let maximumReplayByteCount: Int
    private let state = Mutex(State())

    /// - Parameter queueByteCount: what may wait for a client that does not read.
    init(_ settings: SocketRecoveryConfiguration, queueByteCount: Int) {
        self.settings = settings
        // The rest is for what comes meanwhile. A client who was sent too much would be cut off, and come back for the same.
        self.maximumReplayByteCount = queueByteCount / 2
        self.maximumAge = .milliseconds(settings.maximumDisconnection.milliseconds)
    }

    // MARK: Events

    /// An offset's digits. Always as many, so that its place in a packet can be filled in at the end.
    static let offsetByteCount = 16
    /// What waiting costs beside an event's bytes, roughly.
    private static let waitingByteCount = 64
    /// Stands where the offset will.
    static let noOffset = String(repeating: "0", count: offsetByteCount)

    /// Keeps an event, and writes its offset where `hole` is.
    func append(_ frames: ByteBuffer, hole: Int, for audience: Audience) -> ByteBuffer {
        self.state.withLock { state in
            var frames = frames
            frames.setString(Self.text(of: state.nextNumber), at: hole)
            let now = NIODeadline.now()
            state.events.append(Event(frames: frames, audience: audience, time: now))
            state.byteCount += frames.readableBytes
            self.forgetEvents(&state, now)
            return frames
        }
    }

    /// What a client has missed since `offset`; nil where that is not known any more, never was, or is more than he can be sent at once.
    func events(since offset: String, for session: Session) -> [ByteBuffer]? {
        guard offset.utf8.count == Self.offsetByteCount, let number = UInt64(offset) else { return nil }
        return self.state.withLock { state in
            self.forgetEvents(&state, .now())
            guard number &+ 1 >= state.firstNumber, number < state.nextNumber else { return nil }
            let skipped = Int(number + 1 - state.firstNumber)
            let missed = state.events[(state.forgotten + skipped)...].compactMap { event in
                event.audience.includes(id: session.id, rooms: session.rooms) ? event.frames : nil
            }
            let byteCount = missed.reduce(0) { $0 + $1.readableBytes + Self.waitingByteCount }
            return byteCount <= self.maximumReplayByteCount ? missed : nil
        }
    }

    private func forgetEvents(_ state: inout State, _ now: NIODeadline) {
        while state.forgotten < state.events.count {
            let oldest = state.events[state.forgotten]
            guard oldest.time + self.maximumAge < now || state.byteCount > self.settings.maximumEventByteCount else {
                break
            }
            state.byteCount -= oldest.frames.readableBytes
            state.events[state.forgotten].frames = ByteBuffer()
            state.forgotten += 1
            state.firstNumber += 1
        }
        // Moving the rest once for as many as were forgotten costs each event at most one move.
        if state.forgotten > 64, state.forgotten * 2 > state.events.count {
            state.events.removeFirst(state.forgotten)
            state.forgotten = 0
        }
    }

    private static func text(of number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, Self.offsetByteCount - digits.count)) + digits
    }

    // MARK: Clients

    /// Whoever comes with this secret.
    enum Return {
        case absent(Session)
        /// He is still here, as far as we know.
        case present(Socket)
    }

    /// Takes what belongs to a secret: no two clients take up one state. That of a client who is still here stays until he has been put out.
    func take(_ pid: String) -> Return? {
        self.state.withLock { state in
            if let socket = state.present[pid] { return .present(socket) }
            guard let absent = state.absent.removeValue(forKey: pid), absent.deadline > .now() else { return nil }
            return .absent(absent.session)
        }
    }

    func began(_ socket: Socket) {
        guard let pid = socket.pid else { return }
        self.state.withLock { $0.present[pid] = socket }
    }

    /// - Parameter session: nil: he is not to come back, or was never let in.
    func ended(_ socket: Socket, _ session: Session?) {
        guard let pid = socket.pid else { return }
        self.state.withLock { state in
            guard state.present[pid] === socket else { return }
            state.present[pid] = nil
            guard let session else { return }
            let now = NIODeadline.now()
            state.absent[pid] = Absent(session: session, deadline: now + self.maximumAge)
            state.departures.append((pid, now + self.maximumAge))
            self.forgetAbsent(&state, now)
        }
    }

    private func forgetAbsent(_ state: inout State, _ now: NIODeadline) {
        var gone = 0
        for (pid, deadline) in state.departures {
            if state.absent[pid]?.deadline == deadline {
                guard deadline <= now || state.absent.count > self.settings.maximumSessionCount else { break }
                state.absent[pid] = nil
            }
            gone += 1
        }
        state.departures.removeFirst(gone)
    }
}
