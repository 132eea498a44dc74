// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import Realtime
import SocketIO

/// Answers one event of a Socket.IO client: his callback if there is one, once, and then the contract's events. Owned by the
/// connection's loop.
struct AckAnswerer: Answerer {
    let session: Session
    let link: SocketLink
    let request: ClientRequest
    /// `nil`: the client wants no answer.
    let ack: UInt64?

    var joinsAllOrNone: Bool { true }

    func refuse(_ error: RequestError) {
        guard let ack else {
            return self.session.fail(error, args: self.request.args, command: self.request.name)
        }
        self.session.fail(error, args: self.request.args, command: self.request.name) { scope in
            let fail = self.request.command?.socketIO.fail ?? self.session.definition.frames.fail ?? Self.fail
            self.acknowledge(ack, fail.rendered(in: scope))
        }
    }

    func tell(_ text: [UInt8]) {}

    func finish(_ answer: OperationAnswer) {
        let answers = self.request.command?.socketIO ?? Command.SocketIOAnswers()
        let emits = self.ack == nil ? answers.emitsWithoutAck + answers.emits : answers.emits
        if answers.ack == nil, emits.isEmpty {
            if let ack { self.acknowledge(ack, []) }
            return
        }
        var scope = self.session.scope(of: self.request)
        scope.newID = answer.newID
        scope.result = answer.result.flatMap {
            // Records nest deeper than the payloads they were made of.
            try? JSONDocument(parsing: $0, maximumDepth: JSONDocument.deepestNesting).root
        }
        if let ack { self.acknowledge(ack, answers.ack?.rendered(in: scope) ?? []) }
        for (event, data) in emits {
            self.session.port.send(EventText.frame(event, data: data.rendered(in: scope)))
        }
    }

    /// - Parameter argument: the one argument; empty: none.
    private func acknowledge(_ ack: UInt64, _ argument: [UInt8]) {
        self.link.acknowledge(ack, [UInt8(ascii: "[")] + argument + [UInt8(ascii: "]")])
    }

    static let fail = Template(
        .object([
            (
                key: "error",
                value: .object([
                    (key: "code", value: .value(TemplatePath(.errorCode))),
                    (key: "message", value: .value(TemplatePath(.errorMessage))),
                ])
            )
        ]))
}
