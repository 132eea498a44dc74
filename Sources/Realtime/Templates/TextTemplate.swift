// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Text with places to fill, such as `Not authorized to subscribe to: {channel.name}`.
package struct TextTemplate: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        case literal(String)
        case value(TemplatePath)
    }

    package var parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    package init(_ text: String) { self.parts = [.literal(text)] }

    /// Whether names of the pattern may come of it, judged by the text that both begin with.
    func mayName(_ pattern: ChannelPattern) -> Bool {
        guard case .literal(let own)? = self.parts.first, case .literal(let other)? = pattern.parts.first else {
            return false
        }
        return own == other
    }

    /// - Returns: `nil` when a place that may be dropped has no value.
    package func text(in scope: borrowing TemplateScope) -> String? {
        if self.parts.count == 1, case .literal(let text) = self.parts[0] { return text }
        var text = ""
        for part in self.parts {
            switch part {
            case .literal(let literal): text += literal
            case .value(let path):
                guard let value = scope.text(of: path) else {
                    if path.missing == .drop { return nil }
                    continue
                }
                text += value
            }
        }
        return text
    }
}
