// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One difference between two schemas.
struct SchemaDifference: Equatable {
    enum Effect {
        /// Fewer values fit than before.
        case narrower
        /// Other kinds of values fit as well, or what was always there may be missing.
        case wider
        /// A list of given values has more of them.
        case moreValues
        /// A bound is looser; the kinds of values are as before.
        case looser
        /// A field that may be there.
        case newField
        /// A field that was described is not described any more.
        case lostField
    }

    var effect: Effect
    /// What is different, with the field: `"total.amount" is required now`.
    var what: String
}
