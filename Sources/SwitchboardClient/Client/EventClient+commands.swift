// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension EventClient {
    /// Sends a command, and returns what the server answers.
    ///
    /// Without a connection it waits for one. It is sent once: when the connection ends before the answer has come, it fails as `lost`, and the
    /// program knows whether it may be sent again. On a plain WebSocket an error that does not say of what it is counts for what was asked
    /// first.
    /// - Parameter limit: for all of that.
    /// - Throws: ``ClientFault``, and `CancellationError` when the task is cancelled; the server may carry it out all the same.
    public func send<Command: ClientCommand>(
        _ command: Command, within limit: Duration = .seconds(10)
    ) async throws -> Command.Answer {
        let object = try Self.object(command)
        let name = Command.commandName
        let hasAnswer = Command.Answer.self != NoAnswer.self
        let expectation: Commands.Expectation =
            !hasAnswer
            ? .nothing
            : self.wire.isSocketIO ? .callback : .frame(Command.answer ?? self.wire.usualAnswer(to: name))
        let answer = try await self.ask(self.wire.text(name, object: object), expectation, limit)
        do {
            return try PayloadCoding.decode(Command.Answer.self, from: answer)
        } catch {
            throw ClientFault(
                .payload, "the answer to \(name) does not fit: \(PayloadCoding.reason(of: error))", underlying: error)
        }
    }

    /// Sends a command that has no type, and returns when it has been handed to a connection.
    ///
    /// - Parameter data: encoded as a JSON object.
    public func send(
        _ name: String, _ data: some Encodable & Sendable = [String: String](), within limit: Duration = .seconds(10)
    ) async throws {
        _ = try await self.ask(self.wire.text(name, object: try Self.object(data)), .nothing, limit)
    }

    /// Sends a text as it is, or to a Socket.IO server the JSON array of an event and its arguments, and returns when it has been
    /// handed to a connection.
    public func send(text: String, within limit: Duration = .seconds(10)) async throws {
        _ = try await self.ask(text, .nothing, limit)
    }

    private func ask(
        _ text: String, _ expectation: Commands.Expectation, _ limit: Duration
    ) async throws -> ArraySlice<UInt8> {
        let id = self.nextID()
        let core = self.core
        return try await self.cancellable(id, cancel: { $0.commands.cancel(id) }) { resume in
            core.value.ask(id, text, expectation, timeout: limit, answered: resume)
        }
    }

    private static func object(_ value: some Encodable) throws(ClientFault) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try PayloadCoding.encode(value) } catch {
            throw ClientFault(.payload, "the command cannot be written as JSON: \(error)", underlying: error)
        }
        guard (try? JSONDocument(parsing: bytes))?.root.kind == .object else {
            throw ClientFault(.payload, "a command is a JSON object")
        }
        return bytes
    }
}
