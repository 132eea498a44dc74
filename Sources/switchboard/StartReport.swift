// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime
import Server

/// What `serve` prints when everything runs: where clients connect, how to see that it works.
struct StartReport {
    private let server: Server
    private let configuration: ServerConfiguration

    init(_ server: Server, configuration: ServerConfiguration) {
        self.server = server
        self.configuration = configuration
    }

    func print() {
        for line in self.lines { Console.print(line) }
    }

    private var lines: [String] {
        var lines: [String] = []
        for address in self.server.addresses {
            let host = address.host ?? "localhost"
            lines.append("\(address.platform): ws://\(host):\(address.port)\(address.path)")
        }
        lines.append("admin API: http://\(self.configuration.adminHost):\(self.server.adminPort)")
        if let key = self.server.newAPIKey {
            lines.append(
                "  its key, made now, kept in \(self.configuration.dataFolder)/secrets and not shown again: \(key)")
        }
        if self.configuration.isMock {
            for (platform, file) in zip(self.server.platforms, self.configuration.contractFiles) {
                lines += self.invitation(to: platform, file: file)
            }
        }
        lines.append("ready")
        return lines
    }

    /// Tokens of users who have something to see, and a line that shows it.
    private func invitation(to platform: Platform, file: String) -> [String] {
        let definition = platform.definition
        let users = ExamplePublications(definition).users.prefix(2)
        guard let first = users.first else { return [] }
        var lines = [
            "", "A mock backend publishes an event of \(definition.title) each second. Tokens, good for a day:",
        ]
        for user in users {
            guard let token = try? TokenMint(definition).token(user: user, roles: [], lifetime: 86_400) else {
                continue
            }
            lines.append("  \(user)  \(token)")
        }
        lines += [
            "To see its events, paste this into another terminal:",
            "  \(CommandLine.arguments[0]) listen \(file) --data \(self.configuration.dataFolder) --user \(first)",
            "",
        ]
        return lines
    }
}
