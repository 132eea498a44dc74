// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A JSON value with places to fill, compiled to a list of steps.
package struct Template: Sendable {
    /// The value as the contract wrote it.
    package indirect enum Node: Sendable {
        /// JSON text without places.
        case json([UInt8])
        case value(TemplatePath)
        case text(TextTemplate)
        case object([(key: String, value: Node)])
        case array([Element])
    }

    package enum Element: Sendable {
        case one(Node)
        /// Every element of the array at the path.
        case each(TemplatePath)
    }

    private enum Step: Sendable {
        case bytes([UInt8])
        case value(TemplatePath)
        case text(TextTemplate)
        /// An object some of whose keys may be left out: commas depend on what is there.
        case object([(key: [UInt8], value: Template, drops: Node)])
        case array([(element: Template?, spread: TemplatePath?)])
    }

    private var steps: [Step] = []

    /// The rendered text depends on the channel, so that several channels need several texts.
    package private(set) var usesChannel = false
    /// Something of the operation's result is in the text.
    package private(set) var usesResult = false
    /// Some claim of the user's token is in the text.
    package private(set) var usesClaims = false

    package init(_ node: Node) { self.compile(node) }

    package func append(to output: inout TemplateOutput, in scope: borrowing TemplateScope) {
        for step in self.steps {
            switch step {
            case .bytes(let bytes): output.bytes += bytes
            case .value(let path):
                if !scope.append(path, to: &output) { output.bytes += Self.null }
            case .text(let text): output.append(text, in: scope)
            case .object(let members): Self.append(members, to: &output, in: scope)
            case .array(let elements): Self.append(elements, to: &output, in: scope)
            }
        }
    }

    /// The rendered JSON text.
    package func rendered(in scope: borrowing TemplateScope) -> [UInt8] {
        var output = TemplateOutput()
        self.append(to: &output, in: scope)
        return output.bytes
    }

    private static let null: [UInt8] = Array("null".utf8)

    private static func append(
        _ members: [(key: [UInt8], value: Template, drops: Node)],
        to output: inout TemplateOutput,
        in scope: borrowing TemplateScope
    ) {
        output.bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members where !Self.isDropped(member.drops, in: scope) {
            if !isFirst { output.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            output.bytes += member.key
            member.value.append(to: &output, in: scope)
        }
        output.bytes.append(UInt8(ascii: "}"))
    }

    private static func isDropped(_ node: Node, in scope: borrowing TemplateScope) -> Bool {
        switch node {
        case .value(let path) where path.missing == .drop:
            var probe = TemplateOutput()
            return !scope.append(path, to: &probe)
        case .text(let text): return text.text(in: scope) == nil
        default: return false
        }
    }

    private static func append(
        _ elements: [(element: Template?, spread: TemplatePath?)],
        to output: inout TemplateOutput,
        in scope: borrowing TemplateScope
    ) {
        output.bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for item in elements {
            if let element = item.element {
                if !isFirst { output.bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                element.append(to: &output, in: scope)
            } else if let path = item.spread, let node = scope.node(of: path.source), node.kind == .array {
                for child in node.elements {
                    if !isFirst { output.bytes.append(UInt8(ascii: ",")) }
                    isFirst = false
                    output.bytes += child.rawBytes
                }
            }
        }
        output.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func compile(_ node: Node) {
        switch node {
        case .json(let bytes): self.add(bytes)
        case .value(let path):
            self.note(path)
            self.steps.append(.value(path))
        case .text(let text):
            for case .value(let path) in text.parts { self.note(path) }
            self.steps.append(.text(text))
        case .object(let members):
            if members.contains(where: { Self.mayDrop($0.value) }) {
                let compiled = members.map { (key: Self.key($0.key), value: Template($0.value), drops: $0.value) }
                for member in compiled { self.note(member.value) }
                self.steps.append(.object(compiled))
            } else {
                self.add([UInt8(ascii: "{")])
                for (index, member) in members.enumerated() {
                    if index > 0 { self.add([UInt8(ascii: ",")]) }
                    self.add(Self.key(member.key))
                    self.compile(member.value)
                }
                self.add([UInt8(ascii: "}")])
            }
        case .array(let elements):
            let compiled: [(element: Template?, spread: TemplatePath?)] = elements.map { element in
                switch element {
                case .one(let node): (Template(node), nil)
                case .each(let path): (nil, path)
                }
            }
            for case .some(let element) in compiled.map(\.element) { self.note(element) }
            for case .some(let path) in compiled.map(\.spread) { self.note(path) }
            self.steps.append(.array(compiled))
        }
    }

    private mutating func note(_ path: TemplatePath) {
        switch path.source {
        case .channelName, .channelParameter: self.usesChannel = true
        case .result: self.usesResult = true
        case .userClaims: self.usesClaims = true
        default: break
        }
    }

    private mutating func note(_ part: Template) {
        self.usesChannel = self.usesChannel || part.usesChannel
        self.usesResult = self.usesResult || part.usesResult
        self.usesClaims = self.usesClaims || part.usesClaims
    }

    private static func mayDrop(_ node: Node) -> Bool {
        switch node {
        case .value(let path): path.missing == .drop
        case .text(let text):
            text.parts.contains { if case .value(let path) = $0 { path.missing == .drop } else { false } }
        default: false
        }
    }

    private static func key(_ key: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.appendString(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        return bytes
    }

    /// Neighbouring constants become one step.
    private mutating func add(_ bytes: [UInt8]) {
        if case .bytes(let earlier)? = self.steps.last {
            self.steps[self.steps.count - 1] = .bytes(earlier + bytes)
        } else {
            self.steps.append(.bytes(bytes))
        }
    }
}
