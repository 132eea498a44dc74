// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `http:`.
struct BindingCompiler {
    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// A key of `http:`, read.
    struct Route {
        var method: String
        var path: String
        var parameters: [String]
        var entry: DocumentNode.Entry

        /// Equal for paths that differ in the names of their parameters only.
        var shape: String {
            let segments = self.path.split(separator: "/", omittingEmptySubsequences: false)
            return segments.map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
        }
    }

    let operations: OperationCompiler
    let library: SchemaLibrary
    let listeners: [ListenerRules]
    let auth: AuthRules
    let faults: FaultCollector

    /// - Parameter routes: see ``routes(_:_:)``.
    func bindings(_ routes: [Route]) -> [HTTPBinding] {
        for (index, route) in routes.enumerated() {
            if let earlier = routes[..<index].first(where: { $0.method == route.method && $0.shape == route.shape }) {
                self.faults.error(
                    "\(route.method) \(route.path) stands already in line \(earlier.entry.keyLocation.line)",
                    at: route.entry.keyLocation, hint: "parameters do not tell two paths apart")
            }
            if let listener = self.listeners.first(where: { $0.takes(route.method, route.path) }) {
                self.faults.error(
                    "\(route.method) \(route.path) is the \(listener.kindInWords) endpoint in line \(listener.location.line)",
                    at: route.entry.keyLocation, hint: "give one of them another path")
            }
        }
        return routes.compactMap(self.binding)
    }

    private func binding(_ route: Route) -> HTTPBinding? {
        guard let map = MapReader(route.entry.value, ContractKeys.binding, what: "an HTTP request", self.faults) else {
            return nil
        }
        let callers = HTTPBinding.Caller.allCases.map(\.rawValue)
        let callerNode = map.required("as", hint: "whose credentials count: \(callers.joined(separator: ", "))")
        let caller = callerNode?.word("\"as\"", among: callers, self.faults).flatMap(HTTPBinding.Caller.init)
        let name = self.operations.name(map, among: OperationName.ofRequests)
        if let callerNode, caller == .user, self.auth.credentials.isEmpty {
            self.faults.error(
                "no request can be a user's: \"auth\" has no \"tokens\"", at: callerNode.location,
                hint: "write auth: { tokens: [ { jwt: header.authorization } ] }")
        }
        if name == .inbox, let callerNode, let caller, caller != .user {
            self.faults.error("an inbox is a user's", at: callerNode.location, hint: "write as: user")
        }
        let status = map["status"].map { $0.integer("\"status\"", in: 200...299, self.faults) } ?? 200
        let body = self.body(map, route)
        guard let name else { return nil }
        var roots: [TemplateContext.Root] = [.path, .query, .now]
        if route.method != "GET" { roots.append(.body) }
        if caller == nil || caller == .user { roots.append(.user) }
        // A repetition would have another id than what it repeats.
        if name == .publish && caller != .app { roots.append(.new) }
        let place = RequestPlace(
            name: "\(route.method) \(route.path)", roots: roots,
            advice: [
                .user: "a request as: \(caller?.rawValue ?? "backend") has no user",
                .connection: "an HTTP request is no connection", .args: "write body, query or path",
                .body: "a GET request has no body: write query",
            ],
            pathParameters: route.parameters, body: body, isClient: false, hasManyAnswers: false)
        let operation = self.operations.operation(name, map, place, keys: ContractKeys.binding)
        if caller == .app, let callerNode {
            BindingReading(name: name, map: map, place: place, compiler: self.operations)
                .checkForApp(at: callerNode.location)
        }
        guard let operation, let caller, let status else { return nil }
        var binding = HTTPBinding(
            method: route.method, path: route.path, caller: caller, operation: operation, body: body.knowledge.schema,
            status: status, location: route.entry.keyLocation)
        binding.proxy = self.proxy(map, route)
        return binding
    }

    private func proxy(_ map: MapReader, _ route: Route) -> String? {
        guard let node = map["proxy"], !node.isEmptyVariable else { return nil }
        if route.method != "POST" {
            self.faults.error(
                "only a POST request can be passed on", at: map.keyLocation("proxy"),
                hint: "write \"POST \(route.path)\"")
        }
        return node.address("\"proxy\"", example: "http://backend:4000/api/auth/refresh", self.faults)
    }

    private func body(_ map: MapReader, _ route: Route) -> PayloadFields {
        var fields = PayloadFields(
            event: "the body of \(route.method) \(route.path)", root: "body", knowledge: .nothing, library: self.library
        )
        if let node = map["body"] {
            fields.knowledge = self.library.knowledge(node, "body", self.faults)
            if route.method == "GET" {
                self.faults.error(
                    "a GET request has no body", at: map.keyLocation("body"), hint: "its parameters are query.NAME")
            }
        }
        return fields
    }

    // MARK: Routes

    /// The keys of `http:`, those with a fault left out.
    static func routes(_ node: DocumentNode?, _ faults: FaultCollector) -> [Route] {
        (node?.entries("\"http\"", faults) ?? []).compactMap { entry in
            let parts = entry.key.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1].hasPrefix("/") else {
                faults.error(
                    "\"\(entry.key)\" is no request", at: entry.keyLocation,
                    hint: "write method and path, such as \"POST /broadcast\"")
                return nil
            }
            guard Self.methods.contains(parts[0]) else {
                faults.error(
                    "unknown method \"\(parts[0])\"", at: entry.keyLocation,
                    hint: Spelling.hint(for: parts[0], among: Self.methods))
                return nil
            }
            guard let parameters = Self.parameters(of: parts[1], at: entry.keyLocation, faults) else { return nil }
            return Route(method: parts[0], path: parts[1], parameters: parameters, entry: entry)
        }
    }

    private static func parameters(
        of path: String, at location: SourceLocation, _ faults: FaultCollector
    ) -> [String]? {
        let hint = "a path begins with / and has no spaces, ? or #; a parameter is a whole segment: /orders/{orderId}"
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 }) else {
            faults.error("\"\(path)\" is no path", at: location, hint: hint)
            return nil
        }
        var names: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard segment.contains(where: { $0 == "{" || $0 == "}" }) else { continue }
            guard let place = (try? PlaceText(String(segment)))?.singlePlace, place.keys.count == 1,
                !place.isOptional, !place.isSpread, place.fallback == nil
            else {
                faults.error("\"\(path)\" is no path", at: location, hint: hint)
                return nil
            }
            guard !names.contains(place.keys[0]) else {
                faults.error("the parameter {\(place.keys[0])} stands twice in the path", at: location)
                return nil
            }
            names.append(place.keys[0])
        }
        return names
    }
}
