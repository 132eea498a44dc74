// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// The type `ChannelName` and the functions that make such names.
struct TypeScriptChannels {
    let outline: ContractOutline

    func lines() -> [String] {
        // What clients cannot subscribe to is no name for them.
        let channels = self.outline.channels.filter { !$0.isInternal && !$0.rights.isEmpty }
        guard !channels.isEmpty else { return [] }
        let parts = channels.map { PlaceScanner.parts(of: $0.pattern) }
        var names: [String] = []
        for name in parts.map(Self.type) where !names.contains(name) { names.append(name) }
        var lines = TypeScriptText.comment(["Names of the channels that clients may ask for"])
        if names.contains("string") {
            lines.append("export type ChannelName = string;")
        } else {
            let line = "export type ChannelName = \(names.joined(separator: " | "));"
            if line.count <= TypeScriptText.width {
                lines.append(line)
            } else {
                lines.append("export type ChannelName =")
                lines += names.map { "  | \($0)" }
                lines[lines.count - 1] += ";"
            }
        }
        lines.append("")
        if parts.contains(where: { $0.contains { if case .parameter = $0 { true } else { false } } }) {
            lines += Self.parameterFunction + [""]
        }
        lines += ["/** Makes the names of channels. */", "export const channel = {"]
        var table = NameTable(reserved: [])
        for (channel, parts) in zip(channels, parts) {
            let words = parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }.joined(
                separator: " ")
            let name = table.take(words.isEmpty ? "named" : Identifier.camel(words), suffix: "Of")
            let rights = channel.rights.joined(separator: "; ")
            lines += TypeScriptText.comment(["`\(channel.pattern)`: \(rights)"], indent: "  ")
            lines += Self.builder(name, parts)
        }
        return lines + ["} as const;"]
    }

    static let parameterFunction = [
        "/** One part of a name: at least one character, and not what would end it before. */",
        "function parameter(name: string, value: string | number, end = ''): string {",
        "  const text = String(value);",
        "  if (text === '' || (end !== '' && (text + end).indexOf(end, 1) !== text.length)) {",
        "    throw new RangeError(`${name} cannot be ${JSON.stringify(text)}`);",
        "  }",
        "  return text;",
        "}",
    ]

    /// ``order:${string}``.
    static func type(_ parts: [ChannelPattern.Part]) -> String {
        if parts.count == 1, case .parameter = parts[0] { return "string" }
        if parts.count == 1, case .literal(let text) = parts[0] { return TypeScriptText.string(text) }
        let text = parts.map { part in
            switch part {
            case .literal(let text): TypeScriptText.template(text)
            case .parameter: "${string}"
            }
        }
        return "`\(text.joined())`"
    }

    /// A member of an object: a name, or a function that makes it.
    static func builder(_ name: String, _ parts: [ChannelPattern.Part]) -> [String] {
        let type = Self.type(parts)
        var parameters: [String] = []
        var text = ""
        var table = NameTable(reserved: TypeScriptWriter.keywords.union(["parameter", "channel"]))
        for (index, part) in parts.enumerated() {
            switch part {
            case .literal(let literal): text += TypeScriptText.template(literal)
            case .parameter(let name):
                let variable = table.take(Identifier.camel(name))
                parameters.append("\(variable): string | number")
                var end = ""
                // The last text of a name is what it ends with, so anything may stand before it.
                if index + 2 < parts.count, case .literal(let next) = parts[index + 1] {
                    end = ", \(TypeScriptText.string(next))"
                }
                text += "${parameter(\(TypeScriptText.string(name)), \(variable)\(end))}"
            }
        }
        let key = TypeScriptText.key(name)
        if parameters.isEmpty { return ["  \(key): \(type),"] }
        let line = "  \(key): (\(parameters.joined(separator: ", "))): \(type) => `\(text)`,"
        if line.count <= TypeScriptText.width { return [line] }
        return ["  \(key): (\(parameters.joined(separator: ", "))): \(type) =>", "    `\(text)`,"]
    }
}
