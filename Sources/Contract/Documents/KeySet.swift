// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The keys that one kind of map in a contract may have.
package struct KeySet: Sendable {
    /// Where such a map stands: keys in turn, `[]` for the elements of a list, `*` for any key. Empty: the whole file.
    package let path: String
    package let keys: [String]
    /// Keys that the contract language has and this version does not.
    package let unavailable: [String]

    init(_ path: String, _ keys: [String], unavailable: [String] = []) {
        self.path = path
        self.keys = keys
        self.unavailable = unavailable
    }

    /// The path of one key, as the reference writes it: `listen[].port`.
    package func path(of key: String) -> String { self.path.isEmpty ? key : "\(self.path).\(key)" }
}
