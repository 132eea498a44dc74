// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What JSON values a schema lets through, as far as types of programming languages can say it.
indirect enum TypeModel: Equatable, Sendable {
    case anything
    case nothing
    case null
    case boolean
    case number
    case integer
    case string
    case literal(Literal)
    case array(TypeModel)
    /// The first so many are always there.
    case tuple([TypeModel], required: Int, rest: TypeModel?)
    /// An object of any keys with values of one type.
    case map(TypeModel)
    case object(ObjectModel)
    /// A declaration, by its key.
    case named(String)
    case union([TypeModel])

    /// A scalar that is given.
    enum Literal: Hashable, Sendable {
        case string(String)
        /// As the schema writes it.
        case number(String)
        case bool(Bool)
    }

    /// A union without unions in it, without repetitions, and not of one alone.
    static func oneOf(_ types: [TypeModel]) -> TypeModel {
        var members: [TypeModel] = []
        for type in types {
            let more: [TypeModel] = if case .union(let inner) = type { inner } else { [type] }
            for member in more where member != .nothing && !members.contains(member) { members.append(member) }
        }
        if members.contains(.anything) { return .anything }
        if members.contains(.number) { members.removeAll { $0 == .integer } }
        return switch members.count {
        case 0: .nothing
        case 1: members[0]
        default: .union(members)
        }
    }
}

/// An object with members that are known.
struct ObjectModel: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        var name: String
        var type: TypeModel
        var isRequired: Bool
        /// Sentences about it: its description, its format, its bounds.
        var notes: [String] = []
    }

    var members: [Member] = []
    /// What further members are; `nil`: nothing is said of them.
    var further: TypeModel?

    subscript(name: String) -> Member? { self.members.first { $0.name == name } }
}
