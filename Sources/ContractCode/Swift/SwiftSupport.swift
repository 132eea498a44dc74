// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Types that generated code brings along where it needs them.
enum SwiftSupport {
    /// Any JSON value.
    static func value(access: String) -> [String] {
        Self.lines(
            """
                /// Any JSON value.
                @@indirect enum JSONValue: Codable, Sendable, Hashable {
                    /// `null`.
                    case null
                    /// `true` or `false`.
                    case bool(Bool)
                    /// Any number.
                    case number(Double)
                    /// A text.
                    case string(String)
                    /// A list.
                    case array([JSONValue])
                    /// An object.
                    case object([String: JSONValue])

                    /// Reads any value.
                    @@init(from decoder: any Decoder) throws {
                        let container = try decoder.singleValueContainer()
                        if container.decodeNil() {
                            self = .null
                        } else if let value = try? container.decode(Bool.self) {
                            self = .bool(value)
                        } else if let value = try? container.decode(Double.self) {
                            self = .number(value)
                        } else if let value = try? container.decode(String.self) {
                            self = .string(value)
                        } else if let value = try? container.decode([JSONValue].self) {
                            self = .array(value)
                        } else {
                            self = .object(try container.decode([String: JSONValue].self))
                        }
                    }

                    /// Writes the value as it is.
                    @@func encode(to encoder: any Encoder) throws {
                        var container = encoder.singleValueContainer()
                        switch self {
                        case .null: try container.encodeNil()
                        case .bool(let value): try container.encode(value)
                        case .number(let value): try container.encode(value)
                        case .string(let value): try container.encode(value)
                        case .array(let value): try container.encode(value)
                        case .object(let value): try container.encode(value)
                        }
                    }
                }
            """, access)
    }

    /// What stands between a value and another of its kind within it.
    static func box(access: String) -> [String] {
        Self.lines(
            """
                /// Holds a value of a kind that may hold itself.
                @@indirect enum Box<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
                    /// The value.
                    case value(Value)

                    /// The value.
                    @@var value: Value {
                        switch self {
                        case .value(let value): value
                        }
                    }

                    /// Reads the value itself.
                    @@init(from decoder: any Decoder) throws { self = .value(try Value(from: decoder)) }

                    /// Writes the value itself.
                    @@func encode(to encoder: any Encoder) throws { try self.value.encode(to: encoder) }
                }
            """, access)
    }

    private static func lines(_ text: String, _ access: String) -> [String] {
        text.replacing("@@", with: access).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
