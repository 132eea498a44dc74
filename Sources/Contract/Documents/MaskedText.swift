// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A contract's text made fit for the YAML parser.
///
/// What YAML would misread is hidden behind characters of the private use area, one for one, so that places
/// stay true: variables (`${NAME:-a, b}` is no YAML inside braces), and the `*` of aliases, which are resolved
/// here because the parser gives them the place of their anchor and unfolds them without bounds.
struct MaskedText {
    /// A part of a scalar once the masks are off.
    enum Piece: Equatable {
        case literal(String)
        case variable(name: String, fallback: String?)
        /// `${` that begins no variable.
        case malformed
    }

    private static let maskBase: UInt32 = 0xE100
    private static let hiddenStar = Unicode.Scalar(UInt16(0xE100 + 0x2A)) ?? "*"
    /// Renamed keys begin with these, each with one of its own.
    private static let renamed: ClosedRange<UInt32> = 0xE180...0xE1BF

    private var lines: [[Unicode.Scalar]] = []
    private var renamedCount: UInt32 = 0

    /// - Returns: `nil` when the text has characters that the masks need, U+E100 to U+E1BF.
    init?(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        guard !scalars.contains(where: { (0xE100...0xE1BF).contains($0.value) }) else { return nil }
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        Self.mask(&scalars)
        // The parser ends lines at these, too; `\r\n` counts as one.
        self.lines = Self.split(scalars)
    }

    var text: String {
        var view = String.UnicodeScalarView()
        for line in self.lines { view.append(contentsOf: line) }
        return String(view)
    }

    /// Makes the key that begins at a place differ from every other, so that parsing can go on behind a repeated key.
    ///
    /// - Returns: `false` when there is no character to change, or after 64 times.
    mutating func renameKey(line: Int, column: Int) -> Bool {
        guard line >= 1, line <= self.lines.count, column >= 1 else { return false }
        var index = column - 1
        guard index < self.lines[line - 1].count else { return false }
        let quote = self.lines[line - 1][index]
        if quote == "\"" || quote == "'" {
            index += 1
            guard index < self.lines[line - 1].count, self.lines[line - 1][index] != quote else { return false }
        }
        guard let mark = Unicode.Scalar(Self.renamed.lowerBound + self.renamedCount), Self.renamed.contains(mark.value)
        else {
            return false
        }
        self.lines[line - 1][index] = mark
        self.renamedCount += 1
        return true
    }

    static func isRenamed(_ key: String) -> Bool {
        key.unicodeScalars.first.map { Self.renamed.contains($0.value) } ?? false
    }

    /// The name that an alias written as a plain scalar refers to; `nil` when the scalar is no alias.
    ///
    /// - Returns: an empty name for a star that is followed by anything but a name.
    static func aliasName(_ scalar: String) -> String? {
        guard scalar.unicodeScalars.first == Self.hiddenStar else { return nil }
        let name = scalar.unicodeScalars.dropFirst()
        return name.allSatisfy { Self.isNameCharacter($0) || $0 == "-" } ? String(name) : ""
    }

    /// The scalar's parts, with `$${` read as the text `${`.
    static func pieces(of scalar: String) -> [Piece] {
        var pieces: [Piece] = []
        var literal = String.UnicodeScalarView()
        var token: [Unicode.Scalar]?
        let scalars = Array(scalar.unicodeScalars)
        var index = 0
        func isText(_ text: String) -> Bool { scalars[index...].starts(with: text.unicodeScalars) }
        while index < scalars.count {
            let isMasked = (Self.maskBase..<Self.maskBase + 128).contains(scalars[index].value)
            let plain = isMasked ? Unicode.Scalar(UInt8(scalars[index].value - Self.maskBase)) : scalars[index]
            if var open = token {
                open.append(plain)
                token = open
                if isMasked && plain == "}" {
                    pieces.append(Self.variable(open))
                    token = nil
                }
            } else if isMasked && plain == "$" {
                if !literal.isEmpty { pieces.append(.literal(String(literal))) }
                literal = String.UnicodeScalarView()
                token = [plain]
            } else if isText("$${") {
                literal.append(contentsOf: "${".unicodeScalars)
                index += 2
            } else if isText("${") {
                pieces.append(.malformed)
                index += 1
            } else {
                literal.append(plain)
            }
            index += 1
        }
        if !literal.isEmpty || pieces.isEmpty { pieces.append(.literal(String(literal))) }
        return pieces
    }

    // MARK: Masking

    private static func mask(_ scalars: inout [Unicode.Scalar]) {
        var index = 0
        while index < scalars.count {
            if scalars[index] == "*" {
                scalars[index] = Self.hiddenStar
            } else if scalars[index] == "$", index + 1 < scalars.count, scalars[index + 1] == "$" {
                index += 1
            } else if scalars[index] == "$", let end = Self.endOfVariable(scalars, at: index) {
                for position in index..<end where scalars[position].isASCII {
                    scalars[position] = Unicode.Scalar(Self.maskBase + scalars[position].value) ?? "?"
                }
                index = end - 1
            }
            index += 1
        }
    }

    /// The position behind `${NAME}` or `${NAME:-default}`; a default holds no line break, `}` or `${`.
    private static func endOfVariable(_ scalars: [Unicode.Scalar], at start: Int) -> Int? {
        var index = start + 1
        guard index < scalars.count, scalars[index] == "{" else { return nil }
        index += 1
        let nameStart = index
        while index < scalars.count, Self.isNameCharacter(scalars[index]) { index += 1 }
        guard index > nameStart, index < scalars.count, !("0"..."9").contains(scalars[nameStart]) else { return nil }
        if scalars[index] == "}" { return index + 1 }
        guard scalars[index] == ":", index + 1 < scalars.count, scalars[index + 1] == "-" else { return nil }
        index += 2
        while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" {
            if scalars[index] == "}" { return index + 1 }
            if scalars[index] == "$", index + 1 < scalars.count, scalars[index + 1] == "{" { return nil }
            index += 1
        }
        return nil
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private static func variable(_ token: [Unicode.Scalar]) -> Piece {
        var content = String.UnicodeScalarView()
        content.append(contentsOf: token.dropFirst(2).dropLast())
        let text = String(content)
        guard let colon = text.firstIndex(of: ":") else { return .variable(name: text, fallback: nil) }
        return .variable(name: String(text[..<colon]), fallback: String(text[colon...].dropFirst(2)))
    }

    private static func split(_ scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        for (index, scalar) in scalars.enumerated() {
            line.append(scalar)
            let isBreak =
                switch scalar {
                case "\n", "\u{85}", "\u{2028}", "\u{2029}": true
                case "\r": index + 1 == scalars.count || scalars[index + 1] != "\n"
                default: false
                }
            if isBreak {
                lines.append(line)
                line = []
            }
        }
        lines.append(line)
        return lines
    }
}
