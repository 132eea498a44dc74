// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The members of an object, in the order in which they came.
struct DocumentObject: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        var key: String
        var value: DocumentValue
    }

    private(set) var members: [Member]
    private var places: [String: Int]

    init(_ members: [Member] = []) {
        self.members = []
        self.places = [:]
        for member in members { self[member.key] = member.value }
    }

    var isEmpty: Bool { self.members.isEmpty }
    var keys: [String] { self.members.map(\.key) }

    /// A key that is there keeps its place. Setting `nil` removes it.
    subscript(key: String) -> DocumentValue? {
        get { self.places[key].map { self.members[$0].value } }
        set {
            switch (self.places[key], newValue) {
            case (let place?, let value?): self.members[place].value = value
            case (nil, let value?):
                self.places[key] = self.members.count
                self.members.append(Member(key: key, value: value))
            case (let place?, nil):
                self.members.remove(at: place)
                self.places = [:]
                for (index, member) in self.members.enumerated() { self.places[member.key] = index }
            case (nil, nil): break
            }
        }
    }

    /// Puts what is there, and nothing for what is not.
    mutating func put(_ key: String, _ value: DocumentValue?) {
        if let value { self[key] = value }
    }

    /// Puts a text that is there and not empty.
    mutating func put(_ key: String, _ text: String?) {
        if let text, !text.isEmpty { self[key] = .string(text) }
    }
}
