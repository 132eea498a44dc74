// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Which declarations a file needs: what events, notices, commands and answers are made of.
struct SwiftReach {
    let model: CodeModel
    let types: SwiftTypes
    let dialect: DialectOutline?

    func names() -> Set<String> {
        var found: Set<String> = []
        for event in self.model.events { self.collect(event.payload, into: &found) }
        // The members of notices and arguments are written out where they are used.
        for notice in self.model.notices { self.collect(self.content(notice.payload), into: &found) }
        for command in self.model.commands {
            self.collect(self.content(command.arguments), into: &found)
            if let answer = SwiftAnswer(types: self.types, dialect: self.dialect).type(of: command) {
                self.collect(answer, into: &found)
            }
        }
        return found
    }

    /// The object behind a name.
    private func content(_ type: TypeModel) -> TypeModel {
        guard case .named(let name) = type, case .object(let object)? = self.types.declarations[name] else {
            return type
        }
        return .object(object)
    }

    private func collect(_ type: TypeModel, into found: inout Set<String>) {
        switch type {
        case .named(let name):
            guard found.insert(name).inserted, let declared = self.types.declarations[name] else { return }
            self.collect(declared, into: &found)
        case .array(let element), .map(let element): self.collect(element, into: &found)
        case .tuple(let elements, _, let rest):
            for element in elements + [rest].compactMap(\.self) { self.collect(element, into: &found) }
        case .object(let object):
            for member in object.members { self.collect(member.type, into: &found) }
        case .union(let members):
            for member in members { self.collect(member, into: &found) }
        default: break
        }
    }
}
