// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds what answers a method and a path.
///
/// Order of preference, segment by segment: literal text, `{name}`, `{name...}`; the order of registration does
/// not matter. A path is split at `/` before percent-decoding, so a `%2F` stays inside its segment and a channel name
/// such as `user:did:rangkai:abc` is one. A route of GET also answers HEAD; OPTIONS is answered for every known path.
/// Cost: one dictionary look-up a segment. Built once, then only read.
package struct HTTPRouter<Handler>: Sendable where Handler: Sendable {
    /// What a request's method and path lead to.
    package enum Outcome {
        case handler(Handler, HTTPParameters)
        /// Nothing has this path: 404.
        case notFound
        /// The path's percent-encoding is broken: 400.
        case malformedPath
        /// The path is there for the methods in `allow`, the value of an `Allow` header: 405.
        case methodNotAllowed(allow: String)
        /// OPTIONS without a handler of its own: 204 with this `Allow` header.
        case options(allow: String)
    }

    private struct Endpoint: Sendable {
        let handler: Handler
        let parameterNames: [String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var rest: Int?
        var endpoints: [HTTPMethod: Endpoint] = [:]
    }

    /// A tree by index: node 0 is the root.
    private var nodes = [Node()]

    package init() {}

    /// Adds a route. False, and nothing changed, if method and an equal pattern are taken already.
    @discardableResult
    package mutating func add(_ method: HTTPMethod, _ route: HTTPRoute, _ handler: Handler) -> Bool {
        var node = 0
        for segment in route.segments { node = self.child(of: node, for: segment) }
        guard self.nodes[node].endpoints[method] == nil else { return false }
        self.nodes[node].endpoints[method] = Endpoint(handler: handler, parameterNames: route.parameterNames)
        return true
    }

    /// - Parameter rawPath: as sent, without the query.
    package func route(_ method: HTTPMethod, _ rawPath: String) -> Outcome {
        guard rawPath.hasPrefix("/") else { return .notFound }
        var segments: [String] = []
        for segment in rawPath.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = PercentEncoding.decode(segment) else { return .malformedPath }
            segments.append(decoded)
        }
        var values: [String] = []
        guard let node = self.find(segments[...], from: 0, &values) else { return .notFound }
        let endpoints = self.nodes[node].endpoints
        if let endpoint = endpoints[method] ?? (method == .head ? endpoints[.get] : nil) {
            return .handler(endpoint.handler, HTTPParameters(names: endpoint.parameterNames, values: values))
        }
        let allow = Self.allow(endpoints.keys)
        return method == .options ? .options(allow: allow) : .methodNotAllowed(allow: allow)
    }

    private mutating func child(of node: Int, for segment: HTTPRoute.Segment) -> Int {
        let new = self.nodes.count
        let child: Int
        switch segment {
        case .literal(let text):
            child = self.nodes[node].literals[text] ?? new
            self.nodes[node].literals[text] = child
        case .parameter:
            child = self.nodes[node].parameter ?? new
            self.nodes[node].parameter = child
        case .rest:
            child = self.nodes[node].rest ?? new
            self.nodes[node].rest = child
        }
        if child == new { self.nodes.append(Node()) }
        return child
    }

    /// Depth is bounded by the longest registered pattern, whatever the path.
    private func find(_ segments: ArraySlice<String>, from node: Int, _ values: inout [String]) -> Int? {
        guard let segment = segments.first else {
            return self.nodes[node].endpoints.isEmpty ? nil : node
        }
        if let child = self.nodes[node].literals[segment],
            let found = self.find(segments.dropFirst(), from: child, &values)
        {
            return found
        }
        if let child = self.nodes[node].parameter, !segment.isEmpty {
            values.append(segment)
            if let found = self.find(segments.dropFirst(), from: child, &values) { return found }
            values.removeLast()
        }
        guard let child = self.nodes[node].rest else { return nil }
        values.append(segments.joined(separator: "/"))
        return child
    }

    private static func allow(_ methods: some Sequence<HTTPMethod>) -> String {
        var names = Set(methods.map(\.rawValue))
        if names.contains(HTTPMethod.get.rawValue) { names.insert(HTTPMethod.head.rawValue) }
        names.insert(HTTPMethod.options.rawValue)
        return names.sorted().joined(separator: ", ")
    }
}
