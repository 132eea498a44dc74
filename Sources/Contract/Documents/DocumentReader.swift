// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Yams

/// Reads YAML into a tree with places.
///
/// YAML 1.2 with the core schema. Aliases and merge keys (`<<`) are followed; keys are texts; a key stands
/// once in a map; tags other than `!!str` are refused.
/// Limits: 1 MiB of text, nesting of 64, 100,000 values once aliases are unfolded.
struct DocumentReader {
    static let maximumByteCount = 1024 * 1024
    static let maximumDepth = 64
    static let maximumValueCount = 100_000
    /// Repeated keys that are looked for before reading ends.
    private static let maximumRepeatCount = 64

    /// A value with what following an alias to it would cost.
    private struct Built {
        var node: DocumentNode
        var count = 1
        var height = 1
    }

    private struct Place: Hashable {
        var line: Int
        var column: Int
    }

    private let file: String
    private let variables: VariableResolver
    private let faults: FaultCollector
    private var anchors: [String: Built] = [:]
    private var valueCount = 0
    private var isTooLarge = false
    /// Names of keys that stand again later in their map, by their own place.
    private var repeated: [Place: String] = [:]
    /// `auth.mode` is `none`: nothing is made of keys and sessions, so that their variables need not be set.
    private var ignoresCredentials = false

    init(file: String, variables: VariableResolver, faults: FaultCollector) {
        self.file = file
        self.variables = variables
        self.faults = faults
    }

    /// - Returns: `nil` after a fault that leaves nothing to look at.
    mutating func read(_ text: String) -> DocumentNode? {
        guard text.utf8.count <= Self.maximumByteCount else {
            self.faults.error("the file has more than 1 MiB", at: self.location(nil))
            return nil
        }
        guard var masked = MaskedText(text) else {
            self.faults.error("the characters U+E100 to U+E1BF are reserved", at: self.location(nil))
            return nil
        }
        for _ in 0..<Self.maximumRepeatCount {
            do {
                // No resolver: types are given here. The parser owns the anchors of its nodes and must outlive them.
                let parser = try Parser(yaml: masked.text, resolver: .basic)
                let root = try parser.singleRoot()
                return withExtendedLifetime(parser) {
                    guard let root else {
                        self.faults.error("the file is empty", at: self.location(nil))
                        return nil
                    }
                    self.ignoresCredentials = self.authMode(root) == "none"
                    return self.build(root, path: [], depth: 1).node
                }
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = Place(line: context.mark.line, column: context.mark.column)
                guard let name = names.first, masked.renameKey(line: place.line, column: place.column) else {
                    self.faults.error("a key stands twice in this map", at: self.location(context.mark))
                    return nil
                }
                self.repeated[place] = name
            } catch {
                self.report(error)
                return nil
            }
        }
        self.faults.error("more than \(Self.maximumRepeatCount) keys stand twice in their maps", at: self.location(nil))
        return nil
    }

    // MARK: Building

    private mutating func build(_ node: Node, path: [String], depth: Int) -> Built {
        let location = self.location(node.mark)
        guard depth <= Self.maximumDepth else {
            self.faults.error("values are nested more than \(Self.maximumDepth) deep", at: location)
            return Built(node: DocumentNode(value: .faulty, location: location))
        }
        guard self.take(1, at: location) else { return Built(node: DocumentNode(value: .faulty, location: location)) }
        let built: Built
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, let name = MaskedText.aliasName(scalar.string) {
                return self.follow(name, depth: depth, at: location)
            }
            built = Built(node: self.scalar(scalar, for: self.use(of: path), at: location))
        case .sequence(let sequence):
            self.checkTag(sequence.tag, at: location)
            var list = Built(node: DocumentNode(value: .null, location: location))
            var elements: [DocumentNode] = []
            for element in sequence {
                elements.append(Self.add(self.build(element, path: path, depth: depth + 1), to: &list))
            }
            list.node.value = .list(elements)
            built = list
        case .mapping(let mapping):
            self.checkTag(mapping.tag, at: location)
            built = self.map(mapping, path: path, depth: depth, at: location)
        case .alias:
            // The parser makes none of these: it never sees a star.
            built = Built(node: DocumentNode(value: .faulty, location: location))
        }
        // Known only from here on: a value cannot refer to itself.
        if let anchor = node.anchor { self.anchors[anchor.rawValue] = built }
        return built
    }

    private static func add(_ child: Built, to parent: inout Built) -> DocumentNode {
        parent.count += child.count
        parent.height = max(parent.height, child.height + 1)
        return child.node
    }

    private mutating func take(_ count: Int, at location: SourceLocation) -> Bool {
        self.valueCount += count
        guard self.valueCount > Self.maximumValueCount else { return true }
        if !self.isTooLarge {
            self.faults.error("the file unfolds to more than \(Self.maximumValueCount) values", at: location)
        }
        self.isTooLarge = true
        return false
    }

    private mutating func follow(_ name: String, depth: Int, at location: SourceLocation) -> Built {
        let faulty = Built(node: DocumentNode(value: .faulty, location: location))
        guard !name.isEmpty else {
            self.faults.error("a text that begins with * must be in quotes", at: location)
            return faulty
        }
        guard let target = self.anchors[name] else {
            self.faults.error(
                "nothing is anchored as &\(name) before this", at: location,
                hint: Spelling.nearest(to: name, among: self.anchors.keys.sorted()).map { "did you mean *\($0)?" })
            return faulty
        }
        guard depth + target.height - 1 <= Self.maximumDepth else {
            self.faults.error("values are nested more than \(Self.maximumDepth) deep", at: location)
            return faulty
        }
        return self.take(target.count - 1, at: location) ? target : faulty
    }

    /// What a scalar at this path is for.
    private func use(of path: [String]) -> VariableResolver.Use {
        guard path.count > 2, path[0] == "auth" else { return .value }
        if self.ignoresCredentials && (path[1] == "keys" || path[1] == "sessions") { return .nothing }
        return path == ["auth", "keys", "secret"] ? .secret : .value
    }

    /// The text of `auth.mode`, which decides how the rest of `auth` is read, wherever in the file it stands.
    private func authMode(_ root: Node) -> String? {
        var node: Node? = root
        for key in ["auth", "mode"] {
            guard case .mapping(let map)? = node else { return nil }
            node =
                map.first { entry in
                    guard case .scalar(let scalar) = entry.key else { return false }
                    return MaskedText.pieces(of: scalar.string) == [.literal(key)]
                }?.value
        }
        guard case .scalar(let scalar)? = node else { return nil }
        return self.variables.quietValue(of: MaskedText.pieces(of: scalar.string))
    }

    private mutating func scalar(
        _ scalar: Node.Scalar, for use: VariableResolver.Use, at location: SourceLocation
    ) -> DocumentNode {
        let tag = scalar.tag.rawValue
        let isText = tag == Tag.Name.str.rawValue || tag == "!"
        if !isText && !tag.isEmpty { self.checkTag(scalar.tag, at: location) }
        let pieces = MaskedText.pieces(of: scalar.string)
        guard let resolved = self.variables.resolve(pieces, for: use, at: location, self.faults) else {
            return DocumentNode(value: .faulty, location: location)
        }
        let isPlain = scalar.style == .plain && !isText
        return DocumentNode(
            value: isPlain ? PlainScalar.value(of: resolved.text) : .text(resolved.text), location: location,
            origin: resolved.origin, variables: resolved.variables, raw: resolved.text)
    }

    private mutating func map(_ mapping: Node.Mapping, path: [String], depth: Int, at location: SourceLocation) -> Built
    {
        var map = Built(node: DocumentNode(value: .null, location: location))
        var entries: [DocumentNode.Entry] = []
        var places: [String: SourceLocation] = [:]
        var merged: [DocumentNode] = []
        for (keyNode, valueNode) in mapping {
            let keyLocation = self.location(keyNode.mark)
            guard let key = self.key(keyNode, at: keyLocation) else { continue }
            let built = self.build(valueNode, path: path + [key], depth: depth + 1)
            // Counted although it is dropped, so that no limit depends on a fault.
            let value = Self.add(built, to: &map)
            if MaskedText.isRenamed(key) { continue }
            if key == "<<", case .scalar(let scalar) = keyNode, scalar.style == .plain {
                merged += value.elements
            } else if let first = places[key] {
                self.reportRepeated(key, first: first.line, at: keyLocation)
            } else {
                places[key] = keyLocation
                entries.append(DocumentNode.Entry(key: key, keyLocation: keyLocation, value: value))
            }
        }
        for (keyNode, _) in mapping {
            guard let mark = keyNode.mark, let name = self.repeated[Place(line: mark.line, column: mark.column)],
                let last = places[Self.plainText(name)]
            else { continue }
            self.reportRepeated(Self.plainText(name), first: mark.line, at: last)
        }
        self.merge(merged, into: &entries, known: Set(places.keys))
        map.node.value = .map(entries)
        return map
    }

    private func merge(_ sources: [DocumentNode], into entries: inout [DocumentNode.Entry], known: Set<String>) {
        var known = known
        for source in sources {
            guard case .map(let added) = source.value else {
                if !source.isFaulty {
                    self.faults.error(
                        "<< takes a map or a list of maps, not \(source.kindInWords)", at: source.location)
                }
                continue
            }
            for entry in added where known.insert(entry.key).inserted { entries.append(entry) }
        }
    }

    private func key(_ node: Node, at location: SourceLocation) -> String? {
        guard case .scalar(let scalar) = node else {
            self.faults.error("a key must be a text", at: location, hint: "put a key with braces or brackets in quotes")
            return nil
        }
        if scalar.style == .plain, MaskedText.aliasName(scalar.string) != nil {
            self.faults.error("an alias cannot be a key", at: location, hint: "write the key out, or put it in quotes")
            return nil
        }
        let pieces = MaskedText.pieces(of: scalar.string)
        guard pieces.count == 1, case .literal(let key) = pieces[0] else {
            self.faults.error("a key cannot hold a variable", at: location)
            return nil
        }
        return key
    }

    private static func plainText(_ masked: String) -> String {
        MaskedText.pieces(of: masked).map { if case .literal(let text) = $0 { text } else { "" } }.joined()
    }

    // MARK: Faults

    private func reportRepeated(_ key: String, first line: Int, at location: SourceLocation) {
        self.faults.error("the key \"\(key)\" stands twice in this map; the first is in line \(line)", at: location)
    }

    private func checkTag(_ tag: Tag, at location: SourceLocation) {
        let name = tag.rawValue
        guard !name.isEmpty, name != "!", name != Tag.Name.seq.rawValue, name != Tag.Name.map.rawValue else { return }
        self.faults.error("tags such as \(name) are not supported", at: location, hint: "leave the tag out")
    }

    private func report(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let text = context.map { "\($0.text) in line \($0.mark.line): \(problem)" } ?? problem
            self.faults.error("this is not YAML: \(text)", at: self.location(mark))
        case YamlError.reader(let problem, _, _, _):
            self.faults.error("this is not YAML: \(problem)", at: self.location(nil))
        default: self.faults.error("this is not YAML", at: self.location(nil))
        }
    }

    private func location(_ mark: Mark?) -> SourceLocation {
        SourceLocation(file: self.file, line: max(mark?.line ?? 1, 1), column: max(mark?.column ?? 1, 1))
    }
}
