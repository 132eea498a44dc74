// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackendClient
import Foundation
import HTTP
import JSON
import Realtime
import Server
import SwitchboardClient
import Transport

/// `switchboard bench`: loads a running server and reports what it did.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Open many connections to a running server, publish, and report deliveries, latency, losses and the server's cost.",
        discussion: """
            Each publication carries the time at which it was due, and latency counts from there: a server that holds the \
            publisher up does not look faster for it. The payload is a JSON object; the mark is put into it as "mark".

              switchboard bench Benchmarks/fanout.yaml \\
                --channel ch0 --event tick --payload '{"channel": 0}' \\
                --connections 1000 --rate 25 --pid $(pgrep -of 'switchboard serve')

            Exit code 1 when something was lost, refused or closed.
            """)

    @Argument(help: "The contract file of the running server.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The channel to subscribe to; {n} in it is the connection's number.")
    var channel: String

    @Option(help: "The event to publish.")
    var event: String?

    @Option(
        help:
            "Instead of publishing: the event of an app, which each connection sends in turn, and which this program answers."
    )
    var call: String?

    @Option(help: "With --call: the port of the app's webhook.")
    var appPort = 9112

    @Option(help: "The event's payload, a JSON object.")
    var payload = "{}"

    @Option(help: "A channel to publish to, instead of the event's own routes.")
    var to: String?

    @Option(help: "Connections.")
    var connections = 100

    @Option(help: "Handshakes under way at once.")
    var concurrency = 64

    @Option(help: "Publications a second. (default: 10)")
    var rate: Double?

    @Option(help: "Instead of --rate: publish as fast as this many under way at once allow.")
    var window: UInt32?

    @Option(help: "Seconds that do not count.")
    var warmup = 1.0

    @Option(help: "Seconds that count.")
    var duration = 5.0

    @Option(help: "The users' ids, where the contract wants tokens; {n} is the connection's number.")
    var user = "bench-{n}"

    @Option(help: "A role of every user; may be given more than once.")
    var role: [String] = []

    @Flag(help: "Socket.IO clients poll instead of opening a WebSocket.")
    var polling = false

    @Option(help: "The server's process, to report its processor time and memory.")
    var pid: Int32?

    @OptionGroup var admin: AdminOptions

    func validate() throws {
        if self.rate != nil && self.window != nil { throw ValidationError("give --rate or --window, not both") }
        if (self.event == nil) == (self.call == nil) { throw ValidationError("give --event or --call") }
        if !(1...65_535).contains(self.appPort) { throw ValidationError("--app-port takes 1 to 65535") }
        if let rate, !(0.001...1e6).contains(rate) { throw ValidationError("--rate takes 0.001 to 1000000") }
        if !(1...1_000_000).contains(self.connections) { throw ValidationError("--connections takes 1 or more") }
        if let window, window == 0 { throw ValidationError("--window takes 1 or more") }
        if !(1...100_000).contains(self.concurrency) { throw ValidationError("--concurrency takes 1 or more") }
        if !(0...86_400).contains(self.warmup) { throw ValidationError("--warmup takes seconds, 0 to 86400") }
        if !(0.1...86_400).contains(self.duration) { throw ValidationError("--duration takes seconds, 0.1 to 86400") }
        if let pid, ProcessUsage(of: pid) == nil { throw ValidationError("there is no process \(pid) to measure") }
    }

    func run() throws {
        let run: BenchRun
        do {
            run = try self.benchRun()
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
        ProcessLimits.raiseOpenFiles()
        let appPort = self.call == nil ? nil : self.appPort
        let result: Result<BenchFigures, any Error> = Blocking.run {
            do {
                if let appPort { try await EchoApp.serve(port: appPort) }
                return .success(try await run.figures())
            } catch { return .failure(error) }
        }
        switch result {
        case .failure(let error):
            Console.complain(of: error)
            throw ExitCode.failure
        case .success(let figures):
            for line in figures.lines { Console.print(line) }
            if !figures.isComplete { throw ExitCode.failure }
        }
    }

    private func benchRun() throws -> BenchRun {
        let definition = try self.admin.data.contracts().load([self.file])[0]
        guard let message = SubscribeMessage(definition), message.text(for: Self.fill(self.channel, 0)) != nil else {
            throw ValidationError("the contract has no command that subscribes to the channel \(self.channel)")
        }
        let mint = definition.auth.mode == .required ? try TokenMint(definition) : nil
        let client = try self.admin.client()
        if client.address.isEncrypted {
            throw ValidationError("bench publishes to an admin API that is not encrypted: --admin http://…")
        }
        let (user, roles, channel, isPolling) = (self.user, self.role, self.channel, self.polling)
        let trusted = self.admin.trust.file
        if trusted != nil { _ = try self.admin.trust.loaded() }
        if isPolling, definition.listeners.first?.isSocketIO != true {
            throw ValidationError("--polling is for contracts whose clients speak Socket.IO")
        }
        return BenchRun(
            plan: BenchPlan(
                connections: self.connections, concurrency: self.concurrency,
                pace: self.window.map { .window($0) } ?? .rate(self.rate ?? 10), warmup: self.warmup,
                duration: self.duration),
            client: { number in
                let token = try mint?.token(user: Self.fill(user, number), roles: roles, lifetime: 86_400)
                let client = try ContractClient(
                    definition, token: token, isPolling: isPolling, trusted: trusted)
                return BenchClient(
                    address: try client.serverAddress().webSocketAddress(token: token),
                    namespace: client.dialect.socketIO?.namespace, auth: client.authentication, isPolling: isPolling,
                    subscribe: message.text(for: Self.fill(channel, number)) ?? "")
            },
            admin: (client.address.host, client.address.port),
            load: try self.load(definition, key: client.key),
            subscribed: {
                let answer = try client.send(.get, ["metrics"])
                return Self.subscriptions(in: String(decoding: answer, as: UTF8.self), platform: definition.name)
            },
            process: self.pid)
    }

    private static func fill(_ text: String, _ number: Int) -> String {
        text.replacingOccurrences(of: "{n}", with: "\(number)")
    }

    private static func subscriptions(in metrics: String, platform: String) -> Int {
        for line in metrics.split(separator: "\n")
        where line.hasPrefix("switchboard_subscriptions{") && line.contains("platform=\"\(platform)\"") {
            return line.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
        }
        return 0
    }

    private func load(_ definition: PlatformDefinition, key: String) throws -> BenchRun.Load {
        let (members, name) = (try self.members(), Self.quoted(self.call ?? self.event ?? ""))
        if self.call != nil {
            if definition.listeners.first?.isSocketIO == true {
                throw ValidationError("--call is for contracts whose clients speak plain WebSocket")
            }
            let key = Self.quoted(definition.commandKey)
            return .calls(message: ("{\(key):\(name),\(members)\"mark\":\"", "\"}"))
        }
        let channels = self.to.map { ",\"to\":[\(Self.quoted($0))]" } ?? ""
        return .publications(
            path: "/v1/platforms/\(definition.name)/events", key: key,
            body: ("{\"event\":\(name),\"data\":{\(members)\"mark\":\"", "\"}\(channels)}"))
    }

    /// The payload's members, with a comma behind them.
    private func members() throws -> String {
        let payload: JSONDocument
        do { payload = try JSONDocument(parsing: self.payload) } catch {
            throw ValidationError("--payload is not JSON: \(error)")
        }
        guard payload.root.kind == .object else { throw ValidationError("--payload is a JSON object") }
        let members = String(decoding: payload.root.rawBytes, as: UTF8.self).dropFirst().dropLast()
        return payload.root.count == 0 ? "" : "\(members),"
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONWriter.appendString(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
