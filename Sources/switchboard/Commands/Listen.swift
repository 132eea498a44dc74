// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import HTTP
import JSON
import NIOPosix
import Realtime
import Server
import Transport

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
        let (address, dialect, greetings) = try self.conversation()
        let signals = StopSignals()
        let limit = self.for
        let problem: String? = Blocking.run {
            let group = MultiThreadedEventLoopGroup.singleton
            do {
                let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
                let client = try await WebSocketDialer(group: group).connect(to: address) { port in
                    let port = WebSocketClientPort(port)
                    let session = PrintingSession(port: port, greetings: greetings) { continuation.finish() }
                    return dialect.session(on: port, for: session)
                }
                return await withTaskGroup(of: String?.self) { tasks in
                    tasks.addTask {
                        for await _ in ended {}
                        return "the server closed the connection"
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
                    client.close()
                    tasks.cancelAll()
                    return problem
                }
            } catch {
                return """
                    error: cannot connect to \(address.host):\(address.port): \(PlainReason.of(error))
                      hint: is the server running, and do its port and path stand in the contract or its variables?
                    """
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

    private func conversation() throws -> (address: WebSocketAddress, dialect: ClientDialect, greetings: [String]) {
        let (address, dialect, greetings) =
            self.isAddress ? try self.conversationAtAddress() : try self.conversationByContract()
        return (address, dialect, greetings.map(dialect.text))
    }

    private func conversationAtAddress() throws -> (WebSocketAddress, ClientDialect, [String]) {
        let isEncrypted = self.target.hasPrefix("wss://") || self.target.hasPrefix("https://")
        let trust = isEncrypted ? try self.trust.loaded() : nil
        var address: WebSocketAddress
        var dialect = ClientDialect.plain
        if self.isSocketIOAddress {
            let namespace: String
            (address, namespace) = try WebSocketAddress.socketIO(
                url: self.target, path: self.path, trust: trust)
            dialect = .socketIO(namespace: namespace, auth: self.auth)
        } else {
            address = try WebSocketAddress(url: self.target, trust: trust)
        }
        for header in self.header {
            if let (name, value) = Self.parts(of: header) { address.headers.append(name, value) }
        }
        return (address, dialect, self.send)
    }

    private func conversationByContract() throws -> (WebSocketAddress, ClientDialect, [String]) {
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
            let dialect = ClientDialect(definition, namespace: self.namespace ?? "/", token: token)
            return (
                try WebSocketAddress(definition, token: token, trusted: self.trust.file), dialect,
                try self.send + self.subscriptions(by: SubscribeMessage(definition), definition)
            )
        } catch let error as ValidationError {
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
