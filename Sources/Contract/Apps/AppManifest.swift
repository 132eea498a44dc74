// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads a manifest of apps: `apps: { ID: { key, name, prefixes, permissions, rooms, webhook, events } }`.
struct AppManifest {
    private static let root = KeySet("", ["apps"])
    private static let app = KeySet("apps.*", ["key"] + AppReading.keys)
    private static let minimumKeyByteCount = 16

    /// An app with where it says what.
    private struct Entry {
        var app: App
        var location: SourceLocation
        var rendering: JSONRendering

        func location(of prefix: String) -> SourceLocation {
            guard let index = self.app.prefixes.firstIndex(of: prefix) else { return self.location }
            let pointer = JSONPointer().appending(key: "prefixes").appending(index: index)
            return self.rendering.locations[pointer] ?? self.location
        }
    }

    let permissions: [String]
    let isProduction: Bool
    /// The contract that the apps belong to.
    let definition: PlatformDefinition
    let faults: FaultCollector

    func apps(_ root: DocumentNode) -> [App] {
        guard let map = MapReader(root, Self.root, what: "a manifest of apps", self.faults),
            let node = map.required("apps", hint: "write apps: { app_quiz_v1: { … } }")
        else { return [] }
        var entries: [Entry] = []
        for entry in node.entries("\"apps\"", self.faults) ?? [] {
            guard let read = self.entry(entry) else { continue }
            self.check(read, besides: entries)
            entries.append(read)
        }
        return entries.map(\.app)
    }

    private func entry(_ entry: DocumentNode.Entry) -> Entry? {
        guard let map = MapReader(entry.value, Self.app, what: "an app", self.faults) else { return nil }
        var rendering = JSONRendering()
        rendering.beginObject()
        for key in AppReading.keys {
            // What stands empty in YAML is left out.
            guard let value = map[key], !value.isNull, !value.isFaulty else { continue }
            rendering.append(
                DocumentNode.Entry(key: key, keyLocation: map.keyLocation(key), value: value),
                at: JSONPointer().appending(key: key))
        }
        rendering.endObject()
        guard let document = rendering.document else { return nil }
        var reading = AppReading(permissions: self.permissions)
        var app = reading.app(entry.key, document.root, origin: .manifest)
        for fault in reading.faults {
            let location = rendering.location(of: fault.pointer) ?? entry.keyLocation
            self.faults.error(fault.message, at: location, hint: fault.hint)
        }
        app.keyHash = self.key(map).map { SecretText.key(of: $0) }
        if let secret = map["webhook"]?["secret"] { self.checkOrigin(secret, "a webhook's secret") }
        return Entry(app: app, location: entry.keyLocation, rendering: rendering)
    }

    private func key(_ map: MapReader) -> String? {
        guard let node = map.required("key", hint: "write key: ${QUIZ_KEY}, which the server's environment has"),
            let key = node.nonEmptyText("\"key\"", self.faults)
        else { return nil }
        self.checkOrigin(node, "a key")
        guard (Self.minimumKeyByteCount...255).contains(key.utf8.count) else {
            self.faults.error(
                "a key has \(Self.minimumKeyByteCount) to 255 bytes", at: node.location,
                hint: "make one with: openssl rand -hex 32")
            return nil
        }
        return key
    }

    private func checkOrigin(_ node: DocumentNode, _ what: String) {
        guard self.isProduction, node.origin != .variable, !node.isFaulty else { return }
        self.faults.error(
            "\(what) must not stand in the file in production mode", at: node.location,
            hint: "write a variable, such as ${QUIZ_KEY}, and set it in the server's environment")
    }

    private func check(_ entry: Entry, besides others: [Entry]) {
        for prefix in entry.app.allPrefixes {
            if let name = self.definition.ownName(beginningWithOneOf: [prefix]) {
                self.faults.error(
                    "\"\(name)\" is the platform's own, so no app's events begin with \"\(prefix):\"",
                    at: entry.location(of: prefix), hint: "give the app another prefix")
            }
        }
        for other in others {
            for prefix in entry.app.allPrefixes {
                guard let taken = other.app.allPrefixes.first(where: { AppPrefix.overlap($0, prefix) }) else {
                    continue
                }
                self.faults.error(
                    "events of \"\(other.app.id)\" in line \(other.location.line) begin with \"\(taken):\" already",
                    at: entry.location(of: prefix), hint: "give one of them other prefixes")
            }
            if let key = entry.app.keyHash, key == other.app.keyHash {
                self.faults.error(
                    "\"\(entry.app.id)\" has the key of \"\(other.app.id)\" in line \(other.location.line)",
                    at: entry.location, hint: "give each app a key of its own")
            }
        }
    }
}
