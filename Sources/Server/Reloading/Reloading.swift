// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import HTTPAPI
import Logging
import Monitor
import NIOCore
import Realtime
import Synchronization

/// Reads a running server's contracts again: all of them take effect, or none does. Log files are opened again in any case, and
/// certificates looked at.
///
/// Connections stay, see ``Platform/adopt(_:dialects:gatheredOn:)``. Which contracts there are and where they listen is fixed until
/// the next start, and so are the variables of the environment. Reloads come one after the other.
final class Reloading: Sendable {
    /// How often each result came.
    struct Counts: Sendable {
        var adopted: UInt64 = 0
        var refused: UInt64 = 0
    }

    private struct State {
        var counts = Counts()
        /// Completed when the last reload that was asked for is.
        var last: Task<ReloadReport, Never>?
    }

    private let configuration: ServerConfiguration
    private let authentication: AuthenticatorAssembly
    private let contracts: Contracts
    private let served: [ServedPlatform]
    private let keyTasks: KeyTasks
    private let logs: OperatorLogs
    private let certificates: ServedCertificates
    /// What is told of the contracts; `nil`: nothing is.
    private let documents: DocumentShelf?
    /// Makes the application of a listener by the contract that its platform has by now.
    private let application: ApplicationMaker
    /// Bodies of the admin API may have so many bytes, decided at the start.
    private let maximumBodyByteCount: Int
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ configuration: ServerConfiguration,
        authentication: AuthenticatorAssembly,
        contracts: Contracts,
        served: [ServedPlatform],
        keyTasks: KeyTasks,
        logs: OperatorLogs,
        certificates: ServedCertificates,
        documents: DocumentShelf?,
        maximumBodyByteCount: Int,
        logger: Logger,
        application: @escaping ApplicationMaker
    ) {
        self.configuration = configuration
        self.authentication = authentication
        self.contracts = contracts
        self.served = served
        self.keyTasks = keyTasks
        self.logs = logs
        self.certificates = certificates
        self.documents = documents
        self.maximumBodyByteCount = maximumBodyByteCount
        self.logger = logger
        self.application = application
    }

    var counts: Counts { self.state.withLock { $0.counts } }

    /// Returns when every connection is under the new contracts, or nothing has changed. What is wrong is logged as well.
    func reload() async -> ReloadReport {
        let task = self.state.withLock { state in
            let earlier = state.last
            let task = Task {
                _ = await earlier?.value
                return await self.reloadNow()
            }
            state.last = task
            return task
        }
        return await task.value
    }

    private func reloadNow() async -> ReloadReport {
        self.logs.reopen()
        await self.certificates.refresh()
        var report = ReloadReport()
        do {
            let contracts = try self.read(&report)
            try await self.adopt(contracts.map(\.definition))
            self.documents?.replace(contracts.map(\.outline))
        } catch let faults as ContractFaults {
            report.faults = faults.faults.map { ReloadReport.Fault($0) } + report.faults
        } catch {
            report.faults.insert(ReloadReport.Fault(error), at: 0)
        }
        self.tell(report)
        self.state.withLock { state in
            if report.isOK { state.counts.adopted += 1 } else { state.counts.refused += 1 }
        }
        return report
    }

    private func tell(_ report: ReloadReport) {
        for fault in report.faults {
            if fault.isError { self.logger.error("\(fault)") } else { self.logger.warning("\(fault)") }
        }
        if report.isOK {
            self.logger.notice("reload: the contracts were read again and are in effect")
        } else {
            self.logger.error("reload refused: nothing has changed")
        }
    }

    /// The contracts in the order of the platforms, checked; warnings go into the report.
    private func read(_ report: inout ReloadReport) throws(ContractFaults) -> [LoadedContract] {
        let (contracts, faults) = self.contracts.checkWhole(self.configuration.contractFiles)
        let definitions = contracts.map(\.definition)
        let errors = faults.filter { $0.severity == .error }
        report.faults += faults.filter { $0.severity != .error }.map { ReloadReport.Fault($0) }
        guard errors.isEmpty else { throw ContractFaults(errors) }
        var fixed: [ContractFault] = []
        for definition in definitions where !self.served.contains(where: { $0.platform.name == definition.name }) {
            fixed.append(
                ContractFault(
                    "there is no platform \"\(definition.name)\" on this server; a reload neither adds nor renames one",
                    at: SourceLocation(file: definition.file, line: 1, column: 1), hint: Self.restartHint))
        }
        let orderedContracts = self.served.compactMap { served in
            contracts.first { $0.definition.name == served.platform.name }
        }
        let ordered = orderedContracts.map(\.definition)
        for (served, definition) in zip(self.served, ordered) where ordered.count == self.served.count {
            fixed += Self.differences(of: definition, from: served)
        }
        guard fixed.isEmpty, ordered.count == self.served.count else { throw ContractFaults(fixed) }
        if let largest = ordered.max(by: { $0.limits.payloadByteCount < $1.limits.payloadByteCount }),
            largest.limits.payloadByteCount > self.maximumBodyByteCount
        {
            report.faults.append(
                ReloadReport.Fault(
                    place: "\(SourceLocation(file: largest.file, line: 1, column: 1))",
                    message: "until the next start the admin API takes \(self.maximumBodyByteCount) bytes at most",
                    isError: false))
        }
        for (served, definition) in zip(self.served, ordered) {
            report.faults += Self.postponed(of: definition, by: served)
        }
        return orderedContracts
    }

    /// What of a contract holds only from the next start on.
    private static func postponed(
        of definition: PlatformDefinition, by served: ServedPlatform
    ) -> [ReloadReport.Fault] {
        zip(served.endpoints, definition.listeners).compactMap { endpoint, rules in
            guard let socketIO = endpoint.application.socketIO,
                socketIO.settings != SocketIOListener.Settings(rules, of: definition)
            else { return nil }
            return ReloadReport.Fault(
                place: "\(rules.location)",
                message:
                    "until the next start Socket.IO clients keep the heartbeat, auth.timeout, limits.message, limits.queue and CORS "
                    + "headers that they have",
                isError: false)
        }
    }

    private static let restartHint = "restart the server for that"

    private static func differences(of definition: PlatformDefinition, from served: ServedPlatform) -> [ContractFault] {
        let known = served.endpoints.map(\.application.rules)
        guard known.count == definition.listeners.count else {
            return [
                ContractFault(
                    "a reload neither adds nor removes listeners: there are \(known.count)",
                    at: definition.listeners.first?.location
                        ?? SourceLocation(file: definition.file, line: 1, column: 1), hint: restartHint)
            ]
        }
        return zip(known, definition.listeners).compactMap { old, new in
            guard old.tls == new.tls else {
                return ContractFault(
                    "a reload does not name other files of a certificate; new content of the same is seen by itself",
                    at: new.location, hint: restartHint)
            }
            let isSame =
                old.host == new.host && old.port == new.port && old.path == new.path && old.isSocketIO == new.isSocketIO
            return isSame
                ? nil
                : ContractFault(
                    "a reload does not move a listener: this one is at \(old.host ?? "*"):\(old.port)\(old.path)",
                    at: new.location, hint: restartHint)
        }
    }

    /// Everything that may fail comes before anything changes.
    private func adopt(_ definitions: [PlatformDefinition]) async throws {
        var prepared: [(authenticator: PlatformAuthenticator, keyTask: Task<Void, Never>?)] = []
        do {
            for (served, definition) in zip(self.served, definitions) {
                var logger = self.logger
                logger[metadataKey: "platform"] = "\(definition.name)"
                prepared.append(try await self.authentication.make(definition, for: served.platform, logger: logger))
            }
        } catch {
            for made in prepared { made.keyTask?.cancel() }
            throw error
        }
        self.logs.access?.hideCredentials(of: definitions)
        for (index, served) in self.served.enumerated() {
            let definition = definitions[index]
            let adopted = served.platform.adopt(
                definition, dialects: definition.dialects,
                gatheredOn: served.platform.eventLoops[0])
            served.authenticator.exchange(prepared[index].authenticator)
            served.platform.credentialServices.exchange(
                authenticator: served.authenticator, issuer: try? TokenMint(definition))
            self.keyTasks.replace(prepared[index].keyTask, of: definition.name)
            for (endpoint, rules) in zip(served.endpoints, definition.listeners) {
                endpoint.application = self.application(served, rules, endpoint.application.socketIO)
            }
            served.monitor.adopt()
            try await adopted.get()
        }
    }
}

extension ReloadReport.Fault {
    fileprivate init(_ fault: ContractFault) {
        self.init(
            place: "\(fault.location)", message: fault.message, hint: fault.hint, isError: fault.severity == .error)
    }

    /// Of what is no fault of a contract's text, such as a file of keys that cannot be read.
    fileprivate init(_ error: any Error) {
        var lines = "\(error)".split(separator: "\n").map(String.init)
        let first = lines.isEmpty ? "" : lines.removeFirst()
        let halves = first.split(separator: "error: ", maxSplits: 1, omittingEmptySubsequences: false)
        let place = halves.count == 2 ? halves[0].drop(while: { $0 == " " }).dropLast(2) : ""
        let hint = lines.first { $0.hasPrefix("  hint: ") }?.dropFirst(8)
        self.init(
            place: place.isEmpty ? nil : String(place), message: String(halves.last ?? ""),
            hint: hint.map(String.init))
    }
}
