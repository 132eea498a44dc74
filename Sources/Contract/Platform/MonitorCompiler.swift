// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `monitor:`, which services are watched and what is told of them.
struct MonitorCompiler {
    let events: [EventCompiler.Compiled]
    let faults: FaultCollector

    func rules(_ node: DocumentNode?) -> MonitorRules? {
        guard let node, let map = MapReader(node, ContractKeys.monitor, what: "\"monitor\"", self.faults) else {
            return nil
        }
        let update = map.required(
            "update",
            hint: "the event that tells of a service's health: update: { event: health:update, data: { … } }"
        ).flatMap { self.announcement($0, "update", ServiceFacts.health) }
        let discovered = map["discovered"].flatMap { self.announcement($0, "discovered", ServiceFacts.identity) }
        let removed = map["removed"].flatMap { self.announcement($0, "removed", ServiceFacts.removal) }
        let metrics = map["metrics"].flatMap { self.announcement($0, "metrics", ServiceFacts.figures) }
        let every = map["every"].flatMap { self.interval($0, "\"every\"") }
        let services = self.services(map["services"])
        guard let update else { return nil }
        if let place = map["update"] { self.checkRecord(of: update, at: place.location) }
        var rules = MonitorRules(update: update)
        rules.discovered = discovered
        rules.removed = removed
        rules.metrics = metrics
        rules.services = services
        rules.every = every ?? rules.every
        rules.deadline = map["deadline"]?.duration("\"deadline\"", self.faults) ?? rules.deadline
        rules.lost = map["lost"]?.duration("\"lost\"", self.faults) ?? rules.lost
        if let word = map["broadcast"]?.word("\"broadcast\"", among: ["changes", "all"], self.faults) {
            rules.tellsAll = word == "all"
        }
        if rules.lost < rules.every, let place = map["lost"] ?? map["every"] {
            self.faults.error(
                "every service would be lost between two questions: \"lost\" is shorter than \"every\"",
                at: place.location)
        }
        return rules
    }

    // MARK: Services

    /// A map, or a variable's text of `NAME=ADDRESS` parts.
    private func services(_ node: DocumentNode?) -> [MonitoredService] {
        guard let node, !node.isNull, !node.isEmptyVariable else { return [] }
        if case .map(let entries) = node.value { return entries.compactMap(self.service) }
        var services: [MonitoredService] = []
        for (text, place) in node.texts("a service", self.faults) {
            guard let separator = text.firstIndex(of: "=") else {
                self.faults.error(
                    "\"services\" must be a map, or texts such as auth=http://localhost:20002/health",
                    at: place.location)
                continue
            }
            let (name, address) = (String(text[..<separator]), String(text[separator...].dropFirst()))
            let origin = ServiceAddress(address)?.origin ?? address
            guard let service = self.service(name, at: place.location, url: origin, health: address) else { continue }
            guard !services.contains(where: { $0.name == name }) else {
                self.faults.error("the service \"\(name)\" is named twice", at: place.location)
                continue
            }
            services.append(service)
        }
        return services
    }

    /// - Returns: `nil` for one whose address is an empty variable, and after a fault.
    private func service(_ entry: DocumentNode.Entry) -> MonitoredService? {
        guard let map = MapReader(entry.value, ContractKeys.monitoredService, what: "a service", self.faults),
            let node = map.required("url", hint: "where the service is, such as url: http://auth.internal:4000")
        else { return nil }
        let port = map["port"].flatMap {
            $0.isEmptyVariable ? nil : $0.integer("\"port\"", in: 1...65_535, self.faults)
        }
        let every = map["every"].flatMap { self.interval($0, "\"every\"") }
        let version = map["version"].flatMap { self.optionalText($0, "\"version\"") }
        let health = map["health"].flatMap { self.optionalText($0, "\"health\"") }
        if node.isEmptyVariable { return nil }
        guard let url = node.nonEmptyText("\"url\"", self.faults) else { return nil }
        return self.service(
            entry.key, at: entry.keyLocation, url: url, health: health, port: port, version: version, every: every,
            places: (node.location, map["health"]?.location))
    }

    private func service(
        _ name: String, at location: SourceLocation, url: String, health: String?, port: Int? = nil,
        version: String? = nil, every: Int64? = nil, places: (url: SourceLocation, health: SourceLocation?)? = nil
    ) -> MonitoredService? {
        do throws(MonitoredService.Fault) {
            return try MonitoredService(
                name: name, url: url, health: health, port: port, version: version, every: every)
        } catch {
            switch error {
            case .name: self.faults.error("\"\(name)\" is no name of a service", at: location, hint: error.message)
            case .url: self.faults.error("\"url\" \(error.message)", at: places?.url ?? location)
            case .health: self.faults.error("\"health\" \(error.message)", at: places?.health ?? location)
            }
            return nil
        }
    }

    private func optionalText(_ node: DocumentNode, _ what: String) -> String? {
        node.isEmptyVariable ? nil : node.nonEmptyText(what, self.faults)
    }

    private func interval(_ node: DocumentNode, _ what: String) -> Int64? {
        guard let interval = node.duration(what, self.faults) else { return nil }
        guard MonitoredService.intervals.contains(interval) else {
            self.faults.error("\(what) must be 1s to 24h", at: node.location)
            return nil
        }
        return interval
    }

    // MARK: Announcements

    private func announcement(
        _ node: DocumentNode, _ name: String, _ facts: [String]
    ) -> MonitorRules.Announcement? {
        guard let map = MapReader(node, ContractKeys.announcement, what: "\"\(name)\"", self.faults) else { return nil }
        var context = TemplateContext(name: "the data of \"\(name)\"", roots: [.service, .now])
        context.serviceFacts = facts
        let dataNode = map.required("data", hint: "write data: { service: \"{service.name}\", timestamp: \"{now}\" }")
        let data = dataNode.map { TemplateCompiler(context: context, faults: self.faults).template($0) }
        guard let value = map.required("event", hint: "an event that is declared under events"),
            let event = value.nonEmptyText("\"event\"", self.faults)
        else { return nil }
        guard let compiled = self.events.first(where: { $0.type.name == event }) else {
            self.faults.error(
                "there is no event \"\(event)\"", at: value.location,
                hint: Spelling.suggestion(for: event, among: self.events.map(\.type.name))
                    ?? "declare it under events: and say there where it goes")
            return nil
        }
        guard let data, let dataNode else { return nil }
        let announcement = MonitorRules.Announcement(event: event, data: data)
        self.check(announcement, of: compiled.type, at: dataNode.location)
        return announcement
    }

    /// Tries the template on a service of which everything is known: what is missing then is always missing.
    private func check(_ announcement: MonitorRules.Announcement, of event: EventType, at location: SourceLocation) {
        guard let schema = event.schema, let payload = Self.example(announcement) else { return }
        guard let violation = schema.firstViolation(in: payload.root) else { return }
        let tokens = violation.instance.tokens
        let place = tokens.isEmpty ? "it" : "\"\(tokens.joined(separator: "."))\""
        self.faults.error("\"data\" breaks the schema of \(event.name): \(place) \(violation.message)", at: location)
    }

    /// Without a record with the status nobody could tell what is news.
    private func checkRecord(of update: MonitorRules.Announcement, at location: SourceLocation) {
        guard let event = self.events.first(where: { $0.type.name == update.event })?.type,
            let payload = Self.example(update)
        else { return }
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.payload = payload.root
        let record: [UInt8]? =
            switch event.recordEffects.first?.change {
            case .replace(let template), .merge(let template): template.rendered(in: scope)
            case .remove, nil: nil
            }
        let status = record.flatMap { try? JSONDocument(parsing: $0) }?.root["status"]?.string
        guard status != ServiceHealth.Status.healthy.rawValue else { return }
        self.faults.error(
            "what is told of a service's health is not kept, so that nothing says what is news", at: location,
            hint: "write under events: \(update.event): record: { \"service:{service}\": { status: \"{status}\" } }")
    }

    private static func example(_ announcement: MonitorRules.Announcement) -> JSONDocument? {
        guard let service = try? MonitoredService(name: "name", url: "http://localhost:20005", version: "1.0.0") else {
            return nil
        }
        var facts = ServiceFacts(service)
        facts.reason = "unregistered"
        facts.health = ServiceHealth(.healthy)
        facts.health?.metrics = Array("{}".utf8)
        return facts.payload(of: announcement, now: Timestamp(milliseconds: 0))
    }
}
