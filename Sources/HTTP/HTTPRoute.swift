// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The pattern of a path: `/v1/platforms/{name}/events`.
///
/// Shape: segments between `/`. A segment is literal text, or `{name}` for one segment that is not empty, or, as the
/// last one, `{name...}` for all that is left, slashes included, which may be empty.
package struct HTTPRoute: Hashable, Sendable, CustomStringConvertible {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    package let segments: [Segment]
    package let description: String

    /// Nil when `pattern` does not begin with `/`, a parameter has no name or one used before, or `{name...}` is
    /// not last.
    package init?(_ pattern: String) {
        guard pattern.hasPrefix("/") else { return nil }
        var names: Set<String> = []
        var segments: [Segment] = []
        for text in pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if case .rest = segments.last { return nil }
            guard text.hasPrefix("{"), text.hasSuffix("}"), text.count > 2 else {
                guard !text.contains("{"), !text.contains("}") else { return nil }
                segments.append(.literal(String(text)))
                continue
            }
            let inner = text.dropFirst().dropLast()
            let isRest = inner.hasSuffix("...")
            let name = String(isRest ? inner.dropLast(3) : inner)
            guard !name.isEmpty, names.insert(name).inserted else { return nil }
            segments.append(isRest ? .rest(name) : .parameter(name))
        }
        self.segments = segments
        self.description = pattern
    }

    /// The names of the pattern's parameters, in order.
    package var parameterNames: [String] {
        self.segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }
}
