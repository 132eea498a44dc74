// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

/// The registry of watched services (ORI-D05).
extension AdminAPI {
    /// By name, page by page.
    func listServices(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let monitor = try Self.monitor(of: platform)
        let limit = try exchange.query.limit(default: 1000)
        let after = exchange.query.text("after") ?? ""
        exchange.answer(with: monitor.services(gatheredOn: exchange.eventLoop)) { states in
            guard let states else { return APIError(Self.noMonitor).response }
            // One more than asked for tells whether there is another page.
            var found = FirstItems<String, ServiceState>(limit: limit + 1)
            for state in states where state.registration.service.name > after {
                found.offer(state.registration.service.name, state)
            }
            let (items, next) = found.page(of: limit)
            var writer = JSONWriter(capacity: 256 * items.count + 32)
            writer.beginObject()
            writer.key("services")
            writer.beginArray()
            for item in items { item.write(to: &writer) }
            writer.endArray()
            if let next {
                writer.key("next")
                writer.string(next)
            }
            writer.endObject()
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }

    func putService(_ exchange: Exchange) throws(APIError) {
        let monitor = try Self.monitor(of: try self.platform(of: exchange))
        let body = try exchange.body()
        let service: MonitoredService
        do throws(RequestError) {
            service = try MonitoredService(reading: body, name: exchange.parameters["service"] ?? "")
        } catch { throw APIError(error) }
        monitor.register(service) { Self.answer($0, exchange) }
    }

    func removeService(_ exchange: Exchange) throws(APIError) {
        let monitor = try Self.monitor(of: try self.platform(of: exchange))
        monitor.unregister(exchange.parameters["service"] ?? "") { result in
            switch result {
            case .success: exchange.answer(HTTPResponse(.noContent))
            case .failure(let error): exchange.fail(APIError(error))
            }
        }
    }

    func reportHealth(_ exchange: Exchange) throws(APIError) {
        let monitor = try Self.monitor(of: try self.platform(of: exchange))
        let body = try exchange.body()
        let health: ServiceHealth
        do throws(RequestError) { health = try ServiceHealth(reading: body) } catch { throw APIError(error) }
        monitor.report(health, of: exchange.parameters["service"] ?? "") { Self.answer($0, exchange) }
    }

    private static let noMonitor = RequestError(.notFound, "the platform's contract watches no services")

    private static func monitor(of platform: Platform) throws(APIError) -> any ServiceMonitor {
        guard platform.definition.monitor != nil, let monitor = platform.monitoring.monitor else {
            throw APIError(Self.noMonitor)
        }
        return monitor
    }

    private static func answer(_ result: Result<ServiceState, RequestError>, _ exchange: Exchange) {
        switch result {
        case .failure(let error): exchange.fail(APIError(error))
        case .success(let state):
            var writer = JSONWriter()
            state.write(to: &writer)
            exchange.answer(writer)
        }
    }
}

extension ServiceState {
    fileprivate func write(to writer: inout JSONWriter) {
        let service = self.registration.service
        writer.beginObject()
        writer.key("service")
        writer.string(service.name)
        service.write(to: &writer)
        writer.key("every")
        writer.double(Double(self.every) / 1000)
        writer.key("origin")
        writer.string(self.registration.origin.rawValue)
        writer.key("state")
        writer.string(self.registration.isLost ? "lost" : self.status?.rawValue ?? "unknown")
        if let health {
            writer.key("checks")
            writer.raw(health.checks)
            if let metrics = health.metrics {
                writer.key("metrics")
                writer.raw(metrics)
            }
        }
        if let heardAt {
            writer.key("heardAt")
            writer.string(heardAt.description)
        }
        writer.endObject()
    }
}

extension MonitoredService {
    private static let keys = ["url", "health", "port", "version", "every"]

    fileprivate init(reading node: JSONNode, name: String) throws(RequestError) {
        try node.requireObject()
        var url: String?
        var health: String?
        var version: String?
        var port: Int?
        var every: Int64?
        for member in node.members {
            switch member.name {
            case "url": url = try member.value.text("url", maximumByteCount: 2048)
            case "health": health = try member.value.text("health", maximumByteCount: 2048)
            case "version": version = try member.value.text("version", maximumByteCount: 128)
            case "port": port = try Self.number(member.value, "port", in: 1...65_535)
            case "every": every = Int64(try Self.number(member.value, "every", in: 1...86_400)) * 1000
            default: throw member.unknownError(known: Self.keys)
            }
        }
        guard let url else { throw RequestError(.invalidRequest, "\"url\" is missing", pointer: JSONPointer()) }
        do throws(Fault) {
            try self.init(name: name, url: url, health: health, port: port, version: version, every: every)
        } catch {
            switch error {
            case .name: throw RequestError(.invalidPath, error.message)
            case .url, .health:
                let key = error == .url ? "url" : "health"
                throw RequestError(.invalidRequest, error.message, pointer: JSONPointer().appending(key: key))
            }
        }
    }

    private static func number(
        _ node: JSONNode, _ key: String, in range: ClosedRange<Int>
    ) throws(RequestError) -> Int {
        if let number = node.int, range.contains(number) { return number }
        throw RequestError(
            .invalidRequest, "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
            pointer: JSONPointer().appending(key: key))
    }
}

extension ServiceHealth {
    private static let keys = ["status", "details", "checks", "version", "metrics"]

    /// A report in a service's own words, in which the status is none that the server has to guess.
    fileprivate init(reading node: JSONNode) throws(RequestError) {
        try node.requireObject()
        for member in node.members where !Self.keys.contains(member.name) {
            throw member.unknownError(known: Self.keys)
        }
        guard let word = node["status"] else {
            throw RequestError(.invalidRequest, "\"status\" is missing", pointer: JSONPointer())
        }
        guard let status = word.string.flatMap({ Status(word: $0) }) else {
            throw RequestError(
                .invalidRequest, "must be \"healthy\", \"degraded\" or \"unhealthy\"",
                pointer: JSONPointer().appending(key: "status"))
        }
        for key in ["details", "checks", "metrics"] where node[key].map({ $0.kind != .object }) ?? false {
            throw RequestError(.invalidRequest, "must be an object", pointer: JSONPointer().appending(key: key))
        }
        self.init(status, of: node)
    }
}
