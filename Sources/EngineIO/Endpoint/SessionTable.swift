// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Where an endpoint's sessions are, by `sid`, for requests that come on any loop. Behind a lock that is taken for polling requests,
/// handshakes and pongs, never for messages.
final class SessionTable: Sendable {
    /// One session's place.
    struct Entry: Sendable {
        let eventLoop: any EventLoop
        private let session: NIOLoopBound<EngineSession>

        /// Made on the session's loop.
        init(_ session: EngineSession) {
            self.eventLoop = session.eventLoop
            self.session = NIOLoopBound(session, eventLoop: session.eventLoop)
        }

        /// The session, on its own loop; nil on any other.
        var local: EngineSession? { self.eventLoop.inEventLoop ? self.session.value : nil }

        /// On the session's loop: now where that is this one, else later, in the order of the calls.
        func run(_ body: @escaping @Sendable (EngineSession) -> Void) {
            if self.eventLoop.inEventLoop {
                body(self.session.value)
            } else {
                self.eventLoop.execute { [session = self.session] in body(session.value) }
            }
        }
    }

    private struct State {
        var entries: [SessionID: Entry] = [:]
        var gauges = EngineGauges()
        var isClosing = false
    }

    private let state = Mutex(State())

    /// No session opens from now on.
    var isClosing: Bool { self.state.withLock { $0.isClosing } }

    var gauges: EngineGauges { self.state.withLock { $0.gauges } }

    /// Sessions that can be found, with those that have ended and whose client has not fetched everything.
    var count: Int { self.state.withLock { $0.entries.count } }

    func entry(_ id: String) -> Entry? {
        guard let id = SessionID(id) else { return nil }
        return self.state.withLock { $0.entries[id] }
    }

    func opened(_ session: EngineSession) {
        let entry = Entry(session)
        let (id, transport) = (session.sessionID, session.transport)
        self.state.withLock { state in
            state.entries[id] = entry
            state.gauges.sessionsTotal += 1
            state.gauges[transport] += 1
        }
    }

    func upgraded() {
        self.state.withLock { state in
            state.gauges.upgradesTotal += 1
            state.gauges[.polling] -= 1
            state.gauges[.websocket] += 1
        }
    }

    /// A session has ended, and can be found no more unless `stays`.
    func ended(_ id: SessionID, _ transport: EngineTransport, _ reason: EngineCloseReason, stays: Bool = false) {
        self.state.withLock { state in
            state.gauges.endedTotal[reason, default: 0] += 1
            state.gauges[transport] -= 1
            if !stays { state.entries[id] = nil }
        }
    }

    /// A ping was answered after so many milliseconds.
    func ponged(after milliseconds: Int64) {
        self.state.withLock { state in
            state.gauges.pongsTotal += 1
            state.gauges.pingMillisecondsTotal &+= UInt64(clamping: milliseconds)
        }
    }

    func remove(_ id: SessionID) { self.state.withLock { $0.entries[id] = nil } }

    func refused(_ fault: EngineFault) {
        self.state.withLock { $0.gauges.refusalsTotal[fault.code, default: 0] += 1 }
    }

    /// Lets no session open any more, and returns those there are.
    func close() -> [Entry] {
        self.state.withLock { state in
            state.isClosing = true
            return Array(state.entries.values)
        }
    }
}

extension EngineGauges {
    fileprivate subscript(transport: EngineTransport) -> Int {
        get { transport == .polling ? self.pollingSessions : self.webSocketSessions }
        set {
            switch transport {
            case .polling: self.pollingSessions = newValue
            case .websocket: self.webSocketSessions = newValue
            }
        }
    }
}
