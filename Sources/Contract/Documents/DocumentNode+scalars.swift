// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reading a scalar as what a key wants. Each returns `nil` after a fault; `what` names the value in its message.
extension DocumentNode {
    func text(_ what: String, _ faults: FaultCollector) -> String? {
        switch self.value {
        case .text(let text): return text
        // What a variable holds is a text whatever it looks like.
        case .number, .bool:
            if let raw, self.origin != .file { return raw }
            return self.refuse(what, "a text", faults, hint: "put it in quotes")
        default: return self.refuse(what, "a text", faults)
        }
    }

    func nonEmptyText(_ what: String, _ faults: FaultCollector) -> String? {
        guard let text = self.text(what, faults) else { return nil }
        guard !text.isEmpty else {
            faults.error("\(what) must not be empty", at: self.location)
            return nil
        }
        return text
    }

    func bool(_ what: String, _ faults: FaultCollector) -> Bool? {
        switch self.typed {
        case .bool(let value): return value
        case .text(let text) where ["yes", "no", "on", "off"].contains(text.lowercased()):
            return self.refuse(what, "true or false", faults, hint: "YAML 1.2 knows only true and false")
        default: return self.refuse(what, "true or false", faults)
        }
    }

    func integer(_ what: String, in range: ClosedRange<Int>, _ faults: FaultCollector) -> Int? {
        guard case .number(let text) = self.typed, let value = Int(text) else {
            return self.refuse(what, "a whole number", faults)
        }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            faults.error("\(what) must be \(bounds), is \(value)", at: self.location)
            return nil
        }
        return value
    }

    /// Milliseconds, from a number with a unit: `ms s m h d`. At least one millisecond unless `allowsZero`, at most ten years.
    func duration(_ what: String, allowsZero: Bool = false, _ faults: FaultCollector) -> Int64? {
        let hint = "write a unit: 500ms, 30s, 10m, 24h or 7d"
        switch self.typed {
        case .number: return self.refuse(what, "a duration with a unit", faults, hint: hint)
        case .text(let text):
            guard let (count, unit) = Self.quantity(text), let milliseconds = Self.milliseconds[unit] else {
                return self.refuse(what, "a duration", faults, hint: hint)
            }
            let (product, overflows) = Int64(count).multipliedReportingOverflow(by: milliseconds)
            guard !overflows, product <= 3650 * 86_400_000 else {
                faults.error("\(what) must not be longer than 3650d", at: self.location)
                return nil
            }
            guard product > 0 || allowsZero else {
                faults.error("\(what) must not be zero", at: self.location)
                return nil
            }
            return product
        default: return self.refuse(what, "a duration", faults, hint: hint)
        }
    }

    /// Bytes, from a number with a unit: `B KiB MiB`. Within the range, whose upper bound is at most a GiB.
    func byteCount(_ what: String, in range: ClosedRange<Int>, _ faults: FaultCollector) -> Int? {
        let hint = "write a unit: 512B, 64KiB or 1MiB"
        guard case .text(let text) = self.typed, let (count, unit) = Self.quantity(text) else {
            return self.refuse(what, "a size with a unit", faults, hint: hint)
        }
        guard let factor = Self.byteCounts[unit] else {
            return self.refuse(what, "a size", faults, hint: "sizes are counted in B, KiB (1024 B) and MiB (1024 KiB)")
        }
        let (product, overflows) = count.multipliedReportingOverflow(by: factor)
        guard !overflows, range.contains(product) else {
            let (least, most) = (Self.sizeInWords(range.lowerBound), Self.sizeInWords(range.upperBound))
            faults.error("\(what) must be \(least) to \(most), is \(text)", at: self.location)
            return nil
        }
        return product
    }

    /// One of a few words.
    func word(_ what: String, among words: [String], _ faults: FaultCollector) -> String? {
        guard let text = self.text(what, faults) else { return nil }
        guard words.contains(text) else {
            faults.error(
                "\(what) must be \(words.joined(separator: " or ")), is \(self.kindInWords)", at: self.location,
                hint: Spelling.suggestion(for: text, among: words))
            return nil
        }
        return text
    }

    /// A text or a list of texts. A text that comes from a variable may hold several, separated by commas.
    func texts(_ what: String, _ faults: FaultCollector) -> [(text: String, node: DocumentNode)] {
        var texts: [(text: String, node: DocumentNode)] = []
        for element in self.elements {
            if element.isNull && element.origin != .file { continue }
            guard let text = element.text(what, faults) else { continue }
            guard element.origin != .file else {
                texts.append((text, element))
                continue
            }
            for part in text.split(separator: ",") {
                let trimmed = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                if !trimmed.isEmpty { texts.append((trimmed, element)) }
            }
        }
        return texts
    }

    /// - Returns: `nil`, always.
    func refuse<Value>(_ what: String, _ wanted: String, _ faults: FaultCollector, hint: String? = nil) -> Value? {
        if !self.isFaulty {
            faults.error("\(what) must be \(wanted), is \(self.kindInWords)", at: self.location, hint: hint)
        }
        return nil
    }

    // MARK: Quantities

    static let milliseconds: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    private static let byteCounts = ["B": 1, "KiB": 1024, "MiB": 1024 * 1024]

    /// What a quoted text from a variable means is what it looks like.
    private var typed: Value {
        guard self.origin != .file, let raw else { return self.value }
        return PlainScalar.value(of: raw)
    }

    /// `64KiB` or `64 KiB`: a whole number and a unit.
    private static func quantity(_ text: String) -> (count: Int, unit: String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        return (count, String(text.dropFirst(digits.count).drop { $0 == " " }))
    }

    private static func sizeInWords(_ count: Int) -> String {
        if count >= 1024 * 1024, count % (1024 * 1024) == 0 { return "\(count / 1024 / 1024)MiB" }
        return count >= 1024 && count % 1024 == 0 ? "\(count / 1024)KiB" : "\(count)B"
    }
}
