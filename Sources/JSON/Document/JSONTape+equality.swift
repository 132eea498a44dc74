// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONTape {
    /// Whether two values are the same JSON value: numbers by exact value, strings after decoding, objects
    /// without regard to order, the last of repeated names counting.
    ///
    /// Recurses once a level of nesting, which the parser bounds. Costs n log n of the smaller object's size.
    package func isSameValue(_ index: Int, as otherIndex: Int, in other: JSONTape) -> Bool {
        let kind = self.kind(at: index)
        guard kind == other.kind(at: otherIndex) else { return false }
        switch kind {
        case .null:
            return true
        case .bool:
            return self.isTrue(at: index) == other.isTrue(at: otherIndex)
        case .number:
            if self.raw(at: index).hasSameBytes(as: other.raw(at: otherIndex)) { return true }
            return self.decimal(at: index) == other.decimal(at: otherIndex)
        case .string:
            guard other.isPlain(at: otherIndex) else {
                return self.decodedContent(at: index) == other.decodedContent(at: otherIndex)
            }
            return self.isString(at: index, equalTo: other.content(at: otherIndex))
        case .array:
            guard self.count(at: index) == other.count(at: otherIndex) else { return false }
            var (left, right) = (index + 1, otherIndex + 1)
            for _ in 0..<self.count(at: index) {
                guard self.isSameValue(left, as: right, in: other) else { return false }
                (left, right) = (self.next(after: left), other.next(after: right))
            }
            return true
        case .object:
            let (left, right) = (self.distinctMembers(of: index), other.distinctMembers(of: otherIndex))
            return left.elementsEqual(right) {
                $0.name == $1.name && self.isSameValue($0.value, as: $1.value, in: other)
            }
        }
    }

    /// Feeds what makes two values the same, so that the same values hash equally.
    package func hash(_ index: Int, into hasher: inout Hasher) {
        let kind = self.kind(at: index)
        hasher.combine(kind)
        switch kind {
        case .null:
            break
        case .bool:
            hasher.combine(self.isTrue(at: index))
        case .number:
            self.decimal(at: index).hash(into: &hasher)
        case .string:
            if self.isPlain(at: index) {
                hasher.combine(bytes: UnsafeRawBufferPointer(self.content(at: index)))
            } else {
                self.decodedContent(at: index).withUnsafeBytes { hasher.combine(bytes: $0) }
            }
        case .array:
            hasher.combine(self.count(at: index))
            var element = index + 1
            for _ in 0..<self.count(at: index) {
                self.hash(element, into: &hasher)
                element = self.next(after: element)
            }
        case .object:
            for member in self.distinctMembers(of: index) {
                hasher.combine(member.name)
                self.hash(member.value, into: &hasher)
            }
        }
    }

    /// The code points a string stands for, counted; a lone surrogate escape counts as one.
    package func scalarCount(at index: Int) -> Int {
        StringEscapes.scalarCount(of: self.content(at: index))
    }

    /// The members by name, of repeated names the last, in the order of the names' bytes.
    private func distinctMembers(of index: Int) -> [(name: [UInt8], value: Int)] {
        var members: [(name: [UInt8], value: Int)] = []
        members.reserveCapacity(self.count(at: index))
        var key = index + 1
        for _ in 0..<self.count(at: index) {
            members.append((self.decodedContent(at: key), key + 1))
            key = self.next(after: key + 1)
        }
        members.sort { left, right in
            left.name == right.name ? left.value < right.value : left.name.lexicographicallyPrecedes(right.name)
        }
        var distinct: [(name: [UInt8], value: Int)] = []
        for member in members {
            if distinct.last?.name == member.name { distinct.removeLast() }
            distinct.append(member)
        }
        return distinct
    }
}
