// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which children of one value some schema has looked at, for `unevaluatedItems` and
/// `unevaluatedProperties` (Core §11). Owned by one application of one schema.
final class EvaluatedChildren {
    private var marks: [Bool]

    /// None yet.
    init(count: Int) {
        self.marks = [Bool](repeating: false, count: count)
    }

    /// None yet, of as many children.
    func blank() -> EvaluatedChildren { EvaluatedChildren(count: self.marks.count) }

    func contains(_ ordinal: Int) -> Bool { self.marks[ordinal] }

    /// - Parameter ordinal: position among the value's elements or members, from 0.
    func mark(_ ordinal: Int) {
        self.marks[ordinal] = true
    }

    func formUnion(_ other: EvaluatedChildren) {
        for ordinal in self.marks.indices where other.marks[ordinal] { self.marks[ordinal] = true }
    }
}
