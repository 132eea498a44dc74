// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// What a client asks of its server: commands that wait for a connection, and those that wait for their answer. Owned by the client's loop.
final class Commands {
    typealias Answered = @Sendable (Result<ArraySlice<UInt8>, ClientFault>) -> Void

    enum Expectation {
        /// It is over when it has been handed to the connection.
        case nothing
        case frame(Dialect.Answer)
        case callback
    }

    private struct Command {
        let text: String
        let expectation: Expectation
        let answered: Answered
        var deadline: Scheduled<Void>?
        var callback: Int?
    }

    private static let null = Array("null".utf8)[...]
    /// Server libraries read ids of 32 bits.
    private static let idLimit = 1 << 30

    private let wire: Wire
    private let limit: Int
    private let eventLoop: any EventLoop
    private var commands: [UInt64: Command] = [:]
    /// Those that wait for a connection.
    private var queue: [UInt64] = []
    private var line = AnswerLine()
    private var callbacks: [Int: Callback] = [:]
    private var nextCallback = 0

    private enum Callback {
        case command(UInt64)
        case channels([String])
    }

    init(_ wire: Wire, limit: Int, eventLoop: any EventLoop) {
        self.wire = wire
        self.limit = limit
        self.eventLoop = eventLoop
    }

    /// Those that wait for a connection.
    var queueCount: Int { self.queue.count }

    /// Whether one of the server's frames may be an answer.
    var awaitsFrames: Bool { self.line.hasCommands }

    // MARK: - Asking

    /// - Parameters:
    ///   - id: nobody else's.
    ///   - connection: where to say it; `nil`: it waits for one.
    ///   - timeout: from now on; `nil`: it waits for as long as it takes.
    ///   - answered: called exactly once.
    func ask(
        _ id: UInt64, _ text: String, _ expectation: Expectation, over connection: ClientConnection?,
        timeout: Duration?,
        answered: @escaping Answered
    ) {
        guard connection != nil || self.queue.count < self.limit else {
            return answered(.failure(ClientFault(.queueFull, "\(self.limit) commands wait for a connection already")))
        }
        var command = Command(text: text, expectation: expectation, answered: answered)
        if let timeout {
            command.deadline = self.eventLoop.assumeIsolated().scheduleTask(in: timeout.timeAmount) {
                self.end(id, .failure(ClientFault(.timedOut, "the server did not answer in time")))
            }
        }
        self.commands[id] = command
        if let connection { self.say(id, over: connection) } else { self.queue.append(id) }
    }

    /// Whoever asked wants no answer any more.
    func cancel(_ id: UInt64) { self.end(id, .failure(ClientFault(.closed, "the command was cancelled"))) }

    /// Says what has waited for a connection.
    func flush(over connection: ClientConnection) {
        let queue = self.queue
        self.queue = []
        for id in queue { self.say(id, over: connection) }
    }

    /// Says what subscribes to channels, whose confirmations are then awaited.
    func subscribe(_ channels: [String], since: String?, over connection: ClientConnection) -> Bool {
        guard let text = self.wire.text(self.wire.dialect.subscribe, channels, since: since) else { return false }
        if self.wire.isSocketIO {
            connection.say(text, id: self.makeCallback(.channels(channels)))
        } else {
            connection.say(text)
            if self.wire.dialect.subscribed != nil { self.line.append(.channels(channels)) }
        }
        return true
    }

    /// Says what unsubscribes from a channel.
    ///
    /// - Returns: whether that is confirmed by a frame.
    func unsubscribe(_ channel: String, over connection: ClientConnection) -> Bool {
        guard let text = self.wire.text(self.wire.dialect.unsubscribe, [channel]) else { return false }
        connection.say(text)
        guard !self.wire.isSocketIO, self.wire.dialect.unsubscribed != nil else { return false }
        self.line.append(.leaving(channel))
        return true
    }

    private func say(_ id: UInt64, over connection: ClientConnection) {
        guard let command = self.commands[id] else { return }
        switch command.expectation {
        case .nothing:
            connection.say(command.text)
            self.end(id, .success(Self.null))
        case .frame(let answer):
            self.line.append(.command(id, answer))
            connection.say(command.text)
        case .callback:
            let callback = self.makeCallback(.command(id))
            self.commands[id]?.callback = callback
            connection.say(command.text, id: callback)
        }
    }

    private func makeCallback(_ callback: Callback) -> Int {
        self.nextCallback = (self.nextCallback + 1) % Self.idLimit
        self.callbacks[self.nextCallback] = callback
        return self.nextCallback
    }

    // MARK: - Answers

    /// What a refusal or an answer is about.
    enum Subject {
        case channels([String])
        case leaving(String)
        case command
        case nothing
    }

    /// - Returns: whether a frame was the answer to a command.
    func takeAnswer(_ root: JSONNode) -> Bool {
        guard let (id, answer) = self.line.take(fitting: { self.wire.fits($0, root) }) else { return false }
        let node = answer.data.map { Wire.Path($0).node(in: root) } ?? root
        self.end(id, .success(node?.rawBytes ?? Self.null))
        return true
    }

    /// A channel is confirmed.
    func resolve(_ channel: String) { self.line.resolve(channel) }

    /// A channel that was left is left.
    func resolveLeaving(_ channel: String) { self.line.resolveLeaving(channel) }

    /// An error that does not say of what it is: it is about what was asked first.
    func refuseFirst(_ message: String, code: String?) -> Subject {
        switch self.line.takeFirst() {
        case .channels(let channels): return .channels(channels)
        case .leaving(let channel): return .leaving(channel)
        case .command(let id, _):
            self.end(id, .failure(ClientFault(.command, message, serverCode: code)))
            return .command
        case nil: return .nothing
        }
    }

    /// The array of a callback's arguments.
    ///
    /// - Returns: the channels that this confirms, or of which it refuses at least one with a fault.
    func takeCallback(_ id: Int, _ arguments: JSONNode) -> (channels: [String], fault: ClientFault?)? {
        let fault = Wire.fault(inAnswer: arguments[0])
        switch self.callbacks.removeValue(forKey: id) {
        case .command(let command):
            if let fault {
                self.end(command, .failure(ClientFault(.command, fault.message, serverCode: fault.code)))
            } else {
                self.end(command, .success(arguments[0]?.rawBytes ?? Self.null))
            }
            return nil
        case .channels(let channels):
            let refusal = fault.map {
                ClientFault(.channel, $0.message, serverCode: $0.code, channel: channels.first)
            }
            return (channels, refusal)
        case nil: return nil
        }
    }

    // MARK: - The end

    /// The connection is lost: what was asked over it gets no answer. What waits goes on waiting.
    func lost(_ fault: ClientFault) {
        let waiting = Set(self.queue)
        self.line.clear()
        self.callbacks = [:]
        let words = "the connection ended before the server answered: \(fault.message)"
        for id in self.commands.keys where !waiting.contains(id) {
            self.end(id, .failure(ClientFault(.lost, words, serverCode: fault.serverCode, underlying: fault)))
        }
    }

    func endAll(_ fault: ClientFault) {
        self.queue = []
        for id in self.commands.keys { self.end(id, .failure(fault)) }
    }

    private func end(_ id: UInt64, _ result: Result<ArraySlice<UInt8>, ClientFault>) {
        guard let command = self.commands.removeValue(forKey: id) else { return }
        command.deadline?.cancel()
        if let callback = command.callback { self.callbacks[callback] = nil }
        if case .failure = result { self.line.abandon(id) }
        if let place = self.queue.firstIndex(of: id) { self.queue.remove(at: place) }
        command.answered(result)
    }
}
