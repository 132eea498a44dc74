// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Certificates
import Foundation
import JSON
import Realtime
import Server
import SwitchboardClient

/// `switchboard listen`: subscribes from a terminal and prints what comes.
struct Listen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect as a client, subscribe, and print what comes.",
        discussion: """
            With a contract file, the token is made from the contract's secret and the subscriptions are in the contract's words:

              switchboard listen Contracts/rangkai.yaml \\
                --user did:rangkai:alice --channel order:7

            Without --channel: the user's own channel, and every channel that is open to everyone. With an address, messages \
            are sent as they are given:

              switchboard listen 'ws://localhost:3000/ws?token=T' \\
                --send '{"type":"subscribe","channel":"global"}'

            An address with http:// is a Socket.IO server's, its path the namespace; then events are sent:

              switchboard listen http://localhost:4000 --auth '{"token":"T"}' \\
                --send '["room:subscribe",{"roomId":"7"}]'

            Runs until the server closes the connection (exit code 1) or it is interrupted (0).
            """)

    @Argument(
        help:
            "A contract file, or an address that begins with ws:// or wss:// or, of a Socket.IO server, with http:// or https://."
    )
    var target: String

    @Option(help: "Who to be, with a contract file.")
    var user: String?

    @Option(help: "A role to have; may be given more than once.")
    var role: [String] = []

    @Option(help: "A channel to subscribe to; may be given more than once.")
    var channel: [String] = []

    @Option(help: "A message to send when connected; may be given more than once.")
    var send: [String] = []

    @Option(help: "A header of the request, with an address, as NAME: VALUE; may be given more than once.")
    var header: [String] = []

    @Option(help: "With a contract file whose clients speak Socket.IO: the namespace to join. (default: /)")
    var namespace: String?

    @Option(help: "With an address that begins with http://: what the client says of itself, a JSON object.")
    var auth = "{}"

    @Option(help: "With an address that begins with http://: where on the server Socket.IO is.")
    var path = "/socket.io"

    @Option(help: "End, with exit code 0, after this long.")
    var `for`: Lifetime?

    @OptionGroup var trust: TrustOptions
    @OptionGroup var data: DataOptions

    func validate() throws {
        if self.user?.isEmpty == true { throw ValidationError("--user takes an id that is not empty") }
        if self.isAddress, self.user != nil || !self.role.isEmpty || !self.channel.isEmpty || self.namespace != nil {
            throw ValidationError(
                "--user, --role, --channel and --namespace go with a contract file; with an address, use --send")
        }
        if !self.header.isEmpty, !self.isAddress { throw ValidationError("--header goes with an address") }
        if self.namespace?.hasPrefix("/") == false { throw ValidationError("--namespace begins with /") }
        if (try? JSONDocument(parsing: self.auth).root.kind) != .object {
            throw ValidationError("--auth takes a JSON object, not \"\(self.auth)\"")
        }
        for header in self.header where Self.parts(of: header) == nil {
            throw ValidationError("--header takes NAME: VALUE, not \"\(header)\"")
        }
    }

    private var isSocketIOAddress: Bool { self.target.hasPrefix("http://") || self.target.hasPrefix("https://") }
    private var isAddress: Bool {
        self.target.hasPrefix("ws://") || self.target.hasPrefix("wss://") || self.isSocketIOAddress
    }

    func run() throws {
        let client = try self.client()
        let signals = StopSignals()
        let limit = self.for
        let problem: String? = Blocking.run {
            await withTaskGroup(of: String?.self) { tasks in
                tasks.addTask {
                    guard let reason = await client.run() else { return "the server closed the connection" }
                    return """
                        error: cannot connect to \(client.place): \(reason)
                          hint: is the server running, and do its port and path stand in the contract or its variables?
                        """
                }
                tasks.addTask {
                    await signals.wait()
                    return nil
                }
                if let limit {
                    tasks.addTask {
                        try? await Task.sleep(for: .seconds(limit.seconds))
                        return nil
                    }
                }
                let problem = await tasks.next() ?? nil
                await client.close()
                tasks.cancelAll()
                return problem
            }
        }
        if let problem {
            Console.complain(problem)
            throw ExitCode.failure
        }
    }

    /// Name and value; `nil` when it is no header (RFC 9110 §5.1), or would be more than one.
    private static func parts(of header: String) -> (name: String, value: String)? {
        guard let colon = header.firstIndex(of: ":"), !header.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            return nil
        }
        let name = header[..<colon]
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { return nil }
        return (String(name), header[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
    }

    private func client() throws -> PrintingClient {
        do {
            return try self.isAddress ? self.clientAtAddress() : self.clientByContract()
        } catch let fault as ClientFault {
            // What is wrong with a file was said in the words of its option.
            throw ValidationError(fault.underlying is CertificateFault ? "--ca: \(fault)" : fault.message)
        }
    }

    private func clientAtAddress() throws -> PrintingClient {
        var configuration = ClientConfiguration()
        if let file = self.trust.file { configuration.trust = .file(file) }
        configuration.headers = self.header.compactMap(Self.parts)
        configuration.authentication = self.auth
        configuration.socketIOPath = self.path
        let dialect = self.isSocketIOAddress ? SwitchboardClient.Dialect.socketIO() : ContractClient.plain
        return try PrintingClient(
            self.target, dialect: dialect, configuration: configuration, greetings: self.send)
    }

    private func clientByContract() throws -> PrintingClient {
        do {
            // Only a token needs the secret.
            let contracts =
                self.user == nil
                ? Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
                : try self.data.contracts()
            let definition = try contracts.load([self.target])[0]
            let token = try self.user.map {
                try TokenMint(definition).token(user: $0, roles: self.role, lifetime: 86_400)
            }
            let client = try ContractClient(
                definition, namespace: self.namespace ?? "/", token: token, trusted: self.trust.file)
            return try PrintingClient(
                client.address, dialect: client.dialect, configuration: client.configuration,
                greetings: self.send + self.subscriptions(by: SubscribeMessage(definition), definition))
        } catch let error where error is ValidationError || error is ClientFault {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
    }

    /// Messages that subscribe to what was asked for, or to the usual channels as far as clients can name them.
    private func subscriptions(by message: SubscribeMessage?, _ definition: PlatformDefinition) throws -> [String] {
        guard !self.channel.isEmpty else {
            return definition.usualChannels(of: self.user).compactMap { message?.text(for: $0) }
        }
        return try self.channel.map { channel in
            guard let text = message?.text(for: channel) else {
                throw ValidationError("the contract has no command that subscribes to the channel \(channel)")
            }
            return text
        }
    }
}
