// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes one struct with the members of an object.
struct SwiftStruct {
    let types: SwiftTypes
    /// `public `, `package ` or nothing.
    let access: String
    var indent = 4

    struct Member {
        var wire: String
        var name: String
        var type: String
        var isOptional: Bool
        var notes: [String]
    }

    /// - Parameters:
    ///   - head: lines within the struct, before its members.
    ///   - protocols: what it conforms to.
    func lines(
        _ name: String, _ object: ObjectModel, protocols: String, notes: [String], head: [String] = []
    ) -> [String] {
        let pad = String(repeating: " ", count: self.indent)
        let members = self.members(of: object, in: name)
        var lines = SwiftText.comment(notes.isEmpty ? ["`\(name)`"] : notes, indent: self.indent)
        lines.append("\(pad)\(self.access)struct \(name): \(protocols) {")
        lines += head.map { $0.isEmpty ? "" : "\(pad)    \($0)" }
        if !head.isEmpty && !members.isEmpty { lines.append("") }
        for member in members {
            lines += SwiftText.comment(
                member.notes.isEmpty ? ["`\(member.wire)`"] : member.notes, indent: self.indent + 4)
            lines.append("\(pad)    \(self.access)var \(SwiftText.name(member.name)): \(member.type)")
        }
        if !head.isEmpty || !members.isEmpty { lines.append("") }
        lines += self.initializer(members, pad: pad + "    ")
        if members.contains(where: { $0.wire != $0.name }) { lines += [""] + self.keys(members, pad: pad + "    ") }
        return lines + ["\(pad)}"]
    }

    private func members(of object: ObjectModel, in name: String) -> [Member] {
        var table = NameTable(reserved: SwiftText.reservedMembers)
        return object.members.map { member in
            let isNullable = self.types.isOptional(member.type)
            var type = self.types.expression(member.type)
            if self.types.contains(name, in: member.type) {
                // A value cannot hold another of its own kind without something between them.
                let inner = isNullable ? String(type.dropLast()) : type
                type = "Box<\(inner)>\(isNullable ? "?" : "")"
            }
            if !member.isRequired && !isNullable { type += "?" }
            return Member(
                wire: member.name, name: table.take(Identifier.camel(member.name)), type: type,
                isOptional: isNullable || !member.isRequired, notes: member.notes)
        }
    }

    private func initializer(_ members: [Member], pad: String) -> [String] {
        let comment = "\(pad)/// Memberwise."
        guard !members.isEmpty else { return ["\(pad)/// Empty.", "\(pad)\(self.access)init() {}"] }
        let parameters = members.map { "\(SwiftText.name($0.name)): \($0.type)\($0.isOptional ? " = nil" : "")" }
        let line = "\(pad)\(self.access)init(\(parameters.joined(separator: ", "))) {"
        var lines = [comment]
        if line.count <= SwiftText.width {
            lines.append(line)
        } else {
            lines.append("\(pad)\(self.access)init(")
            for (index, parameter) in parameters.enumerated() {
                lines.append("\(pad)    \(parameter)\(index + 1 < parameters.count ? "," : "")")
            }
            lines.append("\(pad)) {")
        }
        lines += members.map { "\(pad)    self.\($0.name) = \(SwiftText.name($0.name))" }
        return lines + ["\(pad)}"]
    }

    private func keys(_ members: [Member], pad: String) -> [String] {
        var lines = ["\(pad)private enum CodingKeys: String, CodingKey {"]
        for member in members {
            let name = SwiftText.name(member.name)
            lines.append(
                member.wire == member.name
                    ? "\(pad)    case \(name)" : "\(pad)    case \(name) = \(SwiftText.string(member.wire))")
        }
        return lines + ["\(pad)}"]
    }
}
