// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What fits several types at once: a reference with keywords beside it, and `allOf`.
struct TypeMeet {
    private static let maximumChoiceCount = 64
    /// Two schemas that name themselves would be put together without end: deeper, the first one counts.
    private static let maximumDepth = 6

    let reader: SchemaReader

    func meet(_ types: [TypeModel]) -> TypeModel {
        var result = TypeModel.anything
        for type in types { result = self.meet(result, type, depth: 0) }
        return result
    }

    private func meet(_ a: TypeModel, _ b: TypeModel, depth: Int) -> TypeModel {
        if a == b || b == .anything { return a }
        if a == .anything { return b }
        guard depth < Self.maximumDepth else { return a }
        switch (a, b) {
        case (.named, _), (_, .named):
            return self.meet(self.reader.resolved(a), self.reader.resolved(b), depth: depth + 1)
        // Each of one with each of the other would be more than anybody can read.
        case (.union(let x), .union(let y)) where x.count * y.count > Self.maximumChoiceCount: return a
        case (.union(let members), _): return .oneOf(members.map { self.meet($0, b, depth: depth + 1) })
        case (_, .union(let members)): return .oneOf(members.map { self.meet(a, $0, depth: depth + 1) })
        case (.object(let x), .object(let y)): return .object(self.meet(x, y, depth: depth + 1))
        case (.object(let object), .map(let values)), (.map(let values), .object(let object)):
            var object = object
            if values != .anything, values != .nothing { object.further = values }
            return .object(object)
        case (.map(let x), .map(let y)): return .map(self.meet(x, y, depth: depth + 1))
        case (.array(let x), .array(let y)): return .array(self.meet(x, y, depth: depth + 1))
        case (.tuple, .array), (.literal, .tuple): return a
        case (.array, .tuple): return b
        case (.integer, .number), (.number, .integer): return .integer
        case (.literal(let literal), let type), (let type, .literal(let literal)):
            return Self.fits(literal, type) ? .literal(literal) : .nothing
        default: return .nothing
        }
    }

    private func meet(_ a: ObjectModel, _ b: ObjectModel, depth: Int) -> ObjectModel {
        var result = a
        for member in b.members {
            guard let index = result.members.firstIndex(where: { $0.name == member.name }) else {
                result.members.append(member)
                continue
            }
            let old = result.members[index]
            result.members[index] = ObjectModel.Member(
                name: old.name, type: self.meet(old.type, member.type, depth: depth),
                isRequired: old.isRequired || member.isRequired,
                notes: old.notes + member.notes.filter { !old.notes.contains($0) })
        }
        switch (a.further, b.further) {
        case (let x?, let y?): result.further = self.meet(x, y, depth: depth)
        case (let x, let y): result.further = x ?? y
        }
        return result
    }

    private static func fits(_ literal: TypeModel.Literal, _ type: TypeModel) -> Bool {
        switch (literal, type) {
        case (.string, .string), (.number, .number), (.number, .integer), (.bool, .boolean): true
        default: false
        }
    }
}
