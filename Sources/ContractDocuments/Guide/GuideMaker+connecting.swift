// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// How one gets in.
extension GuideMaker {
    func connecting() -> Guide.Section {
        var section = Guide.Section(id: "connect", title: "Connect in a minute")
        section.blocks.append(.table(self.endpoints()))
        section.blocks.append(.choice(self.snippets.connecting()))
        section.blocks += self.authentication()
        section.blocks += self.welcome()
        section.blocks += self.staying()
        return section
    }

    private func endpoints() -> Guide.Table {
        let rows = self.outline.endpoints.map { endpoint -> [Prose] in
            let names = endpoint.namespaces.filter { !$0.isForApps }.map { Prose.code($0.name) }
            let kind: Prose =
                endpoint.isSocketIO
                ? "Socket.IO" + (endpoint.path == "/socket.io" ? "" : ", path \(code: endpoint.path)") : "plain JSON"
            let origins: Prose =
                endpoint.origins.isEmpty
                ? "none; programs without an \(code: "Origin") always may"
                : .joined(endpoint.origins.map { .code($0) }, " ")
            return [.code(self.facts.address(of: endpoint)), kind, names.isEmpty ? "–" : .joined(names, " "), origins]
        }
        return Guide.Table(head: ["Address", "Speaks", "Namespaces", "Pages that may connect"], rows: rows)
    }

    private func authentication() -> [Guide.Block] {
        var blocks: [Guide.Block] = [.heading("Who you are")]
        let places = self.outline.credentials.map { Prose($0) }
        switch self.outline.mode {
        case "none": blocks.append(.paragraph("Nobody has to say who he is; credentials are ignored."))
        case "optional":
            blocks.append(
                .paragraph(
                    "Who brings a credential is that user, and a wrong one is refused; without one a connection has no user. It is looked for as \(Prose.list(places, last: "or"))."
                ))
        default:
            blocks.append(
                .paragraph(
                    "Nobody connects without a credential: \(Prose.list(places, last: "or")); the first that is there counts."
                ))
        }
        if self.outline.mode != "none" {
            blocks.append(.paragraph("When it expires, \(self.outline.onExpiry)."))
        }
        let namespaces = self.outline.endpoints.flatMap(\.namespaces).filter { !$0.requirements.isEmpty }
        for namespace in namespaces {
            blocks.append(
                .paragraph(
                    "The namespace \(code: namespace.name) is for \(Prose.list(namespace.requirements.map { Prose($0) }, last: "or"))."
                ))
        }
        return blocks
    }

    /// What comes first, and without asking.
    private func welcome() -> [Guide.Block] {
        var blocks: [Guide.Block] = []
        if let template = self.facts.template("connected") {
            blocks.append(.heading("The first frame"))
            if self.facts.isSocketIO { blocks.append(.paragraph("The event \(code: "connected"), with:")) }
            blocks.append(Self.json(self.facts.examples().value(of: template)))
        }
        if !self.outline.joins.isEmpty {
            blocks.append(.heading("What you get without asking"))
            blocks.append(
                .paragraph(
                    "Every connection\(self.facts.isSocketIO ? " in the namespace / " : " ")is subscribed to \(Prose.list(self.outline.joins.map { self.channelName($0) }))."
                ))
        }
        let joining = self.outline.endpoints.flatMap(\.namespaces).filter { !$0.joins.isEmpty && !$0.isForApps }
        for namespace in joining {
            blocks.append(
                .paragraph(
                    "Joining \(code: namespace.name) subscribes to \(Prose.list(namespace.joins.map { .code($0) }))."))
        }
        return blocks
    }

    private func channelName(_ join: String) -> Prose {
        join.contains(" ") || join.contains(",") ? Prose(join) : .code(join)
    }

    private func staying() -> [Guide.Block] {
        let every = Self.milliseconds(self.outline.heartbeat.every)
        let timeout = Self.milliseconds(self.outline.heartbeat.timeout)
        var items: [Prose] = []
        items.append(
            self.facts.isSocketIO
                ? "The server pings every \(every) and gives up after \(timeout) more; Socket.IO clients answer by themselves, reconnect by themselves, and have to subscribe again unless they come back in time."
                : "The server pings every \(every) and drops whoever shows no sign of life for \(timeout); browsers and client libraries answer by themselves."
        )
        if let ping = self.outline.dialect?.ping, self.facts.hasPlain {
            items.append(
                "Programs in browsers see no pings: send \(code: ping) every 30 seconds and reconnect when no answer comes within 10."
            )
        }
        if !self.facts.isSocketIO {
            items.append(
                "After a close, reconnect with a growing delay (1 s, 2 s, 4 s, … 30 s, each with some chance in it) and subscribe again: subscriptions end with their connection."
            )
        }
        if let positions = self.outline.dialect?.positions {
            items.append(
                "Connect with \(code: "?\(positions.query)=1") and events have a position\(positions.since.map { "; name the last one as \($0) when you subscribe again" } ?? ""), and what was missed comes first."
            )
        }
        items.append("What a close code means, and what to do, stands under \(link: "Errors", to: "errors").")
        return [.heading("Staying connected"), .list(items)]
    }
}

extension Prose {
    static func + (left: Prose, right: Prose) -> Prose { Prose(left.parts + right.parts) }
}
