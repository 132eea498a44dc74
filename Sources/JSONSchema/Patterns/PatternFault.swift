// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a pattern cannot be used.
struct PatternFault: Error, Equatable {
    /// A sentence without its subject, such as `has '(' without ')' at character 3`.
    let message: String
}
