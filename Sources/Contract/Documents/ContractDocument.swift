// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Realtime

/// A contract as it is written, for whoever describes it to people or programs: what compiling does not keep, such as
/// schemas and templates, is here.
///
/// Aliases, merge keys and variables are resolved. What a contract keeps secret is left out: keys, and every `secret` outside of what
/// the contract's author names himself (schemas, templates, examples).
package struct ContractDocument: Sendable {
    private let root: DocumentNode

    init(_ root: DocumentNode) { self.root = root }

    /// The contract as JSON, in the order of the file. `nil` would be a fault of this program.
    package var json: JSONDocument? {
        var rendering = JSONRendering()
        rendering.append(Self.withoutSecrets(self.root, path: []), at: JSONPointer())
        return rendering.document
    }

    /// Where a value stands: its key in a map, otherwise the value. Of a value that is not there the nearest one around it.
    package func location(of pointer: JSONPointer) -> SourceLocation {
        var node = self.root
        var location = node.location
        for token in pointer.tokens {
            switch node.value {
            case .map(let entries):
                guard let entry = entries.first(where: { $0.key == token }) else { return location }
                node = entry.value
                location = entry.keyLocation
            case .list(let elements):
                guard let index = Int(token), elements.indices.contains(index) else { return location }
                node = elements[index]
                location = node.location
            default: return location
            }
        }
        return location
    }

    /// Maps whose keys are the author's own words all the way down.
    private static let ownWords: Set<String> = ["schemas", "events", "commands", "http", "frames", "presence"]
    private static let secretKeys: Set<String> = ["secret", "keys"]

    private static func withoutSecrets(_ node: DocumentNode, path: [String]) -> DocumentNode {
        if let first = path.first, Self.ownWords.contains(first) { return node }
        var node = node
        switch node.value {
        case .map(let entries):
            node.value = .map(
                entries.compactMap { entry in
                    // A channel may have any name; what stands within one is the language's.
                    let isName = path == ["channels"] || path == ["alerts"]
                    guard isName || !Self.secretKeys.contains(entry.key) else { return nil }
                    var entry = entry
                    entry.value = Self.withoutSecrets(entry.value, path: path + [entry.key])
                    return entry
                })
        case .list(let elements):
            node.value = .list(elements.map { Self.withoutSecrets($0, path: path + ["[]"]) })
        default: break
        }
        return node
    }
}
