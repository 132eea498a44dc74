// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Finds names of channels that no pattern of the contract matches.
struct ChannelCheck {
    let patterns: [ChannelPattern]
    let faults: FaultCollector

    /// Reports a template none of whose names is a channel.
    func check(_ template: NameTemplate, at location: SourceLocation) {
        let names = template.pattern
        guard !self.patterns.contains(where: { $0.overlaps(names) }) else { return }
        let known = self.patterns.map(\.description)
        self.faults.error(
            "no channel pattern matches \"\(template)\"", at: location,
            hint: Spelling.suggestion(for: template.description, among: known)
                ?? (known.isEmpty
                    ? "declare it under channels:"
                    : "declare it under channels:, or use one of \(known.joined(separator: ", "))"))
    }

    /// Reports patterns of which two match one name.
    static func checkOverlaps(_ channels: [ChannelRules], _ faults: FaultCollector) {
        for (index, channel) in channels.enumerated() {
            for earlier in channels[..<index] where earlier.pattern.overlaps(channel.pattern) {
                faults.error(
                    "\"\(channel.pattern)\" and \"\(earlier.pattern)\" in line \(earlier.location.line) match the same names",
                    at: channel.location, hint: "begin them with different texts: a channel belongs to one pattern")
            }
        }
    }
}
