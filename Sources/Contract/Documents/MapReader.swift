// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// One map of a contract whose keys are known. Keys that are not are reported when it is made.
struct MapReader {
    let node: DocumentNode
    let faults: FaultCollector
    private let entries: [DocumentNode.Entry]
    /// A key of a later version stands here, so that what this version misses is no news.
    private let hasUnavailable: Bool

    /// - Parameter what: names the map in messages, such as "a listener".
    /// - Returns: `nil`, after a fault, when the node is no map.
    init?(_ node: DocumentNode, _ keys: KeySet, what: String, _ faults: FaultCollector) {
        guard let entries = node.entries(what, faults) else { return nil }
        self.node = node
        self.faults = faults
        self.entries = entries
        self.hasUnavailable = entries.contains { keys.unavailable.contains($0.key) }
        for entry in entries where !keys.keys.contains(entry.key) {
            if keys.unavailable.contains(entry.key) {
                faults.error("\"\(entry.key)\" is not available in this version", at: entry.keyLocation)
            } else {
                faults.error(
                    "unknown key \"\(entry.key)\" in \(what)", at: entry.keyLocation,
                    hint: Spelling.hint(for: entry.key, among: keys.keys))
            }
        }
    }

    subscript(key: String) -> DocumentNode? { self.entries.first { $0.key == key }?.value }

    /// Where a key stands, to speak about the key and not about its value.
    func keyLocation(_ key: String) -> SourceLocation {
        self.entries.first { $0.key == key }?.keyLocation ?? self.node.location
    }

    /// The value, or a fault that says what is missing.
    func required(_ key: String, hint: String? = nil) -> DocumentNode? {
        if let value = self[key] { return value }
        guard !self.hasUnavailable else { return nil }
        self.faults.error("\"\(key)\" is missing", at: self.node.location, hint: hint)
        return nil
    }
}

extension DocumentNode {
    /// The map's entries in order, or a fault. An empty value counts as an empty map.
    func entries(_ what: String, _ faults: FaultCollector) -> [Entry]? {
        switch self.value {
        case .map(let entries): return entries
        case .null: return []
        case .faulty: return nil
        default:
            faults.error("\(what) must be a map, is \(self.kindInWords)", at: self.location)
            return nil
        }
    }
}
