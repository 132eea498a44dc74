// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

extension BindingReading {
    func record() -> Operation.Record? {
        let channels = self.channels()
        let key = self.map["by"].flatMap { node -> TextTemplate? in
            guard node.nonEmptyText("\"by\"", self.faults) != nil else { return nil }
            return self.templates("by", [.channel]).text(node, what: "\"by\"")
        }
        let item = self.map["item"].map { node in
            var compiler = self.templates("item", [.result, .channel])
            compiler.context.results = ["record"]
            return compiler.template(node)
        }
        let missing = self.map["missing"].map { self.templates("missing", [.channel]).template($0) }
        var operation = Operation.Record(channels: channels, reply: self.requiredReply([.result]))
        operation.key = key
        operation.item = item
        operation.missing = missing
        return operation
    }
}
