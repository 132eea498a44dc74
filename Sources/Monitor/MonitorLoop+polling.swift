// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import NIOCore
import Realtime

/// Asking. A heap says who is due, and one timer when to look at it.
extension MonitorLoop {
    /// What comes due within this time is asked together.
    private static let step: TimeAmount = .milliseconds(50)
    /// More have to wait until others have answered.
    private static let maximumQuestions = 1000
    /// Soon enough for whoever has just registered a service, and not all at once.
    private static let hurry: TimeAmount = .milliseconds(500)
    private static let maximumAnswerByteCount = 64 * 1024

    /// - Parameter isHurried: not only at the service's place in its interval.
    func schedule(_ service: WatchedService, isHurried: Bool = false) {
        guard let rules else { return }
        let now = NIODeadline.now()
        guard service.registration.service.health != nil else {
            guard !service.registration.isLost else { return }
            // Not at once, where the store did not take that it is lost.
            return self.schedule(service, at: max(service.lastSign + .milliseconds(rules.lost), now + .seconds(1)))
        }
        let every = self.interval(of: service)
        let within = isHurried ? min(every, Self.hurry) : every
        self.schedule(service, at: Spread.first(service.name, every: within, now: now), isHurried: isHurried)
    }

    private func schedule(_ service: WatchedService, at due: NIODeadline, isHurried: Bool = false) {
        service.turn &+= 1
        self.due.add(Due(service: service, turn: service.turn, at: due, isHurried: isHurried), at: due)
        // Each service has one entry that counts. Those of long intervals would gather until they are due.
        if self.due.count > 2 * self.services.count + 1024 { self.due.keep(where: self.counts) }
        self.setAlarm()
    }

    private func setAlarm() {
        guard let earliest = self.due.earliest, self.questionsUnderWay < Self.maximumQuestions else { return }
        let at = max(earliest, .now()) + Self.step
        if let wake {
            guard at < wake.at else { return }
            wake.task.cancel()
        }
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: at) { self.attend() }
        self.wake = (task, at)
    }

    private func attend() {
        self.wake = nil
        let now = NIODeadline.now()
        while self.questionsUnderWay < Self.maximumQuestions, let due = self.due.popDue(at: now) {
            if self.counts(due) { self.attend(to: due) }
        }
        self.setAlarm()
    }

    /// Whether its service was not taken out meanwhile, and is not due at another time.
    private func counts(_ due: Due) -> Bool {
        due.turn == due.service.turn && self.services[due.service.name] === due.service
    }

    private func attend(to due: Due) {
        guard let rules else { return }
        let service = due.service
        if service.registration.service.health == nil {
            if !service.registration.isLost && !self.loseIfSilent(service) {
                let limit = service.lastSign + .milliseconds(rules.lost)
                self.schedule(service, at: service.isChanging ? max(limit, .now() + .seconds(1)) : limit)
            }
            return
        }
        guard let address = service.address else {
            let health = ServiceHealth(.unhealthy, check: "connection", says: "its address cannot be asked")
            self.take(health, isSign: false, of: service)
            return self.scheduleNext(due)
        }
        self.ask(address, min(.milliseconds(rules.deadline), self.interval(of: service)), due)
    }

    private func ask(_ address: BackendAddress, _ time: TimeAmount, _ due: Due) {
        let startedAt = NIODeadline.now()
        let request = BackendRequest(
            .get, address, headers: Self.headers, deadline: startedAt + time,
            maximumAnswerByteCount: Self.maximumAnswerByteCount)
        self.questionsUnderWay += 1
        self.client.send(request, on: self.eventLoop).assumeIsolated().whenComplete { result in
            self.questionsUnderWay -= 1
            guard self.rules != nil else { return }
            let answer = HealthAnswer(result)
            self.figures.count(answer.outcome, microseconds: (.now() - startedAt).nanoseconds / 1000)
            if self.counts(due) {
                self.take(answer.health, isSign: answer.isSign, of: due.service)
                self.scheduleNext(due)
            } else {
                self.setAlarm()
            }
        }
    }

    private static let headers: HTTP.HTTPHeaders = [
        "Accept": "application/json, */*;q=0.5", "User-Agent": "Switchboard-Monitor",
        // At the intervals of watching, a new connection costs less than keeping one.
        "Connection": "close",
    ]

    private func scheduleNext(_ due: Due) {
        guard let rules else { return }
        let service = due.service
        let now = NIODeadline.now()
        var every = self.interval(of: service)
        // Who was lost is asked more rarely.
        if service.registration.isLost { every = max(every, .milliseconds(rules.lost)) }
        // After a hurried question the service takes its place in the interval.
        var next =
            due.isHurried
            ? Spread.first(service.name, every: every, now: now)
            : Spread.next(after: due.at, every: every, now: now)
        let limit = service.lastSign + .milliseconds(rules.lost)
        // To find at the right time that it is lost.
        if !service.registration.isLost, limit < next { next = max(limit, now + .seconds(1)) }
        self.schedule(service, at: next)
    }
}
