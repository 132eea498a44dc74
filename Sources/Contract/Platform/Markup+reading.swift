// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension Markup {
    /// Reads `markup:`; `nil` after a fault.
    init?(_ node: DocumentNode, _ faults: FaultCollector) {
        let words = Self.allCases.map(\.rawValue)
        guard let word = node.word("\"markup\"", among: words, faults), let markup = Self(rawValue: word) else {
            return nil
        }
        self = markup
    }
}
