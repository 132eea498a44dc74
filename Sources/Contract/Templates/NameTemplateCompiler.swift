// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Makes the templates by which an event names channels and users.
struct NameTemplateCompiler {
    /// What a place in a name may be.
    enum Places {
        /// Fields of an event's payload; `{member}` too where `allowsMember`.
        case payload(PayloadFields, allowsMember: Bool)
        /// Parameters of the channel's own pattern.
        case parameters([String])
    }

    let places: Places
    let faults: FaultCollector

    /// - Parameter what: names the value in messages, such as "a route".
    /// - Returns: `nil` after a fault.
    func name(_ node: DocumentNode, what: String) -> NameTemplate? {
        guard let text = node.nonEmptyText(what, self.faults) else { return nil }
        return self.name(text, at: node.location)
    }

    func name(_ text: String, at location: SourceLocation) -> NameTemplate? {
        do throws(PlaceText.Failure) {
            var template = NameTemplate(parts: [])
            for piece in try PlaceText(text).pieces {
                switch piece {
                case .literal(let literal): template.parts.append(.literal(literal))
                case .place(let place):
                    template.parts.append(try self.part(place))
                    if place.isOptional { template.isOptional = true }
                }
            }
            return template
        } catch {
            self.faults.error(error.message, at: location, hint: error.hint)
            return nil
        }
    }

    private func part(_ place: PlaceText.Place) throws(PlaceText.Failure) -> NameTemplate.Part {
        guard !place.isSpread else {
            throw PlaceText.Failure(message: "\"{\(place.path)[]}\" in a name is not available in this version")
        }
        guard place.fallback == nil else {
            throw PlaceText.Failure(
                message: "\"{\(place.path)|…}\": a name has no defaults", hint: "write {\(place.path)?}")
        }
        switch self.places {
        case .parameters(let names):
            guard place.keys.count == 1, let index = names.firstIndex(of: place.keys[0]) else {
                throw PlaceText.Failure(
                    message: "\"{\(place.path)}\" is no parameter of the pattern",
                    hint: names.isEmpty
                        ? "the pattern has no parameters"
                        : "it has \(names.map { "{\($0)}" }.joined(separator: ", "))")
            }
            guard !place.isOptional else {
                throw PlaceText.Failure(
                    message: "\"{\(place.path)?}\": a parameter is never missing", hint: "leave out ?")
            }
            return .parameter(place.keys[0], index: index)
        case .payload(_, allowsMember: true) where place.keys == ["member"]: return .member
        case .payload(let fields, _):
            do throws(PlaceText.Failure) { try fields.checkName(place) } catch {
                guard place.keys == ["member"] else { throw error }
                throw PlaceText.Failure(
                    message: error.message,
                    hint: "members have a name only under \"as\": { membersOf: …, as: \"user:{member}\" }")
            }
            return .field(place.keys)
        }
    }
}

extension NameTemplate {
    /// All names that the template can make, as a pattern.
    var pattern: ChannelPattern {
        ChannelPattern(texts: self.parts.map { if case .literal(let text) = $0 { text } else { nil } })
    }
}

extension TextTemplate {
    /// All texts that the template can make, as a pattern.
    var pattern: ChannelPattern {
        ChannelPattern(texts: self.parts.map { if case .literal(let text) = $0 { text } else { nil } })
    }
}

extension Operation.ChannelSource {
    /// All names that can be made, as a pattern; `nil`: any.
    var pattern: ChannelPattern? {
        switch self {
        case .each: nil
        case .text(let template): template.pattern
        case .eachWithin(let before, let path, let after):
            TextTemplate(parts: before.parts + [.value(path)] + after.parts).pattern
        }
    }
}

extension ChannelPattern {
    /// One parameter alone, to which every name belongs.
    var catchesAll: Bool { if self.parts.count == 1, case .parameter = self.parts[0] { true } else { false } }

    /// - Parameter texts: literal texts, and `nil` for each place.
    fileprivate init(texts: [String?]) {
        var parts: [Part] = []
        for text in texts {
            if let text {
                parts.append(.literal(text))
            } else if case .parameter? = parts.last {
                // Two places side by side make any text, as one does.
                continue
            } else {
                parts.append(.parameter("\(parts.count)"))
            }
        }
        self.init(parts: parts)
    }
}
