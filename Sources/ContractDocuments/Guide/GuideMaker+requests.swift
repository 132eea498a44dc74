// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// HTTP beside the sockets, and the programs of others.
extension GuideMaker {
    func requests() -> Guide.Section? {
        guard !self.outline.routes.isEmpty else { return nil }
        return Guide.Section(
            id: "http", title: "HTTP requests",
            blocks: [.paragraph("On the same ports as the sockets, such as \(code: self.facts.httpAddress).")],
            entries: self.outline.routes.map(self.request))
    }

    private func request(_ route: RouteOutline) -> Guide.Entry {
        var blocks: [Guide.Block] = [
            .paragraph(Prose(CommandWords.operations[route.does] ?? route.does)),
            .paragraph(Prose("Sent by \(Self.senders[route.sender] ?? route.sender).")),
        ]
        if !route.queries.isEmpty {
            blocks.append(.paragraph("Query parameters: \(Prose.list(route.queries.map { .code($0) }))."))
        }
        let fields = self.facts.bodies[route.key].map { self.facts.book.fields(of: $0) } ?? []
        if !fields.isEmpty { blocks += [.heading("Body"), .fields(fields)] }
        let refusals = self.refusals(of: route)
        if !refusals.isEmpty { blocks.append(.paragraph("Refused with \(Prose.list(refusals, last: "or")).")) }
        return Guide.Entry(
            id: Anchor.id("http", route.key), name: route.path, prefix: route.method, tags: [route.does],
            keywords: fields.map(\.name) + route.queries, blocks: blocks, samples: self.samples(of: route))
    }

    private static let senders = [
        "user": "a user, with the credential of a connection",
        "backend": "a backend, with the API key as a bearer token, or from a trusted network",
        "app": "an app, with its key as a bearer token and its id in X-App-Id", "anyone": "anyone",
    ]

    /// Codes by their statuses.
    private func refusals(of route: RouteOutline) -> [Prose] {
        var byStatus: [Int: [String]] = [:]
        for name in route.errors {
            guard let error = self.outline.errors.first(where: { $0.code == name }) else { continue }
            if byStatus[error.status]?.contains(error.publicCode) != true {
                byStatus[error.status, default: []].append(error.publicCode)
            }
        }
        return byStatus.sorted { $0.key < $1.key }.map { status, codes in
            "\(status) (\(Prose.joined(codes.map { .code($0) }, ", ")))"
        }
    }

    private func samples(of route: RouteOutline) -> [Guide.Block] {
        let body = self.facts.exampleBody(of: route)
        var lines = ["curl -X \(route.method) \(Snippets.shellWord(self.address(of: route)))"]
        switch route.sender {
        case "user": lines.append(self.userCredential)
        case "backend": lines.append("-H \"Authorization: Bearer $SWITCHBOARD_API_KEY\"")
        case "app": lines.append("-H \"Authorization: Bearer $APP_KEY\" -H \"X-App-Id: $APP_ID\"")
        default: break
        }
        if let body {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d \(Snippets.shellWord(body.compactJSON))")
        }
        let text = lines.filter { !$0.isEmpty }.joined(separator: " \\\n  ")
        var samples: [Guide.Block] = [.heading("Request"), .code(Guide.Code(language: "sh", text: text))]
        samples.append(.heading("Answer \(route.status)"))
        if let template = route.reply.flatMap({ DocumentValue(parsing: $0) }) {
            samples.append(Self.json(self.examples(of: route, body: body).value(of: template)))
        } else {
            samples.append(.paragraph(route.does == "refreshToken" ? "As the service behind it answers." : "No body."))
        }
        return samples
    }

    func examples(of route: RouteOutline, body: DocumentValue?) -> TemplateExamples {
        var examples = self.facts.examples()
        examples.roots["body"] = body
        var path = DocumentObject()
        for place in TemplateText(route.path).places {
            path[place.path.last ?? ""] = .string(self.facts.exampleParameter(place.path.last ?? ""))
        }
        examples.roots["path"] = .object(path)
        examples.roots["query"] = [:]
        if let item = route.item.flatMap({ DocumentValue(parsing: $0) }) {
            let one = examples.value(of: item)
            examples.set("result", "items", [one])
            examples.set("result", "publications", [one])
        }
        return examples
    }

    private func address(of route: RouteOutline) -> String {
        let query = route.queries.contains("since") ? "?since=\(TemplateExamples.time)" : ""
        return self.facts.httpAddress + self.facts.examplePath(of: route) + query
    }

    private var userCredential: String {
        guard let place = self.outline.credentialPlaces.first(where: { $0.place != "auth" }) else { return "" }
        switch place.place {
        case "cookie": return "-H \"Cookie: \(place.name)=$SESSION\""
        case "header": return "-H \"Authorization: Bearer $TOKEN\""
        default: return "-G -d \(place.name)=$TOKEN"
        }
    }

    // MARK: Apps

    func apps() -> Guide.Section? {
        let entries = self.outline.apps.flatMap { app in app.events.map(self.event) }
        let hasApps =
            !self.outline.apps.isEmpty || self.outline.commands.contains { $0.does == "call" || $0.isForApps }
            || self.outline.routes.contains { $0.sender == "app" }
        guard hasApps else { return nil }
        var blocks: [Guide.Block] = [
            .paragraph(
                "Programs of others publish events of their own here, each beginning with the app's prefix, such as \(code: "lottery:draw_started"), and answer what clients send them."
            )
        ]
        if let route = self.outline.routes.first(where: { $0.does == "appEvents" }) {
            blocks.append(
                .paragraph(
                    "What an app says of its events, also of one that was registered while the server runs, is the answer of \(Prose([.codeLink(route.key, id: Anchor.id("http", route.key))]))."
                ))
        }
        for app in self.outline.apps {
            let rooms = app.rooms.map { Prose.joined($0.map { .code($0) }, " ") } ?? "every room"
            blocks.append(
                .table(
                    Guide.Table(
                        head: ["App", app.name ?? app.id],
                        rows: [
                            ["Id", .code(app.id)], ["Prefixes", .joined(app.prefixes.map { .code($0 + ":") }, " ")],
                            ["Publishes into", rooms],
                        ])))
        }
        return Guide.Section(id: "apps", title: "Apps", blocks: blocks, entries: entries)
    }
}
