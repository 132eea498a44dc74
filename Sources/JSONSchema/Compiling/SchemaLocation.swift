// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A value in one of the documents a compilation knows.
struct SchemaLocation: Hashable, Sendable {
    /// Number of the document; 0 is the one that is compiled.
    let document: Int
    /// Index in its tape.
    let index: Int
}
