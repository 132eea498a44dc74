// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The values of `format` that are checked (JSON Schema Validation §7.3).
enum StringFormat: String, CaseIterable, Sendable {
    case dateTime = "date-time"
    case date, time, email, hostname, ipv4, ipv6, uri
    case uriReference = "uri-reference"
    case uuid

    /// Those the specification knows besides, which stay annotations.
    static let unchecked: Set<String> = [
        "duration", "idn-email", "idn-hostname", "iri", "iri-reference", "uri-template", "json-pointer",
        "relative-json-pointer", "regex",
    ]

    /// Whether a text of UTF-8 has the format.
    func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .dateTime: TimeFormat.isDateTime(text)
        case .date: TimeFormat.isDate(text)
        case .time: TimeFormat.isTime(text)
        case .email: AddressFormat.isEmail(text)
        case .hostname: AddressFormat.isHostname(text)
        case .ipv4: AddressFormat.isIPv4(text)
        case .ipv6: AddressFormat.isIPv6(text)
        case .uri: URIFormat.isReference(text, needsScheme: true)
        case .uriReference: URIFormat.isReference(text, needsScheme: false)
        case .uuid: Self.isUUID(text)
        }
    }

    /// What a text of the format is called in a message.
    var noun: String {
        switch self {
        case .dateTime: "a date and time such as 2025-01-31T08:30:00Z"
        case .date: "a date such as 2025-01-31"
        case .time: "a time with offset such as 08:30:00Z"
        case .email: "an e-mail address"
        case .hostname: "a host name"
        case .ipv4: "an IPv4 address"
        case .ipv6: "an IPv6 address"
        case .uri: "an absolute URI"
        case .uriReference: "a URI or relative reference"
        case .uuid: "a UUID"
        }
    }

    /// RFC 9562 §4: 8-4-4-4-12 hex digits, any version and variant.
    private static func isUUID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        for position in 0..<36 {
            switch position {
            case 8, 13, 18, 23: guard text[position] == UInt8(ascii: "-") else { return false }
            default: guard text[position].isHexDigit else { return false }
            }
        }
        return true
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
    var isHexDigit: Bool { self.isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
}
