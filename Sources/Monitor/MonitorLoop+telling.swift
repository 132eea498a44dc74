// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime

/// What becomes of a report: a publication, when it is news, or a fresher record.
extension MonitorLoop {
    private static let refreshInterval: TimeAmount = .seconds(1)

    /// - Parameters:
    ///   - isSign: the service itself was heard.
    ///   - isReport: it was not asked.
    ///   - completion: when what had to be published is kept.
    func take(
        _ health: ServiceHealth, isSign: Bool, isReport: Bool = false, of service: WatchedService,
        completion: @escaping (Result<Void, RequestError>) -> Void = { _ in }
    ) {
        if isSign {
            service.lastSign = .now()
            service.heardAt = self.platform.clock.now()
        }
        // What is being kept of it says already whether it is there; the next answer is told.
        guard !service.isChanging else { return completion(.success(())) }
        if isSign {
            if service.registration.isLost { self.find(service) }
        } else if service.registration.isLost || self.loseIfSilent(service) {
            return completion(.success(()))
        }
        self.tell(health, of: service, completion: completion)
        self.tellMetrics(of: service, health, isReport: isReport)
    }

    // MARK: Lost and found

    /// - Returns: whether it counts as removed from now on.
    func loseIfSilent(_ service: WatchedService) -> Bool {
        guard let rules, !service.isChanging, service.lastSign + .milliseconds(rules.lost) <= .now() else {
            return false
        }
        service.registration.isLost = true
        self.refreshes[service.name] = nil
        var facts = ServiceFacts(service.registration.service)
        facts.reason = "heartbeat timeout"
        self.publish(rules.removed, facts, alongWith: [.putRegistration(service.registration.stored)]) { result in
            if case .failure(let error) = result { self.complain(error, of: service) }
            // Found or registered again meanwhile, it is as that made it.
            guard service.registration.isLost else { return }
            switch result {
            case .success: service.status = nil
            case .failure:
                service.registration.isLost = false
                self.schedule(service)
            }
        }
        return true
    }

    private func find(_ service: WatchedService) {
        service.registration.isLost = false
        let found = service.registration
        let facts = ServiceFacts(service.registration.service)
        self.publish(self.rules?.discovered, facts, alongWith: [.putRegistration(service.registration.stored)]) {
            guard case .failure(let error) = $0 else { return }
            if service.registration == found { service.registration.isLost = true }
            self.complain(error, of: service)
        }
        self.schedule(service)
    }

    // MARK: Health

    private func tell(
        _ health: ServiceHealth, of service: WatchedService,
        completion: @escaping (Result<Void, RequestError>) -> Void
    ) {
        guard let rules else { return completion(.success(())) }
        var health = health
        let request: PublishRequest
        let refresh: RecordRefresh
        do throws(RequestError) {
            (request, refresh) = try self.update(health, of: service)
            service.fault = nil
        } catch {
            // The service's checks are not what the contract wants them to be: how it is is told all the same.
            self.complain(error, of: service)
            health.checks =
                ServiceHealth(health.status, check: "answer", says: String(error.message.prefix(200))).checks
            do throws(RequestError) { (request, refresh) = try self.update(health, of: service) } catch {
                return completion(.failure(error))
            }
        }
        let told = service.updatesUnderWay > 0 ? service.status : Self.status(of: refresh.current)
        service.status = health.status
        service.health = health
        guard rules.tellsAll || told != health.status else {
            self.keep(refresh, of: service)
            return completion(.success(()))
        }
        self.refreshes[service.name] = nil
        service.updatesUnderWay += 1
        self.publish([request]) { result in
            service.updatesUnderWay -= 1
            if case .failure(let error) = result { self.complain(error, of: service) }
            completion(result)
        }
    }

    private func update(
        _ health: ServiceHealth, of service: WatchedService
    ) throws(RequestError) -> (PublishRequest, RecordRefresh) {
        guard let rules else { throw .noMonitor }
        var facts = ServiceFacts(service.registration.service)
        facts.health = health
        facts.version = facts.version ?? health.version
        let request = try self.request(rules.update, facts)
        return (request, try self.platform.recordRefresh(of: request))
    }

    /// The status in the record that the service's updates write.
    func retainedStatus(of service: WatchedService) -> ServiceHealth.Status? {
        let refresh = try? self.update(ServiceHealth(.healthy), of: service).1
        return Self.status(of: refresh?.current)
    }

    private static func status(of record: [UInt8]?) -> ServiceHealth.Status? {
        guard let record, let word = try? JSONDocument(parsing: record).root["status"]?.string else { return nil }
        return ServiceHealth.Status(rawValue: word)
    }

    // MARK: Refreshing

    /// Gathered, so that a thousand services that are as they were cost one transaction.
    private func keep(_ refresh: RecordRefresh, of service: WatchedService) {
        if self.refreshes.isEmpty {
            self.eventLoop.assumeIsolated().scheduleTask(in: Self.refreshInterval) { self.keepRefreshes() }
        }
        self.refreshes[service.name] = refresh
    }

    func keepRefreshes() {
        let refreshes = Array(self.refreshes.values)
        self.refreshes = [:]
        guard !refreshes.isEmpty else { return }
        // What the store does not take now the next report brings again.
        self.platform.keep(refreshes) { _ in }
    }

    // MARK: Metrics

    private func tellMetrics(of service: WatchedService, _ health: ServiceHealth, isReport: Bool) {
        guard let announcement = self.rules?.metrics, let metrics = health.metrics, metrics != service.toldMetrics
        else { return }
        let now = NIODeadline.now()
        // A service is asked once in its interval, and may report whenever it likes.
        if isReport, let toldAt = service.metricsToldAt, now - toldAt < self.interval(of: service) { return }
        service.metricsToldAt = now
        service.toldMetrics = metrics
        var facts = ServiceFacts(service.registration.service)
        facts.health = health
        self.publish(announcement, facts) { result in
            switch result {
            case .success: service.metricsFault = nil
            case .failure(let error): self.complain(error, of: service, \.metricsFault)
            }
        }
    }

    // MARK: Publishing

    private func request(
        _ announcement: MonitorRules.Announcement, _ facts: ServiceFacts
    ) throws(RequestError) -> PublishRequest {
        guard let payload = facts.payload(of: announcement, now: self.platform.clock.now()) else {
            throw RequestError(.invalidPayload, "what the service says nests too deep")
        }
        return PublishRequest(event: announcement.event, data: payload.root)
    }

    /// Publishes, if there is something to say, and keeps changes with it.
    ///
    /// - Parameter completion: on this loop, when both are kept.
    func publish(
        _ announcement: MonitorRules.Announcement?, _ facts: ServiceFacts, alongWith changes: [StateChange] = [],
        completion: @escaping (Result<Void, RequestError>) -> Void
    ) {
        do throws(RequestError) {
            let requests = try announcement.map { announcement throws(RequestError) in
                [try self.request(announcement, facts)]
            }
            self.publish(requests ?? [], alongWith: changes, completion: completion)
        } catch {
            completion(.failure(error))
        }
    }

    private func publish(
        _ requests: [PublishRequest], alongWith changes: [StateChange] = [],
        completion: @escaping (Result<Void, RequestError>) -> Void
    ) {
        let eventLoop = self.eventLoop
        let bound = NIOLoopBound(completion, eventLoop: eventLoop)
        self.platform.publish(requests, alongWith: changes) { result in
            eventLoop.execute { bound.value(result.map { _ in }.mapError(\.error)) }
        }
    }
}
