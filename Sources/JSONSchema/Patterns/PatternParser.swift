// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads ECMA-262 regular expressions in Unicode mode (§22.2.1).
///
/// More lenient than that mode in two places where schemas in use rely on browsers: `{`, `}` and `]` stand for
/// themselves where they can mean nothing else, and any ASCII punctuation may be escaped. Refused: back
/// references, lookbehind and scripts, which a matcher of bounded time cannot or does not do.
/// Limits: groups nested 100 deep, counts of 1000.
struct PatternParser {
    private let text: [UInt32]
    private var position = 0
    private var depth = 0

    static let greatestCount = 1000
    private static let deepestGroup = 100

    init(_ pattern: String) {
        self.text = pattern.unicodeScalars.map(\.value)
    }

    mutating func parse() throws(PatternFault) -> PatternSyntax {
        let syntax = try self.alternatives()
        guard self.position == self.text.count else { throw self.fault("has ')' without '('") }
        return syntax
    }

    // MARK: Terms

    private mutating func alternatives() throws(PatternFault) -> PatternSyntax {
        var alternatives: [PatternSyntax] = []
        repeat {
            var terms: [PatternSyntax] = []
            while let next = self.peek, next != "|", next != ")" {
                terms.append(try self.term())
            }
            alternatives.append(terms.count == 1 ? terms[0] : .sequence(terms))
        } while self.take("|")
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func term() throws(PatternFault) -> PatternSyntax {
        let start = self.position
        if self.take("^") { return .start }
        if self.take("$") { return .end }
        if self.take("\\b") { return .wordBoundary(isNegated: false) }
        if self.take("\\B") { return .wordBoundary(isNegated: true) }
        let atom = try self.atom()
        guard let (minimum, maximum) = try self.quantifier() else { return atom }
        if case .ahead = atom {
            self.position = start
            throw self.fault("repeats a lookahead")
        }
        return .repeated(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func atom() throws(PatternFault) -> PatternSyntax {
        switch self.peek {
        case "(":
            return try self.group()
        case "[":
            return .one(try self.characterClass())
        case ".":
            self.position += 1
            return .one(.dot)
        case "\\":
            return .one(try self.escape(inClass: false))
        case "*", "+", "?":
            throw self.fault("repeats nothing")
        default:
            self.position += 1
            return .one(ScalarSet(self.text[self.position - 1]))
        }
    }

    private mutating func group() throws(PatternFault) -> PatternSyntax {
        let start = self.position
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Self.deepestGroup else { throw self.fault("nests groups deeper than \(Self.deepestGroup)") }
        var isAhead = false
        var isNegated = false
        if self.take("(?<=") || self.take("(?<!") {
            self.position = start
            throw self.fault("uses lookbehind, which is not supported")
        } else if self.take("(?=") {
            isAhead = true
        } else if self.take("(?!") {
            (isAhead, isNegated) = (true, true)
        } else if self.take("(?<") {
            while let next = self.peek, next != ">" { self.position += 1 }
            guard self.take(">") else { throw self.fault("has a group name without '>'") }
        } else if !self.take("(?:") {
            guard !self.take("(?") else { throw self.fault("has an unknown kind of group") }
            self.position += 1
        }
        let content = try self.alternatives()
        guard self.take(")") else {
            self.position = start
            throw self.fault("has '(' without ')'")
        }
        return isAhead ? .ahead(content, isNegated: isNegated) : content
    }

    private mutating func quantifier() throws(PatternFault) -> (minimum: Int, maximum: Int?)? {
        let bounds: (Int, Int?)
        if self.take("*") {
            bounds = (0, nil)
        } else if self.take("+") {
            bounds = (1, nil)
        } else if self.take("?") {
            bounds = (0, 1)
        } else if let counted = try self.countedQuantifier() {
            bounds = counted
        } else {
            return nil
        }
        _ = self.take("?")
        return bounds
    }

    /// `{n}`, `{n,}` or `{n,m}`; nil, and nothing consumed, for a brace that is none of these.
    private mutating func countedQuantifier() throws(PatternFault) -> (Int, Int?)? {
        let start = self.position
        guard self.take("{"), let minimum = self.number() else {
            self.position = start
            return nil
        }
        var maximum: Int? = minimum
        if self.take(",") { maximum = self.number() }
        guard self.take("}") else {
            self.position = start
            return nil
        }
        guard minimum <= Self.greatestCount, maximum ?? 0 <= Self.greatestCount else {
            throw self.fault("repeats more than \(Self.greatestCount) times")
        }
        guard maximum.map({ $0 >= minimum }) ?? true else { throw self.fault("has a range of counts that is empty") }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next = self.peek, ("0"..."9").contains(next) {
            value = min((value ?? 0) * 10 + Int(next.value - 0x30), Self.greatestCount + 1)
            self.position += 1
        }
        return value
    }

    // MARK: Characters

    private mutating func characterClass() throws(PatternFault) -> ScalarSet {
        let start = self.position
        self.position += 1
        let isNegated = self.take("^")
        var sets: [ScalarSet] = []
        while !self.take("]") {
            let first = try self.classMember(of: start)
            guard self.peek == "-", let after = self.peek(ahead: 1), after != "]" else {
                sets.append(first)
                continue
            }
            self.position += 1
            let last = try self.classMember(of: start)
            guard let lower = first.single, let upper = last.single else { throw self.fault("has a range of classes") }
            guard lower <= upper else { throw self.fault("has a range that is out of order") }
            sets.append(ScalarSet([lower...upper]))
        }
        return ScalarSet(union: sets, isNegated: isNegated)
    }

    private mutating func classMember(of start: Int) throws(PatternFault) -> ScalarSet {
        guard let next = self.peek else {
            self.position = start
            throw self.fault("has '[' without ']'")
        }
        if next == "\\" { return try self.escape(inClass: true) }
        self.position += 1
        return ScalarSet(next.value)
    }

    private mutating func escape(inClass: Bool) throws(PatternFault) -> ScalarSet {
        self.position += 1
        guard let letter = self.peek else { throw self.fault("ends with '\\'") }
        self.position += 1
        switch letter {
        case "d": return .digits
        case "D": return ScalarSet.digits.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .space
        case "S": return ScalarSet.space.negated
        case "t": return ScalarSet(0x09)
        case "n": return ScalarSet(0x0A)
        case "v": return ScalarSet(0x0B)
        case "f": return ScalarSet(0x0C)
        case "r": return ScalarSet(0x0D)
        case "b" where inClass: return ScalarSet(0x08)
        case "0" where !(self.peek.map { ("0"..."9").contains($0) } ?? false): return ScalarSet(0)
        case "c": return try self.controlEscape()
        case "x": return ScalarSet(try self.hexadecimal(digits: 2))
        case "u": return ScalarSet(try self.unicodeEscape())
        case "p", "P": return try self.propertyEscape(isNegated: letter == "P")
        case "1"..."9", "k": throw self.fault("uses a back reference, which is not supported", back: 2)
        case _ where letter.isASCII && !letter.properties.isAlphabetic && !("0"..."9").contains(letter):
            return ScalarSet(letter.value)
        default: throw self.fault("has the unknown escape '\\\(letter)'", back: 2)
        }
    }

    private mutating func controlEscape() throws(PatternFault) -> ScalarSet {
        guard let letter = self.peek, letter.isASCII, letter.properties.isAlphabetic else {
            throw self.fault("has '\\c' without a letter")
        }
        self.position += 1
        return ScalarSet(letter.value & 31)
    }

    private mutating func unicodeEscape() throws(PatternFault) -> UInt32 {
        if self.take("{") {
            var value: UInt32 = 0
            while let digit = self.peek.flatMap(Self.hexadecimalDigit), value <= 0x10FFFF {
                value = value << 4 | digit
                self.position += 1
            }
            guard value <= 0x10FFFF, self.take("}") else { throw self.fault("has a wrong '\\u{…}'") }
            return value
        }
        let unit = try self.hexadecimal(digits: 4)
        let start = self.position
        guard 0xD800...0xDBFF ~= unit, self.take("\\u"), let low = try? self.hexadecimal(digits: 4),
            0xDC00...0xDFFF ~= low
        else {
            self.position = start
            return unit
        }
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func hexadecimal(digits: Int) throws(PatternFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = self.peek.flatMap(Self.hexadecimalDigit) else {
                throw self.fault("has an escape without its \(digits) hex digits")
            }
            value = value << 4 | digit
            self.position += 1
        }
        return value
    }

    private mutating func propertyEscape(isNegated: Bool) throws(PatternFault) -> ScalarSet {
        let start = self.position
        guard self.take("{") else { throw self.fault("has '\\p' without '{'") }
        var name = ""
        while let next = self.peek, next != "}" {
            name.unicodeScalars.append(next)
            self.position += 1
        }
        guard self.take("}") else {
            self.position = start
            throw self.fault("has '\\p{' without '}'")
        }
        guard let property = ScalarProperty(named: name) else {
            self.position = start
            throw self.fault("names the character property '\(name)', which is not supported")
        }
        return ScalarSet(property, isNegated: isNegated)
    }

    private static func hexadecimalDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        Character(scalar).isASCII ? Character(scalar).hexDigitValue.map(UInt32.init) : nil
    }

    // MARK: Reading

    private var peek: Unicode.Scalar? { self.peek(ahead: 0) }

    private func peek(ahead: Int) -> Unicode.Scalar? {
        guard self.position + ahead < self.text.count else { return nil }
        return Unicode.Scalar(self.text[self.position + ahead])
    }

    private mutating func take(_ expected: String) -> Bool {
        let scalars = expected.unicodeScalars
        guard self.text[self.position...].starts(with: scalars.map(\.value)) else { return false }
        self.position += scalars.count
        return true
    }

    private func fault(_ message: String, back: Int = 0) -> PatternFault {
        PatternFault(message: "\(message) at character \(self.position - back + 1)")
    }
}
