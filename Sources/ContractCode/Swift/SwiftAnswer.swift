// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// What a command is answered with, and how a plain WebSocket's answer is told.
struct SwiftAnswer {
    let types: SwiftTypes
    /// `nil`: Socket.IO.
    let dialect: DialectOutline?

    /// The answer's type; `nil`: there is none.
    func type(of command: CodeModel.Command) -> TypeModel? {
        guard let dialect = self.dialect else { return command.acknowledgement }
        guard case .named(let name)? = command.reply, case .object(let frame)? = self.types.declarations[name],
            !self.fixed(frame).isEmpty
        else { return nil }
        return frame[dialect.event.data]?.type ?? .named(name)
    }

    /// The same in Swift, and the expression of the frame's shape.
    func answer(of command: CodeModel.Command) -> (type: String, shape: String?)? {
        guard let type = self.type(of: command) else { return nil }
        let text = self.types.expression(type)
        guard let dialect = self.dialect, case .named(let name)? = command.reply,
            case .object(let frame)? = self.types.declarations[name]
        else { return (text, nil) }
        let fixed = self.fixed(frame).map { "\(SwiftText.string($0.name)): \(SwiftText.string($0.text))" }
        let path = frame[dialect.event.data] == nil ? "" : ", data: \(SwiftText.string(dialect.event.data))"
        return (text, "Dialect.Answer(is: [\(fixed.joined(separator: ", "))]\(path))")
    }

    /// The members of a frame that are given texts.
    private func fixed(_ frame: ObjectModel) -> [(name: String, text: String)] {
        frame.members.compactMap { member in self.text(member.type).map { (member.name, $0) } }
    }

    private func text(_ type: TypeModel) -> String? {
        switch type {
        case .literal(.string(let text)): text
        case .named(let name): self.types.declarations[name].flatMap { self.text($0) }
        default: nil
        }
    }
}
