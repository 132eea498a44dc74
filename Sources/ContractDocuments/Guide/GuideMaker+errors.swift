// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// What goes wrong, and how much is too much.
extension GuideMaker {
    func errors() -> Guide.Section? {
        var rows: [[Prose]] = []
        for error in self.outline.errors where error.isDeclared || !ErrorAdvice.notForClients.contains(error.code) {
            guard let advice = ErrorAdvice.advice(on: error.code) else { continue }
            if !error.isDeclared, error.code.hasPrefix("app") || error.code == "unknownApp", self.outline.apps.isEmpty,
                !self.outline.commands.contains(where: { $0.does == "call" })
            {
                continue
            }
            rows.append([
                .code(error.publicCode), error.message.map { .code($0) } ?? "–", Prose(advice.when),
                Prose(advice.action),
                error.closeCode.map { .code("\($0)") } ?? "stays open", .code("\(error.status)"),
            ])
        }
        guard !rows.isEmpty else { return nil }
        var section = Guide.Section(id: "errors", title: "Errors and close codes")
        section.blocks = [
            .paragraph(self.recognising),
            .table(Guide.Table(head: ["Code", "Message", "When", "What to do", "Closes with", "HTTP"], rows: rows)),
        ]
        if self.facts.hasPlain { section.blocks += [.heading("Close codes"), .table(self.closeCodes())] }
        return section
    }

    /// By what a client tells one error from another depends on what the contract's frames say.
    private var recognising: Prose {
        let names = self.facts.isSocketIO ? ["error", "fail", "refused"] : ["error"]
        let texts = names.compactMap { self.facts.template($0) }.flatMap(\.texts)
        if !self.outline.frames.contains(where: { $0.name == "error" }) {
            return "Clients are sent no error frames: the close code says what was wrong."
        }
        if texts.contains(where: { $0.contains("{error.code") }) {
            return "Decide by the code; messages are for people and may change."
        }
        if texts.contains(where: { $0.contains("{error.status") }) {
            return "Frames have the HTTP status as their code; decide by it. The names below are the server's own."
        }
        return
            "Frames have the message alone; the names below are the server's own. Where a connection is closed, decide by the close code."
    }

    /// Those of the contract and those of the protocol, each once, in their order.
    private func closeCodes() -> Guide.Table {
        var byCode: [Int: (when: [String], action: String)] = [:]
        for error in self.outline.errors {
            guard let code = error.closeCode, let advice = ErrorAdvice.advice(on: error.code) else { continue }
            byCode[code, default: ([], advice.action)].when.append(advice.when)
        }
        for known in ErrorAdvice.protocolCodes where byCode[known.code] == nil {
            byCode[known.code] = ([known.when], known.action)
        }
        return Guide.Table(
            head: ["Close code", "When", "What to do"],
            rows: byCode.sorted { $0.key < $1.key }.map { code, meaning in
                let action =
                    meaning.when.count == 1 || code >= 3000
                    ? meaning.action : "Look at the error frame before it, or reconnect later."
                return [.code("\(code)"), Prose(meaning.when.joined(separator: " ")), Prose(action)]
            })
    }

    func limits() -> Guide.Section? {
        guard !self.outline.limits.isEmpty else { return nil }
        return Guide.Section(
            id: "limits", title: "Limits",
            blocks: [
                .table(
                    Guide.Table(
                        head: ["Limit", "What it is about"],
                        rows: self.outline.limits.map { [.code($0.text), Self.sentence($0.meaning)] }))
            ])
    }
}
