// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The documents of one compilation, their resources and anchors, and what is wrong with them.
///
/// Owned by one ``SchemaBuilder``. Documents are registered when first referred to.
struct SchemaRegistry {
    let allowsUnknownKeywords: Bool
    private let assertsFormats: Bool
    private let supplied: [String: JSONNode]
    private var documents: [(document: JSONDocument, uri: String?)] = []
    private(set) var resources: [SchemaResource] = []
    private var resourcesByURI: [String: Int] = [:]
    private var resourceOfLocation: [SchemaLocation: Int] = [:]
    private(set) var faults: [SchemaFault] = []

    static let metaschema = "https://json-schema.org/draft/2020-12/schema"

    init(
        compiled: JSONDocument, baseURI: String, supplied: [String: JSONNode], assertsFormats: Bool,
        allowsUnknownKeywords: Bool
    ) {
        self.supplied = supplied
        self.assertsFormats = assertsFormats
        self.allowsUnknownKeywords = allowsUnknownKeywords
        self.documents.append((compiled, nil))
        self.addResource(URIReference(baseURI), root: SchemaLocation(document: 0, index: 0), of: nil)
    }

    func node(at location: SchemaLocation) -> JSONNode {
        JSONNode(document: self.documents[location.document].document, index: location.index)
    }

    mutating func report(_ message: String, at location: SchemaLocation, hint: String? = nil) {
        let fault = SchemaFault(
            pointer: self.node(at: location).pointer, document: self.documents[location.document].uri, message: message,
            hint: hint)
        if !self.faults.contains(fault) { self.faults.append(fault) }
    }

    /// The resource a schema belongs to. The schema has been scanned.
    func resource(of location: SchemaLocation) -> Int { self.resourceOfLocation[location] ?? 0 }

    // MARK: Scanning

    /// Notes the identifiers and anchors of a schema and the schemas in it. Recurses once a level of nesting,
    /// which the JSON parser bounds.
    mutating func scan(_ location: SchemaLocation, in outer: Int) {
        guard self.resourceOfLocation[location] == nil else { return }
        let node = self.node(at: location)
        let resource = self.identify(node, at: location, in: outer)
        self.resourceOfLocation[location] = resource
        for member in node.members {
            guard let keyword = SchemaKeyword(rawValue: member.name) else { continue }
            let value = SchemaLocation(document: location.document, index: member.value.index)
            switch keyword.shape {
            case .value:
                break
            case .schema:
                self.scan(value, in: resource)
            case .schemas:
                for element in member.value.elements {
                    self.scan(SchemaLocation(document: location.document, index: element.index), in: resource)
                }
            case .schemasByName:
                for named in member.value.members {
                    self.scan(SchemaLocation(document: location.document, index: named.value.index), in: resource)
                }
            }
        }
    }

    /// - Returns: the resource the schema belongs to: its own if it has `$id`.
    private mutating func identify(_ node: JSONNode, at location: SchemaLocation, in outer: Int) -> Int {
        guard node.kind == .object else { return outer }
        var resource = outer
        if let identifier = node["$id"] {
            let uri = URIReference(identifier.string ?? "").resolved(against: self.resources[outer].uri)
            if identifier.kind != .string || !(uri.fragment ?? "").isEmpty {
                self.report("\"$id\" must be a URI without fragment", at: self.location(of: identifier, near: location))
            } else if let other = self.resourcesByURI[uri.absolute], self.resources[other].root != location {
                self.report("another schema has this \"$id\"", at: self.location(of: identifier, near: location))
            } else {
                resource = self.addResource(uri, root: location, of: outer)
            }
        }
        if let dialect = node["$schema"] {
            self.choose(dialect, for: resource, at: self.location(of: dialect, near: location))
        }
        if let name = self.anchor(node["$anchor"], at: location) {
            self.addAnchor(name, at: location, in: resource, isDynamic: false)
        }
        if let name = self.anchor(node["$dynamicAnchor"], at: location) {
            self.addAnchor(name, at: location, in: resource, isDynamic: true)
        }
        return resource
    }

    @discardableResult
    private mutating func addResource(_ uri: URIReference, root: SchemaLocation, of outer: Int?) -> Int {
        if let existing = self.resourcesByURI[uri.absolute] { return existing }
        let dialect = outer.map { self.resources[$0].dialect } ?? SchemaDialect(assertsFormats: self.assertsFormats)
        self.resources.append(SchemaResource(uri: uri, root: root, dialect: dialect))
        self.resourcesByURI[uri.absolute] = self.resources.count - 1
        return self.resources.count - 1
    }

    private mutating func addAnchor(_ name: String, at location: SchemaLocation, in resource: Int, isDynamic: Bool) {
        let existing = self.resources[resource].anchors[name] ?? self.resources[resource].dynamicAnchors[name]
        if let existing, existing != location { self.report("another schema has the anchor \"\(name)\"", at: location) }
        if isDynamic {
            self.resources[resource].dynamicAnchors[name] = location
        } else {
            self.resources[resource].anchors[name] = location
        }
    }

    /// Core §8.2.2: a name of letters, digits and `-._`, not starting with a digit, `-` or `.`.
    private mutating func anchor(_ node: JSONNode?, at location: SchemaLocation) -> String? {
        guard let node else { return nil }
        let name = node.string ?? ""
        let isName = name.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-._".utf8.contains($0) }
        guard let first = name.utf8.first, isName, first.isLetter || first == UInt8(ascii: "_") else {
            self.report(
                "an anchor must be a name of letters, digits, '-', '.' and '_'",
                at: self.location(of: node, near: location))
            return nil
        }
        return name
    }

    /// Applies `$schema`: the vocabularies that the metaschema it names declares.
    private mutating func choose(_ schema: JSONNode, for resource: Int, at location: SchemaLocation) {
        let uri = URIReference(schema.string ?? "").absolute
        guard uri != Self.metaschema else { return }
        guard let metaschema = self.supplied[uri] else {
            guard !self.allowsUnknownKeywords else { return }
            self.report("the dialect \"\(uri)\" is not supported", at: location, hint: "it is \"\(Self.metaschema)\"")
            return
        }
        guard let vocabularies = metaschema["$vocabulary"] else { return }
        let base = "https://json-schema.org/draft/2020-12/vocab/"
        self.resources[resource].dialect = SchemaDialect(
            validates: vocabularies[base + "validation"] != nil,
            assertsFormats: vocabularies[base + "format-assertion"] != nil || self.assertsFormats)
    }

    private func location(of node: JSONNode, near location: SchemaLocation) -> SchemaLocation {
        SchemaLocation(document: location.document, index: node.index)
    }

    // MARK: References

    /// The schema that a reference names, and its anchor if that is a dynamic one; nil after reporting why not.
    mutating func resolve(
        _ reference: String, from resource: Int, at location: SchemaLocation
    ) -> (target: SchemaLocation, dynamicAnchor: String?)? {
        let uri = URIReference(reference).resolved(against: self.resources[resource].uri)
        guard let target = self.resource(at: uri.absolute) else {
            let known = Set(self.supplied.keys).union(self.resourcesByURI.keys).filter { !$0.isEmpty }.sorted()
            self.report(
                "there is no document \"\(uri.absolute)\"", at: location,
                hint: Spelling.suggestion(for: uri.absolute, among: known))
            return nil
        }
        guard let fragment = uri.decodedFragment else {
            self.report("the reference \"\(reference)\" has a wrong percent-encoding", at: location)
            return nil
        }
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            if let found = self.resources[target].dynamicAnchors[fragment] { return (found, fragment) }
            if let found = self.resources[target].anchors[fragment] { return (found, nil) }
            let names = Array(self.resources[target].anchors.keys) + Array(self.resources[target].dynamicAnchors.keys)
            self.report(
                "there is no anchor \"\(fragment)\"", at: location,
                hint: Spelling.suggestion(for: fragment, among: names.sorted()))
            return nil
        }
        return self.descend(fragment, from: target, at: location).map { ($0, nil) }
    }

    private mutating func resource(at uri: String) -> Int? {
        if let known = self.resourcesByURI[uri] { return known }
        guard let root = self.supplied[uri] else { return nil }
        let location = SchemaLocation(document: self.documents.count, index: root.index)
        self.documents.append((root.document, uri))
        let resource = self.addResource(URIReference(uri), root: location, of: nil)
        self.scan(location, in: resource)
        // Its own `$id`, where it has one, is its name from here on.
        self.resourcesByURI[uri] = self.resource(of: location)
        return self.resource(of: location)
    }

    /// Follows a JSON Pointer from a resource's root to a schema.
    private mutating func descend(
        _ fragment: String, from resource: Int, at location: SchemaLocation
    ) -> SchemaLocation? {
        let root = self.resources[resource].root
        var (node, owner) = (self.node(at: root), resource)
        for token in JSONPointer(parsing: fragment)?.tokens ?? ["~"] {
            guard let child = node.descendant(at: JSONPointer([token])) else {
                let hint = Spelling.suggestion(for: token, among: node.members.map(\.name))
                self.report("there is no schema at \"#\(fragment)\"", at: location, hint: hint)
                return nil
            }
            node = child
            owner = self.resourceOfLocation[SchemaLocation(document: root.document, index: node.index)] ?? owner
        }
        guard node.kind == .object || node.kind == .bool else {
            self.report(
                "what is at \"#\(fragment)\" is no schema", at: location, hint: "a schema is an object or a boolean")
            return nil
        }
        let target = SchemaLocation(document: root.document, index: node.index)
        self.scan(target, in: owner)
        return target
    }
}
