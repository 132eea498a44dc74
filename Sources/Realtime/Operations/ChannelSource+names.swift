// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension [Operation.ChannelSource] {
    /// What a request names, in its order, each once.
    package func names(in scope: borrowing TemplateScope) -> [String] {
        var names: [String] = []
        for source in self {
            switch source {
            case .text(let template):
                if let text = template.text(in: scope) { names.append(text) }
            case .each(let path) where path.source == .userRoles: names += scope.texts(at: path)
            case .each(let path):
                guard let node = scope.node(at: path) else { continue }
                if let text = node.string { names.append(text) }
                guard node.kind == .array else { continue }
                // What is no text is quoted as JSON, to be refused under the name it was given.
                names += node.elements.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) }
            case .eachWithin(let before, let path, let after):
                guard let before = before.text(in: scope), let after = after.text(in: scope) else { continue }
                names += scope.texts(at: path).map { before + $0 + after }
            }
        }
        guard names.count > 1 else { return names }
        // By bytes, as channels are told apart.
        var seen: Set<[UInt8]> = []
        return names.filter { seen.insert([UInt8]($0.utf8)).inserted }
    }
}
