// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a schema says about a path in the values it accepts.
package enum Presence: Hashable, Sendable {
    /// In every value, as one of these types.
    case required(SchemaTypes)
    /// Provided for, but not in every value.
    case optional(SchemaTypes)
    /// Not provided for, but values may have it.
    case unknown
    /// No value has it.
    case impossible

    /// What holds when either of two schemas applies.
    func or(_ other: Presence) -> Presence {
        switch (self, other) {
        case (.impossible, .impossible): .impossible
        case (.impossible, let possible), (let possible, .impossible): possible.loosened
        case (.unknown, _), (_, .unknown): .unknown
        case (.required(let left), .required(let right)): .required(left.union(right))
        case (.optional(let left), .optional(let right)), (.required(let left), .optional(let right)),
            (.optional(let left), .required(let right)):
            .optional(left.union(right))
        }
    }

    /// The same, but not in every value.
    var loosened: Presence {
        guard case .required(let types) = self else { return self }
        return .optional(types)
    }
}
