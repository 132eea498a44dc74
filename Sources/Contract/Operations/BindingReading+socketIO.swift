// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// What Socket.IO clients are answered: `ack`, `fail`, `emit` and `emitWithoutAck`.
    func socketIOAnswers(_ listeners: ListenerKinds) -> Command.SocketIOAnswers {
        for key in ["ack", "fail", "emit", "emitWithoutAck"] where self.map[key] != nil {
            listeners.requireSocketIO(self.map, key, self.faults)
        }
        var answers = Command.SocketIOAnswers()
        var roots: [TemplateContext.Root] = self.name.results.isEmpty && !self.name.hasOpenResult ? [] : [.result]
        if self.name == .history { roots.append(.channel) }
        answers.ack = self.map["ack"].map { self.templates("ack", roots).template($0) }
        answers.fail = self.map["fail"].map { self.failure.template($0) }
        answers.emits = self.emits("emit", roots)
        answers.emitsWithoutAck = self.emits("emitWithoutAck", roots)
        return answers
    }

    private func emits(_ key: String, _ roots: [TemplateContext.Root]) -> [(event: String, data: Template)] {
        ReservedEvents.check(self.map[key], self.faults)
        return (self.map[key]?.entries("\"\(key)\"", self.faults) ?? []).map { entry in
            if entry.key.isEmpty { self.faults.error("an event needs a name", at: entry.keyLocation) }
            return (entry.key, self.templates(key, roots).template(entry.value))
        }
    }

    private var failure: TemplateCompiler {
        var context = TemplateContext(name: "\"fail\" of \(self.place.name)", roots: FrameCompiler.failRoots)
        context.channelParameters = self.compiler.channels.parameters
        context.arguments = self.place.arguments
        return TemplateCompiler(context: context, faults: self.faults)
    }
}
