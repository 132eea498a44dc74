// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import JSON
import NIOCore
import Realtime
import Synchronization

/// Sessions that the platform's own backend knows: it is asked over HTTP, and its answers hold for a time.
///
/// Bounds: one request for all who ask about one credential at once, ``maximumRunning`` requests at a time, ``maximumWaiting``
/// credentials in line, ``maximumKept`` answers kept, ``maximumAnswerByteCount`` bytes read of each. Whoever would exceed
/// them, and whoever waits longer than the contract's deadline, in line or for the answer, is told `unavailable`.
/// Only a 200 with the documented JSON lets anybody in, and only 401, 403 and 404 say that there is no such session; everything
/// else a backend may answer is `unavailable` too. Threads: any.
final class AskedSessions: Sendable {
    static let maximumRunning = 64
    static let maximumWaiting = 4096
    static let maximumKept = 20_000
    static let maximumAnswerByteCount = 64 * 1024
    /// Milliseconds for which "no such session" holds: long enough for a client that retries, short enough for one that signs in.
    static let longestRefusal: Int64 = 5000

    typealias Completion = @Sendable (Result<Identity, RequestError>) -> Void

    fileprivate struct Flight {
        var headers: HTTPHeaders
        var eventLoop: any EventLoop
        var deadline: NIODeadline
        var number: UInt64
        var waiting: [Completion]
    }

    fileprivate struct Kept {
        var answer: Result<Identity, RequestError>
        var from: Int64
        var until: Int64
    }

    fileprivate struct State {
        var flights: [String: Flight] = [:]
        var line: [String] = []
        var runningCount = 0
        var lastNumber: UInt64 = 0
        var kept: [String: Kept] = [:]
        var wasUnavailable = false
    }

    private enum Decision {
        case answer(Result<Identity, RequestError>)
        case wait
        case schedule(number: UInt64)
    }

    private let address: BackendAddress
    private let backends: BackendClient
    private let rules: AuthRules.Sessions
    private let clock: any WallClock
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameter log: told when the backend stops answering as it should, and when it does again; never told a credential.
    init(
        _ address: BackendAddress, backends: BackendClient, rules: AuthRules.Sessions, clock: any WallClock,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.address = address
        self.backends = backends
        self.rules = rules
        self.clock = clock
        self.log = log
    }

    /// - Parameters:
    ///   - eventLoop: carries the request if one is made; one of the client's.
    ///   - completion: runs exactly once, at once or on any thread.
    func ask(about credential: Credential, on eventLoop: any EventLoop, completion: @escaping Completion) {
        let headers = Self.headers(credential)
        let key = SecretText.key(of: headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n"))
        let now = self.clock.now().milliseconds
        let deadline = NIODeadline.now() + .milliseconds(self.rules.deadline)
        let decision = self.state.withLock { state -> Decision in
            if let kept = state.kept[key] {
                if kept.from <= now && now < kept.until { return .answer(kept.answer) }
                state.kept[key] = nil
            }
            if state.flights[key] != nil {
                state.flights[key]?.waiting.append(completion)
                return .wait
            }
            guard state.flights.count < Self.maximumWaiting else { return .answer(.failure(.sessionsUnavailable)) }
            state.lastNumber += 1
            state.flights[key] = Flight(
                headers: headers, eventLoop: eventLoop, deadline: deadline, number: state.lastNumber,
                waiting: [completion])
            state.line.append(key)
            return .schedule(number: state.lastNumber)
        }
        switch decision {
        case .answer(let answer): completion(answer)
        case .wait: return
        case .schedule(let number):
            // Also for those that are still in line by then.
            eventLoop.scheduleTask(deadline: deadline) { self.finish(key, number, nil) }
            self.startNext()
        }
    }

    /// Only the designated headers, as they came; a credential from elsewhere goes as a bearer token.
    private static func headers(_ credential: Credential) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.append("Accept", "application/json")
        if let cookie = credential.cookieHeader { headers.append("Cookie", cookie) }
        if let authorization = credential.authorizationHeader { headers.append("Authorization", authorization) }
        let isInHeaders = [credential.cookieHeader, credential.authorizationHeader].contains {
            $0?.contains(credential.text) == true
        }
        if !isInHeaders { headers["Authorization"] = "Bearer \(credential.text)" }
        return headers
    }

    private func startNext() {
        let next = self.state.withLock { state -> (key: String, flight: Flight)? in
            while state.runningCount < Self.maximumRunning, !state.line.isEmpty {
                let key = state.line.removeFirst()
                // One whose time was over in line is gone.
                guard let flight = state.flights[key] else { continue }
                state.runningCount += 1
                return (key, flight)
            }
            return nil
        }
        guard let (key, flight) = next else { return }
        let request = BackendRequest(
            .get, self.address, headers: flight.headers, deadline: flight.deadline,
            maximumAnswerByteCount: Self.maximumAnswerByteCount)
        self.backends.send(request, on: flight.eventLoop).whenComplete { result in
            self.finish(key, flight.number, result)
            self.state.withLock { $0.runningCount -= 1 }
            self.startNext()
        }
    }

    /// - Parameter result: what the backend said; `nil` when the time was over.
    private func finish(_ key: String, _ number: UInt64, _ result: Result<HTTPResponse, any Error>?) {
        let now = self.clock.now().milliseconds
        let (kept, fault) = self.answer(to: result, now: now)
        let (waiting, hasTurned) = self.state.withLock { state -> ([Completion], Bool) in
            guard let flight = state.flights[key], flight.number == number else { return ([], false) }
            state.flights[key] = nil
            if fault == nil { state.keep(kept, as: key, now: now) }
            defer { state.wasUnavailable = fault != nil }
            return (flight.waiting, state.wasUnavailable != (fault != nil))
        }
        if hasTurned {
            self.log(fault.map { "sessions cannot be asked for: \($0)" } ?? "sessions can be asked for again")
        }
        for completion in waiting { completion(kept.answer) }
    }

    private func answer(to result: Result<HTTPResponse, any Error>?, now: Int64) -> (kept: Kept, fault: String?) {
        func kept(_ answer: Result<Identity, RequestError>, for milliseconds: Int64) -> Kept {
            Kept(answer: answer, from: now, until: now + milliseconds)
        }
        func unavailable(_ fault: String) -> (Kept, String?) { (kept(.failure(.sessionsUnavailable), for: 0), fault) }
        switch result {
        case nil: return unavailable("no whole answer in time")
        case .failure(let error)?:
            return unavailable("\(error)")
        case .success(let response)?:
            switch response.status.code {
            case 200:
                guard var identity = Identity(answer: response.body) else {
                    return unavailable("the answer is not the JSON that says who the user is")
                }
                if let expiresAt = identity.expiresAt, expiresAt <= now { fallthrough }
                identity.confirmedUntil = now + self.validity
                return (kept(.success(identity), for: self.validity), nil)
            case 401, 403, 404:
                return (kept(.failure(.sessionUnknown), for: min(self.validity, Self.longestRefusal)), nil)
            case let status: return unavailable("the answer has status \(status)")
            }
        }
    }

    /// A little less than the contract's time, so that a session that ended is noticed within it: asking takes time as well.
    private var validity: Int64 { self.rules.cache - min(self.rules.cache / 10, 3000) }
}

extension AskedSessions.State {
    fileprivate mutating func keep(_ kept: AskedSessions.Kept, as key: String, now: Int64) {
        if self.kept.count >= AskedSessions.maximumKept {
            self.kept = self.kept.filter { $0.value.from <= now && now < $0.value.until }
            // Nearly all still hold: asking again is cheaper than looking for the oldest.
            if self.kept.count >= AskedSessions.maximumKept * 3 / 4 { self.kept.removeAll() }
        }
        self.kept[key] = kept
    }
}

extension Identity {
    /// Reads `{"user": "...", "name"?, "avatar"?, "roles"?, "claims"?, "expiresAt"?}`; `nil` when it is something else.
    fileprivate init?(answer: ByteBuffer) {
        guard let root = try? answer.withUnsafeReadableBytes({ try JSONDocument(parsing: $0) }).root,
            let user = root["user"]?.string, (1...255).contains(user.utf8.count)
        else { return nil }
        self.init(user: UserID(user), name: root["name"]?.string, avatar: root["avatar"]?.string)
        if let roles = root["roles"], !roles.isNull {
            guard roles.kind == .array else { return nil }
            self.roles = roles.elements.compactMap(\.string)
        }
        if let claims = root["claims"], !claims.isNull {
            guard claims.kind == .object else { return nil }
            self.claims = try? JSONDocument(parsing: Array(claims.rawBytes))
        }
        if let expiresAt = root["expiresAt"], !expiresAt.isNull {
            guard let time = expiresAt.string.flatMap({ Timestamp($0) }) else { return nil }
            self.expiresAt = time.milliseconds
        }
    }
}

extension RequestError {
    fileprivate static let sessionsUnavailable = RequestError(
        .unavailable, "sessions cannot be checked at the moment; try again later")
}
