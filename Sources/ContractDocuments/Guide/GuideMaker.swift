// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Writes the guide of a contract.
struct GuideMaker {
    let facts: ContractFacts
    let snippets: Snippets

    var outline: ContractOutline { self.facts.outline }

    init(_ facts: ContractFacts) {
        self.facts = facts
        self.snippets = Snippets(facts: facts)
    }

    func guide() -> Guide {
        let sections = [
            self.connecting(), self.channels(), self.events(), self.commands(), self.frames(), self.errors(),
            self.limits(), self.requests(), self.apps(),
        ]
        return Guide(
            name: self.outline.name, title: self.outline.title, lead: self.lead,
            sections: sections.compactMap { $0 })
    }

    private var lead: Prose {
        let kinds =
            switch (self.facts.hasPlain, self.facts.hasSocketIO) {
            case (true, true): "plain JSON over WebSocket, and Socket.IO"
            case (false, true): "Socket.IO"
            default: "plain JSON over WebSocket"
            }
        return
            "What clients may rely on: \(kinds). \(Self.count(self.outline.events.count, "event")), \(Self.count(self.outline.channels.filter { !$0.isInternal }.count, "kind of channels", "kinds of channels")), \(Self.count(self.outline.commands.filter { !$0.isForApps }.count, "command"))."
    }

    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    static func json(_ value: DocumentValue) -> Guide.Block {
        .code(Guide.Code(language: "json", text: value.json(width: 56)))
    }

    func eventLink(_ name: String) -> Prose {
        (self.outline.events + self.outline.apps.flatMap(\.events)).contains { $0.name == name }
            ? Prose([.codeLink(name, id: Anchor.id("event", name))]) : .code(name)
    }

    /// A sentence of a contract or of the outline, with its first letter as a sentence has it and a full stop.
    static func sentence(_ text: String) -> Prose {
        let end = text.last.map { ".!?".contains($0) } == true ? "" : "."
        return Prose(text.prefix(1).uppercased() + text.dropFirst() + end)
    }

    static func milliseconds(_ amount: Int64) -> String {
        amount % 1000 == 0 ? "\(amount / 1000) s" : "\(amount) ms"
    }
}
