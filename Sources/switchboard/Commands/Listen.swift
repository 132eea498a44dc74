// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
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

              switchboard listen Contracts/rangkai.yaml --user did:rangkai:alice --channel order:7

            Without --channel: the user's own channel, and every channel that is open to everyone. With an address, messages \
            are sent as they are given:

              switchboard listen 'ws://localhost:3000/ws?token=T' --send '{"type":"subscribe","channel":"global"}'

            Runs until the server closes the connection (exit code 1) or it is interrupted (0).
            """)

    @Argument(help: "A contract file, or an address that begins with ws://.")
    var target: String

    @Option(help: "Who to be, with a contract file.")
    var user: String?

    @Option(help: "A role to have; may be given more than once.")
    var role: [String] = []

    @Option(help: "A channel to subscribe to; may be given more than once.")
    var channel: [String] = []

    @Option(help: "A message to send when connected; may be given more than once.")
    var send: [String] = []

    @Option(help: "End, with exit code 0, after this long.")
    var `for`: Lifetime?

    @OptionGroup var data: DataOptions

    func run() throws {
        let (address, greetings) = try self.conversation()
        let signals = StopSignals()
        let limit = self.for
        let problem: String? = Blocking.run {
            let group = MultiThreadedEventLoopGroup.singleton
            do {
                let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
                let client = try await WebSocketDialer(group: group).connect(to: address) { port in
                    PrintingSession(port: port, greetings: greetings) { continuation.finish() }
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
                return "cannot connect to \(address.host):\(address.port): \(error)"
            }
        }
        if let problem {
            Console.complain(problem)
            throw ExitCode.failure
        }
    }

    private func conversation() throws -> (address: WebSocketAddress, greetings: [String]) {
        guard !self.target.hasPrefix("ws://") else { return (try WebSocketAddress(url: self.target), self.send) }
        do {
            let definition = try self.data.contracts().load([self.target])[0]
            let token = try self.user.map {
                try TokenMint(definition).token(user: $0, roles: self.role, lifetime: 86_400)
            }
            var greetings = self.send
            if let message = SubscribeMessage(definition) {
                greetings += self.channels(of: definition).map { message.text(for: $0) }
            }
            return (try WebSocketAddress(definition, token: token), greetings)
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain("\(error)")
            throw ExitCode.failure
        }
    }

    private func channels(of definition: PlatformDefinition) -> [String] {
        guard self.channel.isEmpty else { return self.channel }
        var channels: [String] = []
        if let user = self.user, let pattern = definition.userChannel {
            channels.append(
                pattern.parts.map { part in
                    switch part {
                    case .literal(let text): text
                    case .parameter: user
                    }
                }.joined())
        }
        for rules in definition.channels where rules.pattern.parameters.isEmpty {
            if rules.subscribe.contains(where: { if case .everyone = $0.kind { true } else { false } }) {
                channels.append(rules.pattern.description)
            }
        }
        return channels
    }
}
