// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a route's parameters stood for in one request, decoded.
package struct HTTPParameters: Hashable, Sendable {
    private let names: [String]
    private let values: [String]

    package init(names: [String] = [], values: [String] = []) {
        self.names = names
        self.values = values
    }

    /// The value of `{name}`; nil when the route has no such parameter.
    package subscript(_ name: String) -> String? {
        guard let index = self.names.firstIndex(of: name), index < self.values.count else { return nil }
        return self.values[index]
    }
}
