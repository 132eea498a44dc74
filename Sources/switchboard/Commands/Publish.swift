// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import HTTP
import JSON

/// `switchboard publish`: what a backend does, from a terminal.
struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish an event to a running server.",
        discussion: """
            Prints the answer: the publication's id and time, its channels, and how many connections it went to.

              switchboard publish rangkai announcement '{"text": "hello"}' --to global
            """)

    @Argument(help: "The platform's name.")
    var platform: String

    @Argument(help: "The event's name.")
    var event: String

    @Argument(help: "The payload as JSON; \"-\" reads it from standard input.")
    var payload: String

    @Option(help: "A channel, instead of the event's own routes; may be given more than once.")
    var to: [String] = []

    @Option(help: "A user, whose own channel it goes to; may be given more than once.")
    var user: [String] = []

    @Option(help: "Repetitions with the same key are not published again.")
    var idempotencyKey: String?

    @OptionGroup var admin: AdminOptions

    func run() throws {
        let text =
            self.payload == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(self.payload.utf8)
        let data: JSONDocument
        do { data = try JSONDocument(parsing: text) } catch {
            throw ValidationError("the payload is not JSON: \(error)")
        }
        do {
            let answer = try self.admin.client().send(
                .post, ["v1", "platforms", self.platform, "events"], body: self.body(data.root))
            Console.print(String(decoding: answer, as: UTF8.self))
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
    }

    private func body(_ data: JSONNode) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("event")
        writer.string(self.event)
        writer.key("data")
        writer.raw(data.rawBytes)
        for (name, values) in [("to", self.to), ("users", self.user)] where !values.isEmpty {
            writer.key(name)
            writer.beginArray()
            for value in values { writer.string(value) }
            writer.endArray()
        }
        if let key = self.idempotencyKey {
            writer.key("idempotencyKey")
            writer.string(key)
        }
        writer.endObject()
        return writer.bytes
    }
}
