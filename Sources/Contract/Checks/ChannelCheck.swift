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
        self.check(template.pattern, written: template.description, at: location)
    }

    /// The same of a text in which requests name channels.
    func check(_ node: DocumentNode, _ template: TextTemplate) {
        guard case .text(let text) = node.value else { return }
        self.check(template.pattern, written: text, at: node.location)
    }

    /// The same of one that may make several names.
    func check(_ node: DocumentNode, _ source: Operation.ChannelSource) {
        guard case .text(let text) = node.value, let pattern = source.pattern else { return }
        self.check(pattern, written: text, at: node.location)
    }

    /// The declared pattern that is written out; `nil` after a fault.
    func declared(_ node: DocumentNode, what: String) -> ChannelPattern? {
        guard let text = node.nonEmptyText(what, self.faults) else { return nil }
        if let pattern = self.patterns.first(where: { $0.description == text }) { return pattern }
        let known = self.patterns.map(\.description)
        self.faults.error(
            "\"\(text)\" is no pattern under \"channels\"", at: node.location,
            hint: Spelling.hint(for: text, among: known))
        return nil
    }

    private func check(_ names: ChannelPattern, written text: String, at location: SourceLocation) {
        guard !self.patterns.contains(where: { $0.overlaps(names) }) else { return }
        let known = self.patterns.map(\.description)
        self.faults.error(
            "no channel pattern matches \"\(text)\"", at: location,
            hint: Spelling.suggestion(for: text, among: known)
                ?? (known.isEmpty
                    ? "declare it under channels:"
                    : "declare it under channels:, or use one of \(known.joined(separator: ", "))"))
    }

    /// Reports patterns of which two match one name. One that catches every name stands behind all others.
    static func checkOverlaps(_ channels: [ChannelRules], _ faults: FaultCollector) {
        for (index, channel) in channels.enumerated() {
            for earlier in channels[..<index]
            where earlier.pattern.catchesAll == channel.pattern.catchesAll && earlier.pattern.overlaps(channel.pattern)
            {
                faults.error(
                    "\"\(channel.pattern)\" and \"\(earlier.pattern)\" in line \(earlier.location.line) match the same names",
                    at: channel.location, hint: "begin them with different texts: a channel belongs to one pattern")
            }
        }
    }
}
