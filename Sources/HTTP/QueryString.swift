// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The part of a request target after `?`, kept as it was sent and read on demand.
///
/// Shape: `name=value` pairs between `&`, percent-encoded, `+` for a space (the WHATWG form encoding). A pair whose
/// encoding is broken is skipped; a name without `=` has the empty value.
/// It may carry a token: `raw` goes into no log (requirement ALL-D08).
package struct QueryString: Hashable, Sendable {
    /// Without the `?`; empty when there was none.
    package let raw: String

    package init(_ raw: String) { self.raw = raw }

    /// Every pair, decoded, in order.
    package var pairs: [(name: String, value: String)] {
        self.raw.split(separator: "&").compactMap { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? PercentEncoding.decode(halves[1], plusIsSpace: true) : ""
            else { return nil }
            return (name: name, value: value)
        }
    }

    /// The first value of `name`.
    package subscript(_ name: String) -> String? {
        guard !self.raw.isEmpty else { return nil }
        return self.pairs.first { $0.name == name }?.value
    }

    /// Every value of `name`, in order.
    package func values(_ name: String) -> [String] {
        self.pairs.filter { $0.name == name }.map(\.value)
    }
}
