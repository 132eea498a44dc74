// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// A contract's HTTP requests as an OpenAPI 3.1 document.
struct OpenAPIDocument {
    let facts: ContractFacts

    private var outline: ContractOutline { self.facts.outline }

    /// Of operations, by their methods and paths.
    private let keys: [String: String]

    init(_ facts: ContractFacts) {
        self.facts = facts
        var keys = DocumentKeys()
        self.keys = keys.keys(for: facts.outline.routes.map(\.key))
    }

    func document() -> DocumentValue {
        var document: DocumentObject = DocumentObject()
        document["openapi"] = "3.1.0"
        document["info"] = [
            "title": .string(self.outline.title), "version": "1.0.0",
            "description": .string(
                self.outline.routes.isEmpty
                    ? "This contract answers no HTTP requests."
                    : "HTTP requests that are answered on the clients' ports."),
        ]
        document["servers"] = .array(self.servers)
        document["paths"] = .object(self.paths())
        var components = DocumentObject()
        let schemes = SecuritySchemes(self.outline).openAPI
        if !schemes.isEmpty { components["securitySchemes"] = .object(schemes) }
        components["schemas"] = .object(self.schemas)
        document["components"] = .object(components)
        return .object(document)
    }

    private var servers: [DocumentValue] {
        var urls: [String] = []
        for endpoint in self.outline.endpoints {
            let url = "http\(endpoint.isSecure ? "s" : "")://\(endpoint.host ?? "localhost"):\(endpoint.port)"
            if !urls.contains(url) { urls.append(url) }
        }
        return urls.map { ["url": .string($0)] }
    }

    private var schemas: DocumentObject {
        var schemas = self.facts.book.components
        let problem =
            self.facts.template("problem") ?? ["error": ["code": "{error.code}", "message": "{error.message}"]]
        schemas[SchemaBook.problem] = self.facts.schema(of: problem, arguments: nil)
        return schemas
    }

    private func paths() -> DocumentObject {
        var paths = DocumentObject()
        for route in self.outline.routes {
            let path = TemplateText(route.path).parts.map { part in
                switch part {
                case .text(let text): text
                case .place(let place): "{\(place.path.last ?? "name")}"
                }
            }.joined()
            guard case .object(var item) = paths[path] ?? [:] else { continue }
            item[route.method.lowercased()] = self.operation(route)
            paths[path] = .object(item)
        }
        return paths
    }

    private func operation(_ route: RouteOutline) -> DocumentValue {
        var operation: DocumentObject = DocumentObject()
        operation["operationId"] = .string(self.keys[route.key] ?? route.key)
        operation.put("summary", CommandWords.operations[route.does])
        operation["tags"] = [.string(route.does)]
        operation["security"] = SecuritySchemes(self.outline).requirement(of: route.sender)
        let parameters = self.parameters(of: route)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = self.facts.bodies[route.key] {
            operation["requestBody"] = [
                "required": true,
                "content": [
                    "application/json": [
                        "schema": body, "example": self.facts.exampleBody(of: route) ?? [:],
                    ]
                ],
            ]
        }
        operation["responses"] = .object(self.responses(of: route))
        return .object(operation)
    }

    private func parameters(of route: RouteOutline) -> [DocumentValue] {
        let path = TemplateText(route.path).places.compactMap(\.path.last).map { name -> DocumentValue in
            [
                "name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1],
                "example": .string(self.facts.exampleParameter(name)),
            ]
        }
        let query = route.queries.map { name -> DocumentValue in
            ["name": .string(name), "in": "query", "required": false, "schema": ["type": "string"]]
        }
        var headers: [DocumentValue] = []
        if route.sender == "app", route.does == "publish" {
            headers.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": ["type": "string", "minLength": 1, "maxLength": 255],
                "description": "A repetition within 24 hours is answered as the first time, and published once.",
            ])
        }
        return path + query + headers
    }

    private func responses(of route: RouteOutline) -> DocumentObject {
        var responses = DocumentObject()
        var success: DocumentObject = DocumentObject()
        success["description"] = .string(route.reply == nil ? "It was done." : "The answer.")
        if let template = route.reply.flatMap({ DocumentValue(parsing: $0) }) {
            let body = self.facts.exampleBody(of: route)
            success["content"] = [
                "application/json": [
                    "schema": self.schema(of: template, route),
                    "example": GuideMaker(self.facts).examples(of: route, body: body).value(of: template),
                ]
            ]
        }
        responses["\(route.status)"] = .object(success)
        for (status, codes) in self.refusals(of: route) {
            responses["\(status)"] = [
                "description": .string("Refused: \(codes.joined(separator: ", "))."),
                "content": ["application/json": ["schema": SchemaBook.reference(to: SchemaBook.problem)]],
            ]
        }
        return responses
    }

    private func schema(of template: DocumentValue, _ route: RouteOutline) -> DocumentValue {
        var schemas = TemplateSchemas(book: self.facts.book)
        schemas.roots["body"] = self.facts.bodies[route.key]
        if let item = route.item.flatMap({ DocumentValue(parsing: $0) }) {
            let one = schemas.schema(of: item)
            schemas.references["result.items"] = ["type": "array", "items": one]
            schemas.references["result.publications"] = ["type": "array", "items": one]
        }
        return schemas.schema(of: template)
    }

    private func refusals(of route: RouteOutline) -> [(status: Int, codes: [String])] {
        var byStatus: [Int: [String]] = [:]
        for name in route.errors {
            guard let error = self.outline.errors.first(where: { $0.code == name }), error.status != route.status
            else { continue }
            if byStatus[error.status]?.contains(error.publicCode) != true {
                byStatus[error.status, default: []].append(error.publicCode)
            }
        }
        return byStatus.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
