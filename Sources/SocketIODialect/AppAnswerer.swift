// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import SocketIO

/// Answers one command of an app: its callback if there is one, otherwise nothing but errors. Owned by the connection's loop.
struct AppAnswerer {
    let link: SocketLink
    let hub: LoopHub
    let name: String?
    let args: JSONNode?
    let ack: UInt64?

    var scope: TemplateScope {
        var scope = TemplateScope(now: self.hub.platform.clock.now())
        scope.args = self.args
        scope.commandName = self.name
        return scope
    }

    func refuse(_ error: RequestError) {
        self.hub.statistics.errors[error.code, default: 0] += 1
        let definition = self.hub.rules.definition
        var scope = self.scope
        scope.channel = error.channel
        scope.channelPattern = error.channel.flatMap { definition.match($0)?.rules.pattern }
        definition.describe(error, in: &scope)
        guard let ack else {
            if let frame = definition.frames.error {
                self.link.send(EventText.frame("error", data: frame.rendered(in: scope)))
            }
            return
        }
        let fail = self.name.flatMap { definition.appCommands[$0]?.socketIO.fail } ?? definition.frames.fail
        self.acknowledge(ack, (fail ?? AckAnswerer.fail).rendered(in: scope))
    }

    func finish(_ answer: OperationAnswer, of command: Command) {
        var scope = self.scope
        scope.newID = answer.newID
        scope.result = answer.result.flatMap {
            try? JSONDocument(parsing: $0, maximumDepth: JSONDocument.deepestNesting).root
        }
        let answers = command.socketIO
        if let ack { self.acknowledge(ack, answers.ack?.rendered(in: scope) ?? []) }
        let emits = self.ack == nil ? answers.emitsWithoutAck + answers.emits : answers.emits
        for (event, data) in emits { self.link.send(EventText.frame(event, data: data.rendered(in: scope))) }
    }

    /// - Parameter argument: the one argument; empty: none.
    private func acknowledge(_ ack: UInt64, _ argument: [UInt8]) {
        self.link.acknowledge(ack, [UInt8(ascii: "[")] + argument + [UInt8(ascii: "]")])
    }
}
