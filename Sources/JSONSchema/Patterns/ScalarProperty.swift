// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What `\p{…}` can name: general categories, and the binary properties in common use.
///
/// Scripts are not among them: the standard library does not know them.
enum ScalarProperty: Sendable {
    case any, ascii, assigned, alphabetic, uppercase, lowercase, whiteSpace
    /// A general category by its short name: one letter for a group, two for one category.
    case category(String)

    /// By the name inside the braces, or nil.
    init?(named name: String) {
        let value = name.split(separator: "=", maxSplits: 1)
        if value.count == 2 {
            guard value[0] == "gc" || value[0] == "General_Category" else { return nil }
            guard let short = Self.shortName(of: String(value[1])) else { return nil }
            self = .category(short)
            return
        }
        switch name {
        case "Any": self = .any
        case "ASCII": self = .ascii
        case "Assigned": self = .assigned
        case "Alphabetic", "Alpha": self = .alphabetic
        case "Uppercase", "Upper": self = .uppercase
        case "Lowercase", "Lower": self = .lowercase
        case "White_Space", "space": self = .whiteSpace
        default:
            guard let short = Self.shortName(of: name) else { return nil }
            self = .category(short)
        }
    }

    func contains(_ value: UInt32) -> Bool {
        if case .any = self { return true }
        if case .ascii = self { return value < 128 }
        guard let scalar = Unicode.Scalar(value) else {
            if case .category(let name) = self { return name == "Cs" || name == "C" }
            return false
        }
        let properties = scalar.properties
        return switch self {
        case .any, .ascii: true
        case .assigned: properties.generalCategory != .unassigned
        case .alphabetic: properties.isAlphabetic
        case .uppercase: properties.isUppercase
        case .lowercase: properties.isLowercase
        case .whiteSpace: properties.isWhitespace
        case .category(let name): Self.shortName(of: properties.generalCategory).hasPrefix(name)
        }
    }

    private static func shortName(of name: String) -> String? {
        Self.names.first { $0.short == name || $0.long == name || $0.alias == name }?.short
    }

    private static let names: [(short: String, long: String, alias: String?)] = [
        ("L", "Letter", nil), ("Lu", "Uppercase_Letter", nil), ("Ll", "Lowercase_Letter", nil),
        ("Lt", "Titlecase_Letter", nil), ("Lm", "Modifier_Letter", nil), ("Lo", "Other_Letter", nil),
        ("M", "Mark", "Combining_Mark"), ("Mn", "Nonspacing_Mark", nil), ("Mc", "Spacing_Mark", nil),
        ("Me", "Enclosing_Mark", nil), ("N", "Number", nil), ("Nd", "Decimal_Number", "digit"),
        ("Nl", "Letter_Number", nil), ("No", "Other_Number", nil), ("P", "Punctuation", "punct"),
        ("Pc", "Connector_Punctuation", nil), ("Pd", "Dash_Punctuation", nil), ("Ps", "Open_Punctuation", nil),
        ("Pe", "Close_Punctuation", nil), ("Pi", "Initial_Punctuation", nil), ("Pf", "Final_Punctuation", nil),
        ("Po", "Other_Punctuation", nil), ("S", "Symbol", nil), ("Sm", "Math_Symbol", nil),
        ("Sc", "Currency_Symbol", nil), ("Sk", "Modifier_Symbol", nil), ("So", "Other_Symbol", nil),
        ("Z", "Separator", nil), ("Zs", "Space_Separator", nil), ("Zl", "Line_Separator", nil),
        ("Zp", "Paragraph_Separator", nil), ("C", "Other", nil), ("Cc", "Control", "cntrl"), ("Cf", "Format", nil),
        ("Cs", "Surrogate", nil), ("Co", "Private_Use", nil), ("Cn", "Unassigned", nil),
    ]

    private static func shortName(of category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
