// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import Realtime

/// A value of a scenario: JSON with places that are filled in when a step is taken.
package struct ScenarioValue: Sendable {
    package indirect enum Kind: Sendable {
        /// JSON text.
        case json([UInt8])
        case text([Part])
        case list([ScenarioValue])
        case object([Member])
        /// One of them, by chance.
        case pick(Choices, place: Int)
        /// One after the other, round and round.
        case next(Choices, place: Int)
        /// A whole number that is one more each time.
        case count(from: Int, place: Int)
        /// A number that goes up and down by chance, by `step` at most.
        case walk(Span, place: Int)
        /// A number that goes up by `step`, and begins again after its end.
        case rise(Span, place: Int)
    }

    package struct Member: Sendable {
        package var key: String
        package var value: ScenarioValue
    }

    /// What is chosen from.
    package enum Choices: Sendable {
        case values([ScenarioValue])
        /// The elements of a variable.
        case variable(String)
    }

    /// A part of a text.
    package enum Part: Sendable, Equatable {
        case literal(String)
        /// A variable's value, and what stands in it under these keys.
        case variable([String])
        /// The present, so many milliseconds later.
        case now(Int64)
        /// A fresh id.
        case id
    }

    /// Numbers in units of the last decimal place.
    package struct Span: Sendable, Equatable {
        package var from: Int64
        package var to: Int64
        package var step: Int64
        package var decimals: Int

        /// The number's JSON text.
        func text(_ value: Int64) -> String {
            guard self.decimals > 0 else { return String(value) }
            let factor = Self.factor(self.decimals)
            let digits = String(abs(value) % factor)
            let padding = String(repeating: "0", count: self.decimals - digits.count)
            return "\(value < 0 ? "-" : "")\(abs(value) / factor).\(padding)\(digits)"
        }

        static func factor(_ decimals: Int) -> Int64 { (0..<decimals).reduce(1) { product, _ in product * 10 } }
    }

    package var kind: Kind
    package var location: SourceLocation

    /// Where the part of the value under a pointer stands in the file, or the nearest around it.
    func location(of pointer: JSONPointer) -> SourceLocation {
        var value = self
        for token in pointer.tokens {
            switch value.kind {
            case .object(let members):
                guard let member = members.first(where: { $0.key == token }) else { return value.location }
                value = member.value
            case .list(let elements):
                guard let index = Int(token), elements.indices.contains(index) else { return value.location }
                value = elements[index]
            default: return value.location
            }
        }
        return value.location
    }
}
