// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// What Socket.IO clients are answered: `ack`, `fail` and `emit`.
    func socketIOAnswers(_ listeners: ListenerKinds) -> Command.SocketIOAnswers {
        for key in ["ack", "fail", "emit"] where self.map[key] != nil {
            listeners.requireSocketIO(self.map, key, self.faults)
        }
        var answers = Command.SocketIOAnswers()
        var roots: [TemplateContext.Root] = self.name.results.isEmpty ? [] : [.result]
        if self.name == .history { roots.append(.channel) }
        answers.ack = self.map["ack"].map { self.templates("ack", roots).template($0) }
        answers.fail = self.map["fail"].map { self.failure.template($0) }
        ReservedEvents.check(self.map["emit"], self.faults)
        for entry in self.map["emit"]?.entries("\"emit\"", self.faults) ?? [] {
            if entry.key.isEmpty { self.faults.error("an event needs a name", at: entry.keyLocation) }
            answers.emits.append((entry.key, self.templates("emit", roots).template(entry.value)))
        }
        return answers
    }

    private var failure: TemplateCompiler {
        var context = TemplateContext(name: "\"fail\" of \(self.place.name)", roots: FrameCompiler.failRoots)
        context.channelParameters = self.compiler.channels.parameters
        context.arguments = self.place.arguments
        return TemplateCompiler(context: context, faults: self.faults)
    }
}
