// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Where credentials stand, as the two descriptions say it.
struct SecuritySchemes {
    let outline: ContractOutline

    init(_ outline: ContractOutline) { self.outline = outline }

    /// Of those who connect.
    var asyncAPI: DocumentObject {
        var schemes = DocumentObject()
        guard self.outline.mode != "none" else { return schemes }
        for (key, place) in self.places {
            switch place.place {
            case "auth":
                schemes[key] = [
                    "type": "apiKey", "in": "user",
                    "description": .string(
                        "\(Self.kind(place)) in the member \(place.name) of what a Socket.IO client joins with."),
                ]
            default: schemes[key] = Self.scheme(place, apiKey: "httpApiKey")
            }
        }
        return schemes
    }

    /// Of HTTP requests: of users, backends and apps, as far as there are requests of theirs.
    var openAPI: DocumentObject {
        var schemes = DocumentObject()
        let senders = Set(self.outline.routes.map(\.sender))
        if senders.contains("user") {
            for (key, place) in self.places where place.place != "auth" {
                schemes[key] = Self.scheme(place, apiKey: "apiKey")
            }
        }
        if senders.contains("backend") {
            schemes["backendKey"] = [
                "type": "http", "scheme": "bearer",
                "description": "The server's API key; requests from networks that the contract trusts need none.",
            ]
        }
        if senders.contains("app") {
            schemes["appKey"] = ["type": "http", "scheme": "bearer", "description": "The app's key."]
            schemes["appId"] = [
                "type": "apiKey", "in": "header", "name": "X-App-Id", "description": "The id that the key belongs to.",
            ]
        }
        return schemes
    }

    /// What a request of a sender needs.
    func requirement(of sender: String) -> DocumentValue {
        switch sender {
        case "user":
            let ways = self.places.filter { $0.place.place != "auth" }.map { key, _ -> DocumentValue in
                .object(DocumentObject([.init(key: key, value: [])]))
            }
            return .array(self.outline.mode == "required" ? ways : ways + [[:]])
        case "backend": return [["backendKey": []], [:]]
        case "app": return [["appKey": [], "appId": []]]
        default: return []
        }
    }

    private var places: [(key: String, place: CredentialOutline)] {
        self.outline.credentialPlaces.enumerated().map { index, place in
            (
                "\(place.kind)In\(place.place.prefix(1).uppercased())\(place.place.dropFirst())"
                    + (index == 0 ? "" : "\(index + 1)"), place
            )
        }
    }

    private static func kind(_ place: CredentialOutline) -> String { place.kind == "jwt" ? "A JWT" : "A session" }

    private static func scheme(_ place: CredentialOutline, apiKey: DocumentValue) -> DocumentValue {
        if place.place == "header", place.name.lowercased() == "authorization" {
            return [
                "type": "http", "scheme": "bearer",
                "description": .string("\(Self.kind(place)), with or without Bearer before it."),
            ]
        }
        return [
            "type": apiKey, "in": .string(place.place), "name": .string(place.name),
            "description": .string("\(Self.kind(place))."),
        ]
    }
}
