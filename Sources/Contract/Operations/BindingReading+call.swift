// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// What is handed to the app that owns the event.
    func call() -> Operation? {
        if !self.compiler.hasApps { self.reportNoApps(at: self.map.keyLocation("does")) }
        var call = Operation.Call()
        call.channel = self.map["channel"]?.elements.compactMap(self.callPlace) ?? []
        call.facts = self.map["with"].map(self.callFacts) ?? []
        call.reply = self.requiredReply([.result])
        return .call(call)
    }

    private func callPlace(_ node: DocumentNode) -> Operation.Call.Place? {
        guard case .map = node.value else {
            guard let template = self.templates("channel").text(node, what: "a channel") else { return nil }
            self.compiler.check.check(node, template)
            return .text(template)
        }
        guard let map = MapReader(node, ContractKeys.callPlace, what: "a channel of a call", self.faults) else {
            return nil
        }
        switch (map["published"], map["only"]) {
        case (let published?, nil):
            let field = published.nonEmptyText("\"published\"", self.faults)
            let value = map.required("value", hint: "where the event has it, such as value: \"{args.questionId?}\"")
                .flatMap { self.templates("channel").text($0, what: "\"value\"") }
            guard let field, let value else { return nil }
            return .published(field: field, value: value)
        case (nil, let only?):
            if map["value"] != nil {
                self.faults.error("\"value\" belongs to \"published\"", at: map.keyLocation("value"))
            }
            return self.compiler.check.declared(only, what: "\"only\"").map { .only($0) }
        default:
            self.faults.error(
                "a channel of a call is a name, { published: FIELD, value: … } or { only: PATTERN }", at: node.location)
            return nil
        }
    }

    private func callFacts(_ node: DocumentNode) -> [(name: String, channel: TextTemplate)] {
        (node.entries("\"with\"", self.faults) ?? []).compactMap { entry in
            guard
                let map = MapReader(entry.value, ContractKeys.callFact, what: "what an app is told", self.faults),
                let record = map.required("record", hint: "the channel whose record it is")
            else { return nil }
            guard let template = self.templates("with", [.channel]).text(record, what: "\"record\"") else { return nil }
            self.compiler.check.check(record, template)
            return (entry.key, template)
        }
    }
}
