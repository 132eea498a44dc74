// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HTTP
import JSON

/// `switchboard session`: a session of a user on a running server.
struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Make a session on a running server.",
        discussion: """
            Prints the answer: the session's id, which is shown only now, its user and when it ends. For platforms whose \
            contract takes sessions of the server's own store.

              switchboard session studio --user alice --expires 8h
            """)

    @Argument(help: "The platform's name.")
    var platform: String

    @Option(help: "The user's id.")
    var user: String

    @Option(help: "The user's name.")
    var name: String?

    @Option(help: "A role; may be given more than once.")
    var role: [String] = []

    @Option(help: "How long the session lasts, such as 30s, 15m, 8h or 7d.")
    var expires: Lifetime = Lifetime(seconds: 86_400)

    @OptionGroup var admin: AdminOptions

    func run() throws {
        do {
            let answer = try self.admin.client().send(
                .post, ["v1", "platforms", self.platform, "sessions"], body: self.body)
            Console.print(String(decoding: answer, as: UTF8.self))
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
    }

    private var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("user")
        writer.string(self.user)
        writer.key("expiresIn")
        writer.int(Int(self.expires.seconds))
        if let name {
            writer.key("name")
            writer.string(name)
        }
        if !self.role.isEmpty {
            writer.key("roles")
            writer.beginArray()
            for role in self.role { writer.string(role) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}
