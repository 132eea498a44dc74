// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime

/// Services that come and go. Of one service everything happens in its turn.
extension MonitorLoop {
    func register(
        _ service: MonitoredService, origin: ServiceRegistration.Origin,
        completion: @escaping (Result<ServiceState, RequestError>) -> Void
    ) {
        self.inTurn(service.name) { next in
            self.registerNow(ServiceRegistration(service, origin: origin)) { result in
                completion(result)
                next()
            }
        }
    }

    func unregister(_ name: String, completion: @escaping (Result<Void, RequestError>) -> Void) {
        if self.services[name]?.registration.origin == .contract { return completion(.failure(.namedByContract(name))) }
        self.remove(name, completion: completion)
    }

    /// Whoever registered it.
    func remove(_ name: String, completion: @escaping (Result<Void, RequestError>) -> Void) {
        self.inTurn(name) { next in
            self.removeNow(name) { result in
                completion(result)
                next()
            }
        }
    }

    func report(
        _ health: ServiceHealth, of name: String, completion: @escaping (Result<ServiceState, RequestError>) -> Void
    ) {
        guard self.waiting[name] != nil else { return self.reportNow(health, of: name, completion: completion) }
        self.inTurn(name) { next in
            self.reportNow(health, of: name) { result in
                completion(result)
                next()
            }
        }
    }

    private func reportNow(
        _ health: ServiceHealth, of name: String, completion: @escaping (Result<ServiceState, RequestError>) -> Void
    ) {
        if let objection { return completion(.failure(objection)) }
        guard let service = self.services[name] else { return completion(.failure(.noService(name))) }
        self.take(health, isSign: true, isReport: true, of: service) { result in
            completion(result.map { self.state(of: service) })
        }
    }

    // MARK: In turn

    private func registerNow(
        _ registration: ServiceRegistration, completion: @escaping (Result<ServiceState, RequestError>) -> Void
    ) {
        if let objection { return completion(.failure(objection)) }
        let name = registration.service.name
        let known = self.services[name]
        if let known {
            if known.registration == registration {
                known.lastSign = known.address == nil ? .now() : known.lastSign
                return completion(.success(self.state(of: known)))
            }
            if known.registration.origin == .contract && registration.origin != .contract {
                return completion(.failure(.namedByContract(name)))
            }
        } else if self.services.count >= Self.maximumCount {
            return completion(.failure(.tooManyServices))
        }
        let isNew =
            known.map { $0.registration.isLost || !$0.registration.service.isAnnounced(as: registration.service) }
            ?? true
        let facts = ServiceFacts(registration.service)
        known?.isChanging = true
        self.publish(isNew ? self.rules?.discovered : nil, facts, alongWith: [.putRegistration(registration.stored)]) {
            known?.isChanging = false
            if case .failure(let error) = $0 { return completion(.failure(error)) }
            let service = known ?? WatchedService(registration, now: .now())
            service.registration = registration
            service.lastSign = .now()
            if known == nil {
                self.services[name] = service
                service.status = self.retainedStatus(of: service)
            }
            self.schedule(service, isHurried: registration.origin == .registry)
            completion(.success(self.state(of: service)))
        }
    }

    private func removeNow(_ name: String, completion: @escaping (Result<Void, RequestError>) -> Void) {
        if let objection { return completion(.failure(objection)) }
        guard let service = self.services[name] else { return completion(.failure(.noService(name))) }
        var facts = ServiceFacts(service.registration.service)
        facts.reason = "unregistered"
        // One that was lost has been told as removed.
        let announcement = service.registration.isLost ? nil : self.rules?.removed
        service.isChanging = true
        self.refreshes[name] = nil
        self.publish(announcement, facts, alongWith: [.removeRegistration(.service, key: name)]) { result in
            service.isChanging = false
            switch result {
            case .success: self.services[name] = nil
            case .failure: self.schedule(service)
            }
            completion(result)
        }
    }

    /// - Parameter body: calls what it is handed when it is done.
    private func inTurn(_ name: String, _ body: @escaping (@escaping () -> Void) -> Void) {
        let run = { body { self.nextTurn(name) } }
        guard self.waiting[name] == nil else {
            self.waiting[name]?.append(run)
            return
        }
        self.waiting[name] = []
        run()
    }

    private func nextTurn(_ name: String) {
        guard var waiting = self.waiting[name], !waiting.isEmpty else {
            self.waiting[name] = nil
            return
        }
        let run = waiting.removeFirst()
        self.waiting[name] = waiting
        // Not from here, so that a long line does not become a deep stack.
        let bound = NIOLoopBound(run, eventLoop: self.eventLoop)
        self.eventLoop.execute { bound.value() }
    }
}

extension RequestError {
    static let noMonitor = RequestError(.notFound, "the platform's contract watches no services")
    fileprivate static let tooManyServices = RequestError(.conflict, "there are too many services")

    fileprivate static func noService(_ name: String) -> RequestError {
        RequestError(.notFound, "there is no service \"\(name)\"")
    }

    fileprivate static func namedByContract(_ name: String) -> RequestError {
        RequestError(.conflict, "the contract names the service \"\(name)\"; it is changed there")
    }
}
