// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Makes templates of a contract's values.
struct TemplateCompiler {
    var context: TemplateContext
    let faults: FaultCollector
    /// Told of every path that a template names.
    var uses: PathUse?

    /// Any value; texts in it may have places.
    func template(_ node: DocumentNode) -> Template { Template(self.compile(node)) }

    /// A text with places, such as an error's message; `nil` after a fault.
    func text(_ node: DocumentNode, what: String) -> TextTemplate? {
        guard let text = node.text(what, self.faults), let parsed = self.parse(text, at: node) else { return nil }
        return self.text(parsed, at: node)
    }

    /// A text that must be one line; left out where a variable makes it empty.
    func line(_ node: DocumentNode, what: String) -> TextTemplate? {
        if node.isEmptyVariable { return nil }
        if case .text(let text) = node.value, text.contains(where: \.isNewline) {
            self.faults.error("\(what) must be one line", at: node.location)
        }
        return self.text(node, what: what)
    }

    /// The channels or users that a request names; `nil` after a fault.
    func channelSource(_ node: DocumentNode, what: String) -> Operation.ChannelSource? {
        guard let text = node.nonEmptyText(what, self.faults), let parsed = self.parse(text, at: node) else {
            return nil
        }
        if let place = parsed.singlePlace, place.isSpread {
            return self.path(place, at: node, isName: true).map { .each($0) }
        }
        if let index = parsed.pieces.firstIndex(where: \.isSpread) {
            return self.spread(parsed.pieces, at: index, node)
        }
        return self.text(parsed, at: node).map { .text($0) }
    }

    /// Each element of an array within the same text.
    private func spread(_ pieces: [PlaceText.Piece], at index: Int, _ node: DocumentNode) -> Operation.ChannelSource? {
        let before = self.text(pieces[..<index], at: node)
        let after = self.text(pieces[(index + 1)...], at: node)
        guard case .place(let place) = pieces[index], let path = self.path(place, at: node, isName: true), let before,
            let after
        else { return nil }
        return .eachWithin(before, path, after)
    }

    // MARK: Values

    private func compile(_ node: DocumentNode) -> Template.Node {
        switch node.value {
        case .null, .faulty: return .json(Array("null".utf8))
        case .bool(let value): return .json(Array("\(value)".utf8))
        case .number(let text): return .json(Array(text.utf8))
        case .text(let text): return self.compile(text, at: node)
        case .list(let elements): return Self.array(elements.map(self.element))
        case .map(let entries):
            return Self.object(
                entries.map { entry in
                    if entry.key.contains(where: { $0 == "{" || $0 == "}" }) {
                        self.faults.error("a key in a template has no places", at: entry.keyLocation)
                    }
                    return (entry.key, self.compile(entry.value))
                })
        }
    }

    private func compile(_ text: String, at node: DocumentNode) -> Template.Node {
        guard let parsed = self.parse(text, at: node) else { return .json(Array("null".utf8)) }
        if let place = parsed.singlePlace {
            guard !place.isSpread else {
                self.faults.error("\"{\(place.path)[]}\" can only be an element of a list", at: node.location)
                return .json(Array("null".utf8))
            }
            return self.path(place, at: node).map { .value($0) } ?? .json(Array("null".utf8))
        }
        guard let text = self.text(parsed, at: node) else { return .json(Array("null".utf8)) }
        if text.parts.contains(where: { if case .value = $0 { true } else { false } }) { return .text(text) }
        var bytes: [UInt8] = []
        JSONWriter.appendString(
            text.parts.map { if case .literal(let literal) = $0 { literal } else { "" } }.joined(), to: &bytes)
        return .json(bytes)
    }

    private func element(_ node: DocumentNode) -> Template.Element {
        guard case .text(let text) = node.value, let place = (try? PlaceText(text))?.singlePlace, place.isSpread else {
            return .one(self.compile(node))
        }
        return self.path(place, at: node).map { .each($0) } ?? .one(.json(Array("null".utf8)))
    }

    // MARK: Texts

    private func parse(_ text: String, at node: DocumentNode) -> PlaceText? {
        do throws(PlaceText.Failure) {
            return try PlaceText(text)
        } catch {
            self.faults.error(error.message, at: node.location, hint: error.hint)
            return nil
        }
    }

    private func text(_ parsed: PlaceText, at node: DocumentNode) -> TextTemplate? {
        self.text(parsed.pieces[...], at: node)
    }

    private func text(_ pieces: ArraySlice<PlaceText.Piece>, at node: DocumentNode) -> TextTemplate? {
        var parts: [TextTemplate.Part] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): parts.append(.literal(text))
            case .place(let place):
                guard !place.isSpread else {
                    self.faults.error(
                        "\"{\(place.path)[]}\" makes several texts, which cannot stand here", at: node.location)
                    return nil
                }
                guard let path = self.path(place, at: node) else { return nil }
                parts.append(.value(path))
            }
        }
        return TextTemplate(parts: parts)
    }

    /// - Parameter isName: roles can be spread, as texts.
    private func path(_ place: PlaceText.Place, at node: DocumentNode, isName: Bool = false) -> TemplatePath? {
        do throws(PlaceText.Failure) {
            let source = try self.context.source(of: place)
            if place.isSpread {
                switch source {
                case .args, .userClaims, .publicationData, .result, .payload, .body: break
                case .userRoles where isName: break
                default:
                    self.faults.error("\"{\(place.path)[]}\": there is no array to spread", at: node.location)
                    return nil
                }
            }
            self.uses?.sources.insert(source)
            return TemplatePath(source, missing: Self.missing(place))
        } catch {
            self.faults.error(error.message, at: node.location, hint: error.hint)
            return nil
        }
    }

    private static func missing(_ place: PlaceText.Place) -> TemplatePath.Missing {
        if place.isOptional { return .drop }
        guard let fallback = place.fallback else { return .null }
        if fallback == "{}" || fallback == "[]" { return .value(Array(fallback.utf8)) }
        // Read as YAML reads a plain scalar: {count|0} is the number 0.
        switch PlainScalar.value(of: fallback) {
        case .null where !fallback.isEmpty, .bool: return .value(Array(fallback.lowercased().utf8))
        case .number(let text): return .value(Array(text.utf8))
        default:
            var bytes: [UInt8] = []
            JSONWriter.appendString(fallback, to: &bytes)
            return .value(bytes)
        }
    }

    // MARK: Folding constants

    private static func array(_ elements: [Template.Element]) -> Template.Node {
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements {
            guard case .one(.json(let bytes)) = element else { return .array(elements) }
            writer.raw(bytes)
        }
        writer.endArray()
        return .json(writer.bytes)
    }

    private static func object(_ members: [(key: String, value: Template.Node)]) -> Template.Node {
        var writer = JSONWriter()
        writer.beginObject()
        for member in members {
            guard case .json(let bytes) = member.value else { return .object(members) }
            writer.key(member.key)
            writer.raw(bytes)
        }
        writer.endObject()
        return .json(writer.bytes)
    }
}
