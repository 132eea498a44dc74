// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Server
import SwitchboardClient
import Transport

/// What `serve` prints when everything runs: where clients connect, how to see that it works.
struct StartReport {
    private let server: Server
    private let configuration: ServerConfiguration

    init(_ server: Server, configuration: ServerConfiguration) {
        self.server = server
        self.configuration = configuration
    }

    func print() async {
        for line in await self.lines() { Console.inform(line) }
    }

    private func lines() async -> [String] {
        var lines: [String] = []
        if let page { lines.append("Open \(page) in a browser: the platforms' events, live.") }
        for address in self.server.addresses {
            let (scheme, note) = address.isSocketIO ? ("http", "  (Socket.IO)") : ("ws", "")
            let (host, ending) = (address.host ?? "localhost", address.isEncrypted ? "s" : "")
            lines.append("\(address.platform): \(scheme)\(ending)://\(host):\(address.port)\(address.path)\(note)")
        }
        let scheme = self.configuration.adminCertificate == nil ? "http" : "https"
        let admin = "\(scheme)://\(self.configuration.adminHost):\(self.server.adminPort)"
        lines.append("admin API: \(admin)")
        if let key = self.server.newAPIKey {
            lines.append(
                "  its key, made now, kept in \(self.configuration.dataFolder)/secrets and not shown again: \(key)")
        }
        if self.configuration.servesDocuments { lines.append("documents: \(admin)/docs") }
        if self.configuration.isMock {
            for (mock, file) in zip(self.server.mocks, self.configuration.contractFiles) {
                lines += await self.invitation(to: mock, file: file)
            }
        }
        // The last line is what stands in the terminal when all has scrolled by.
        lines.append(self.page.map { "ready: \($0)" } ?? "ready")
        return lines
    }

    /// Where a browser on this machine finds the pages; `nil`: there are none.
    private var page: String? {
        guard self.configuration.pagesFolder != nil else { return nil }
        let scheme = self.configuration.adminCertificate == nil ? "http" : "https"
        let host = self.configuration.adminHost
        let isHere = ["127.0.0.1", "::1", "0.0.0.0", "::"].contains(host)
        return "\(scheme)://\(isHere ? "localhost" : host):\(self.server.adminPort)/"
    }

    /// What users who have something to see connect with, and a line that shows it.
    private func invitation(to mock: MockBackend, file: String) async -> [String] {
        let definition = mock.platform.definition
        let (heading, users, channels) = Self.contents(of: mock)
        guard let heading else { return [] }
        var lines = ["", heading]
        var line = self.listening(definition, file: file, user: nil, channels: [])
        for (index, user) in users.enumerated() {
            guard let credential = await mock.credential(of: user) else { continue }
            if index == 0 { lines[1] += definition.isBySession ? " Sessions," : " Tokens," }
            if index == 0 { lines[1] += " good for a day:" }
            let roles = user.roles.isEmpty ? "" : " (\(user.roles.joined(separator: ", ")))"
            lines.append("  \(user.id)\(roles)  \(credential)")
            guard index == 0 else { continue }
            line =
                definition.isBySession
                ? self.listening(definition, session: credential)
                : self.listening(definition, file: file, user: user.id, channels: channels(user.id))
        }
        return lines + ["To see its events, paste this into another terminal:", "  " + line, ""]
    }

    /// What the mock does, in a line; who sees something of it; and where a user may listen besides the usual channels.
    private static func contents(
        of mock: MockBackend
    ) -> (heading: String?, users: [Scenario.User], channels: (String) -> [String]) {
        let title = mock.platform.definition.title
        if let scenario = mock.scenario {
            let heading = "A mock backend plays \"\(scenario.title)\" (\(scenario.file)) on \(title)."
            return (heading, scenario.users, { scenario.channels(of: $0) })
        }
        let examples = ExamplePublications(mock.platform.definition)
        guard examples.count > 0 else { return (nil, [], { _ in [] }) }
        let users = examples.users.prefix(2).map { Scenario.User(id: $0) }
        return ("A mock backend publishes an event of \(title) each second.", users, examples.channels(of:))
    }

    /// A command that listens with this session.
    private func listening(_ definition: PlatformDefinition, session: String) -> String {
        var words = ["listen"]
        let path = definition.listeners.first?.path ?? "/"
        let scheme = definition.listeners.first?.tls == nil ? "ws" : "wss"
        let address = "\(scheme)://localhost:\(self.port(of: definition) ?? 80)\(path)"
        switch definition.auth.credentials.first(where: { $0.kind == .session })?.place {
        case .query(let name): words.append("\(address)?\(name)=\(session)")
        case .cookie(let name): words += [address, "--header", "Cookie: \(name)=\(session)"]
        case .header(let name): words += [address, "--header", "\(name): Bearer \(session)"]
        case .auth, nil: words.append(address)
        }
        words += self.trust(in: definition)
        return ([CommandLine.arguments[0]] + words).map(Self.quoted).joined(separator: " ")
    }

    /// A command that listens as this user, or as nobody, in a terminal that has none of this one's variables.
    ///
    /// - Parameter channels: Where the user may listen besides the usual channels; named when a client cannot subscribe to those.
    private func listening(
        _ definition: PlatformDefinition, file: String, user: String?, channels: [String]
    ) -> String {
        let message = SubscribeMessage(definition)
        let usual = definition.usualChannels(of: user).compactMap { message?.text(for: $0) }
        let others = usual.isEmpty ? channels.filter { message?.text(for: $0) != nil } : []
        let folder = self.configuration.dataFolder
        let plain = (try? DataFolder.secrets(in: folder)).flatMap {
            try? Contracts(environment: [:], secrets: $0).load([file]).first
        }
        let words: [String]
        if let plain, plain.auth.keys == definition.auth.keys, plain.auth.mode == definition.auth.mode,
            plain.listeners.first?.port == self.port(of: definition)
        {
            words =
                ["listen", file] + (user.map { ["--data", folder, "--user", $0] } ?? [])
                + others.flatMap { ["--channel", $0] } + self.trust(in: definition)
        } else {
            // What the variables say is in the address and the token.
            let token = user.flatMap { try? TokenMint(definition).token(user: $0, roles: [], lifetime: 86_400) }
            let greetings = usual + others.compactMap { message?.text(for: $0) }
            words =
                ["listen"] + self.address(of: definition, token: token) + greetings.flatMap { ["--send", $0] }
        }
        return ([CommandLine.arguments[0]] + words).map(Self.quoted).joined(separator: " ")
    }

    /// The address as `listen` takes it, and the options that go with it.
    private func address(of definition: PlatformDefinition, token: String?) -> [String] {
        let port = self.port(of: definition) ?? 80
        let letter = definition.listeners.first?.tls == nil ? "" : "s"
        let client = try? ContractClient(definition, token: token)
        guard let client, client.dialect.socketIO != nil else {
            let target = (try? client?.serverAddress())?.webSocketAddress(token: token).target
            return ["ws\(letter)://localhost:\(port)\(target ?? "/")"] + self.trust(in: definition)
        }
        let path = definition.listeners.first?.path ?? "/socket.io"
        return ["http\(letter)://localhost:\(port)", "--auth", client.authentication]
            + (path == "/socket.io" ? [] : ["--path", path]) + self.trust(in: definition)
    }

    /// Whoever sits at the machine may believe what the server shows, whoever has signed it.
    private func trust(in definition: PlatformDefinition) -> [String] {
        definition.listeners.first?.tls.map { ["--ca", $0.certificateFile] } ?? []
    }

    private func port(of definition: PlatformDefinition) -> Int? {
        self.server.addresses.first { $0.platform == definition.name }?.port
    }

    /// A word as a POSIX shell reads it.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isPlain ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
    }
}
