// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Where one tries the platform from the page, and what the script needs to know for it.
struct ConsoleForm {
    let facts: ContractFacts

    var html: HTMLText {
        """
        <section aria-labelledby="try">
        <h2 id="try">Try it</h2>
        <p class="hint" data-unserved>Open this page from the server to connect from here: its admin listener has it at <code>/docs/\(self.facts.outline.name)</code>.</p>
        <div data-served hidden>
        <p>Connects from this page and shows every frame as it is. The contract must let pages of this address in (<code>origins</code>).</p>
        <form class="console">
        <label>Endpoint <select id="try-endpoint">\(self.endpoints)</select></label>
        <label>Namespace <input id="try-namespace" autocomplete="off"></label>
        <label class="all">Address <input id="try-address" autocomplete="off" spellcheck="false"></label>
        <label class="all">\(self.credential) <input id="try-token" autocomplete="off" spellcheck="false"></label>
        <div class="row all"><button class="button" id="try-connect" type="button">Connect</button> <span id="try-state" data-state="closed" role="status">not connected</span></div>
        <label>Command <select id="try-command"></select></label>
        <label class="all">Message <textarea id="try-message" spellcheck="false"></textarea></label>
        <div class="row all"><button class="button" id="try-send" type="button" disabled>Send</button> <button class="button plain" id="try-clear" type="button">Clear frames</button></div>
        </form>
        <ol id="try-frames" tabindex="0" aria-label="Frames"></ol>
        <h4>Publish, as a backend does</h4>
        <form class="console">
        <label>Event <select id="try-event"></select></label>
        <label>API key of the admin listener <input id="try-key" type="password" autocomplete="off"></label>
        <label class="all">Publication <textarea id="try-payload" spellcheck="false"></textarea></label>
        <div class="row all"><button class="button" id="try-publish" type="button">Publish</button> <output id="try-receipt"></output></div>
        </form>
        </div>
        </section>

        """
    }

    private var endpoints: [HTMLText] {
        self.facts.outline.endpoints.map { "<option>\(self.facts.address(of: $0))</option>" }
    }

    private var place: CredentialOutline? {
        self.facts.outline.credentialPlaces.first { ["query", "cookie", "auth"].contains($0.place) }
    }

    private var credential: String {
        switch (self.facts.outline.mode, self.place) {
        case ("none", _), (_, nil): "Token (not needed)"
        case (_, let place?) where place.place == "cookie": "Session (sent as the cookie \(place.name))"
        default: "Token"
        }
    }

    /// JSON that may stand in a script element: no text in it ends the element.
    var data: HTMLText {
        var value: DocumentObject = DocumentObject()
        value["name"] = .string(self.facts.outline.name)
        value["endpoints"] = .array(self.facts.outline.endpoints.map(self.endpoint))
        value["credential"] = self.place.map { ["in": .string($0.place), "name": .string($0.name)] } ?? .null
        let isSocketIO = self.facts.isSocketIO
        value["commands"] = .array(
            self.facts.outline.commands.filter { !$0.isForApps && !$0.name.contains("{") }.map { command in
                let message: DocumentValue =
                    isSocketIO
                    ? [.string(command.name), self.facts.exampleArguments(of: command)]
                    : self.facts.message(of: command)
                return ["name": .string(command.name), "message": .string(message.json(width: 60))]
            })
        let snippets = Snippets(facts: self.facts)
        value["events"] = .array(
            self.facts.outline.events.map { event in
                ["name": .string(event.name), "request": .string(snippets.request(event).json())]
            })
        let json = DocumentValue.object(value).compactJSON
        var safe = ""
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<", ">", "&", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                safe += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return HTMLText(trusted: safe)
    }

    private func endpoint(_ endpoint: EndpointOutline) -> DocumentValue {
        var value: DocumentObject = DocumentObject()
        value["socketIO"] = .bool(endpoint.isSocketIO)
        value["secure"] = .bool(endpoint.isSecure)
        value["host"] = .string(endpoint.host ?? "")
        value["port"] = .number("\(endpoint.port)")
        value["path"] = .string(endpoint.path)
        if endpoint.isSocketIO {
            value["namespaces"] = .array(
                endpoint.namespaces.filter { !$0.isForApps }.map { .string(self.facts.exampleName(of: $0.name)) })
        }
        return .object(value)
    }
}
