// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient

extension DocumentNode {
    /// Where somebody else's service is asked: `http` or `https`, a host, neither user nor fragment.
    ///
    /// - Parameter example: such an address, for the hint.
    func address(_ what: String, example: String, _ faults: FaultCollector) -> String? {
        guard let text = self.nonEmptyText(what, faults) else { return nil }
        guard BackendAddress(text) != nil else {
            return self.refuse(
                what, "an http or https address without user and fragment", faults, hint: "such as \(example)")
        }
        return text
    }
}
