// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import HTTP
import JSON
import JSONSchema
import Realtime
import Server

/// `switchboard explain`: why may somebody subscribe or publish, where does an event go.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a decision: may a user subscribe to a channel or publish there, where does an event go.",
        discussion: """
            Prints the decisions in their order with the contract's lines. Who belongs to a channel is asked of the running server; \
            --member tells it instead, for a server that does not run.

              switchboard explain Contracts/rangkai.yaml \\
                --user did:rangkai:alice --channel order:7
              switchboard explain Contracts/paychain.yaml \\
                --user 456 --channel job:124 --publish
              switchboard explain Contracts/rangkai.yaml \\
                --event announcement --payload '{"text": "hello"}'

            Exit code 0: allowed, or routed; 1: not.
            """)

    @Argument(help: "The contract file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The user's id; without it, a connection without a user.")
    var user: String?

    @Option(help: "A role that the user's token gives; may be given more than once.")
    var role: [String] = []

    @Option(help: "A claim of the user's token, as NAME=VALUE; may be given more than once.")
    var claim: [String] = []

    @Option(help: "The channel to subscribe to.")
    var channel: String?

    @Flag(help: "Whether the user may publish to the channel by a command, instead of subscribe to it.")
    var publish = false

    @Option(help: "The event to publish.")
    var event: String?

    @Option(help: "The event's payload as JSON.")
    var payload = "{}"

    @Option(help: "A fact, as CHANNEL=USER; may be given more than once. The server is then not asked.")
    var member: [String] = []

    @OptionGroup var admin: AdminOptions

    func validate() throws {
        if (self.channel == nil) == (self.event == nil) { throw ValidationError("give either --channel or --event") }
        if self.publish && self.channel == nil { throw ValidationError("--publish goes with --channel") }
        _ = try self.told()
        _ = try self.claims()
    }

    func run() throws {
        let isFine: Bool
        do {
            let contracts = Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
            let definition = try contracts.load([self.file])[0]
            if let channel = self.channel {
                isFine = try self.explainRight(to: channel, definition)
            } else {
                isFine = try self.explainEvent(self.event ?? "", definition)
            }
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
        if !isFine { throw ExitCode.failure }
    }

    private func explainRight(to channel: String, _ definition: PlatformDefinition) throws -> Bool {
        let action = self.publish ? SubscribeDecision.Action.publish : .subscribe
        let verb = self.publish ? "publish" : "subscribe"
        let who = self.user.map { "user \"\($0)\"" } ?? "a connection without a user"
        guard let match = definition.match(channel) else {
            Console.print(
                "\(who) may not \(verb) to \"\(channel)\": no channel of \(definition.file) has such a name")
            for rules in definition.channels { Console.print("  \(rules.location): not \(rules.pattern)") }
            return false
        }
        let claims = try self.claims()
        let identity = self.user.map { Identity(user: UserID($0), roles: self.role, claims: claims) }
        let rules = self.publish ? match.rules.clientPublish : match.rules.subscribe
        let facts = self.facts(of: self.lists(in: rules, for: match), definition)
        let decision = match.decide(action, for: identity, facts: facts, isExplained: true)
        Console.print("\(who) \(decision.isAllowed ? "may" : "may not") \(verb) to \"\(channel)\"")
        let values = zip(match.rules.pattern.parameters, match.parameters).map { ", \($0) is \"\($1)\"" }.joined()
        Console.print("  \(match.rules.location): the name matches \(match.rules.pattern)\(values)")
        for step in decision.steps {
            Console.print("  \(step.location): \(step.isFulfilled ? "yes" : "no"): \(step.explanation)")
        }
        if match.rules.existsByRecord && !self.publish {
            Console.print(
                "  \(match.rules.location): the channel exists while it has a record, which is not asked here; without one nobody finds it"
            )
        }
        if match.rules.isInternal && !self.publish {
            Console.print("  \(match.rules.location): the channel is internal, only the server subscribes connections")
        } else if decision.steps.isEmpty {
            Console.print(
                "  \(match.rules.location): \(self.publish ? "no client may publish" : "nobody may subscribe")")
        }
        return decision.isAllowed
    }

    /// The channels whose members the rules ask for.
    private func lists(in rules: [SubscribeRule], for match: PlatformDefinition.Match) -> [ChannelName] {
        rules.compactMap { rule -> ChannelName? in
            switch rule.kind {
            case .member: match.name
            case .memberOf(let template):
                (try? template.text(parameters: match.parameters)).flatMap { $0 }.flatMap { ChannelName($0) }
            default: nil
            }
        }
    }

    private func explainEvent(_ name: String, _ definition: PlatformDefinition) throws -> Bool {
        let payload: JSONDocument
        do { payload = try JSONDocument(parsing: self.payload) } catch {
            throw ValidationError("--payload is not JSON: \(error)")
        }
        let request = PublishRequest(event: name, data: payload.root)
        guard let event = definition.events[name] else {
            Console.print("\"\(name)\" is refused: \(definition.file) has no such event")
            for rules in definition.channels where rules.accepts(undeclared: name) {
                Console.print(
                    "  \(rules.location): a publisher may name \(rules.pattern), which takes events that are not declared"
                )
            }
            return false
        }
        Console.print("\"\(name)\" is declared at \(event.location)")
        if let violation = event.schema?.firstViolation(in: payload.root) {
            Console.print("  refused: data\(violation.instance): \(violation.message)")
            return false
        }
        guard self.explainRoutes(of: request, definition) else { return false }
        for rule in event.derived {
            do throws(RequestError) {
                guard let next = try definition.request(rule, from: payload.root, now: SystemClock().now()) else {
                    Console.print("\"\(rule.event)\" does not follow: the payload names nobody whom it could go to")
                    continue
                }
                Console.print("\"\(rule.event)\" follows from it")
                if let violation = definition.events[rule.event]?.schema?.firstViolation(in: next.data) {
                    Console.print("  refused, and so are both: data\(violation.instance): \(violation.message)")
                    return false
                }
                guard self.explainRoutes(of: next, definition) else { return false }
            } catch {
                Console.print("\"\(rule.event)\" would follow, and refuses both: \(error.message)")
                return false
            }
        }
        return true
    }

    /// Where a request goes, line by line.
    private func explainRoutes(of request: PublishRequest, _ definition: PlatformDefinition) -> Bool {
        var sources: [ChannelName] = []
        for case .membersOf(let template, _, _, _) in definition.events[request.event]?.routes ?? [] {
            if let text = (try? template.text(payload: request.data)).flatMap({ $0 }), let name = ChannelName(text) {
                sources.append(name)
            }
        }
        do throws(RequestError) {
            let routed = try definition.route(
                request, facts: self.facts(of: sources, definition), isExplained: true)
            for step in routed.steps {
                Console.print("  \(step.location.map { "\($0): " } ?? "")\(step.explanation)")
            }
            Console.print("  it goes to: \(routed.channels.map(\.name.rawValue).joined(separator: ", "))")
            return true
        } catch {
            Console.print("  refused: \(error.pointer.map { "\($0): " } ?? "")\(error.message)")
            return false
        }
    }

    /// The claims that --claim tells; a name given more than once has all of its values.
    private func claims() throws -> JSONDocument? {
        var values: [(name: String, values: [String])] = []
        for text in self.claim {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--claim takes NAME=VALUE, not \"\(text)\"") }
            if let index = values.firstIndex(where: { $0.name == parts[0] }) {
                values[index].values.append(parts[1])
            } else {
                values.append((parts[0], [parts[1]]))
            }
        }
        guard !values.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, values) in values {
            writer.key(name)
            guard values.count > 1 else {
                writer.string(values[0])
                continue
            }
            writer.beginArray()
            for value in values { writer.string(value) }
            writer.endArray()
        }
        writer.endObject()
        return try? JSONDocument(parsing: writer.bytes)
    }

    /// The facts that --member tells.
    private func told() throws -> [(channel: ChannelName, user: UserID)] {
        try self.member.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let channel = ChannelName(parts[0]) else {
                throw ValidationError("--member takes CHANNEL=USER, not \"\(text)\"")
            }
            return (channel, UserID(parts[1]))
        }
    }

    /// Who belongs to the channels: as told, or as the running server knows. It is asked only when they matter.
    private func facts(of channels: [ChannelName], _ definition: PlatformDefinition) -> MemberTable {
        let table = MemberTable()
        guard self.member.isEmpty, !channels.isEmpty else {
            for (channel, user) in (try? self.told()) ?? [] {
                _ = table.apply(.addMembers(channel: channel, users: [user]))
            }
            return table
        }
        do {
            let client = try self.admin.client()
            for channel in channels {
                let answer = try client.send(
                    .get, ["v1", "platforms", definition.name, "channels", channel.rawValue, "members"])
                let users = try JSONDocument(parsing: answer).root["members"]?.elements.compactMap(\.string) ?? []
                _ = table.apply(.addMembers(channel: channel, users: users.map { UserID($0) }))
            }
        } catch {
            Console.complain(of: error)
            Console.complain("note: without a server no members are known; tell them with --member CHANNEL=USER")
        }
        return table
    }
}
