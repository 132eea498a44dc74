// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes metrics in the Prometheus text format 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func append(_ family: MetricFamily) {
        self.text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
        self.text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            self.text += family.name
            self.text += sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                self.text += "{\(labels.joined(separator: ","))}"
            }
            self.text += " \(Self.number(sample.value))\n"
        }
    }

    /// Whole numbers without a point; infinity as the format spells it.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { String($0) } ?? value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
