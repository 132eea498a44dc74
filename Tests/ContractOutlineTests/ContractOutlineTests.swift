// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import ContractOutline
import JSON
import Realtime
import Testing

/// An outline has everything of its contract, and nothing secret.
@Suite struct ContractOutlineTests {
    @Test(arguments: Shipped.names) func `nothing of a shipped contract is missing`(name: String) throws {
        let outcome = Shipped.outcome(name)
        let definition = try #require(outcome.definition)
        let outline = ContractOutline(definition, document: try #require(outcome.document))
        let json = try #require(outcome.document?.json).root
        let names = { (key: String) in json[key].map { $0.members.map(\.name) } ?? [] }
        #expect(outline.name == name)
        #expect(outline.title == definition.title)
        #expect(outline.events.map(\.name) == names("events"))
        #expect(Set(outline.events.map(\.name)) == Set(definition.events.keys))
        #expect(outline.commands.map(\.name) == names("commands"))
        #expect(outline.channels.map(\.pattern) == names("channels"))
        #expect(outline.routes.map { "\($0.method) \($0.path)" } == names("http"))
        #expect(outline.schemas.map(\.name) == names("schemas"))
        #expect(Set(outline.errors.map(\.code)) == Set(RequestError.Code.all.map(\.rawValue)))
        #expect(outline.errors.filter(\.isDeclared).map(\.code) == names("errors"))
        #expect(outline.endpoints.count == definition.listeners.count)
        for key in names("limits") { #expect(outline.limits.contains { $0.key == key }, "\(key)") }
        for key in names("frames") where json["frames"]?[key]?.isNull == false {
            #expect(outline.frames.contains { $0.name == key && !$0.isDefault }, "\(key)")
        }
    }

    @Test(arguments: Shipped.names) func `every place is in the contract's file`(name: String) throws {
        let outline = try Shipped.outline(name)
        let lines = outline.events.map(\.location.line)
        #expect(lines == lines.sorted())
        #expect(outline.events.allSatisfy { $0.location.file.hasSuffix("\(name).yaml") && $0.location.line > 1 })
        #expect(outline.commands.allSatisfy { $0.location.line > 1 })
    }

    @Test(arguments: Shipped.names) func `JSON texts are JSON`(name: String) throws {
        let outline = try Shipped.outline(name)
        var texts = outline.schemas.map(\.json) + outline.frames.map(\.template) + outline.commands.map(\.rule)
        for event in outline.events + outline.apps.flatMap(\.events) {
            texts += event.examples + [event.schema].compactMap(\.self)
        }
        for command in outline.commands {
            texts += [command.schema, command.reply, command.each, command.ack, command.fail].compactMap(\.self)
            texts += (command.emits + command.emitsWithoutAck).map(\.template)
        }
        for route in outline.routes { texts += [route.body, route.reply, route.item].compactMap(\.self) }
        #expect(!texts.isEmpty)
        for text in texts { #expect(throws: Never.self, "\(text)") { try JSONDocument(parsing: text) } }
    }

    @Test(arguments: Shipped.names) func `no secret is in an outline`(name: String) throws {
        let all = [
            "RANGKAI_JWT_SECRET", "RANGKAI_ALERT_SECRET", "ROOMS_JWT_SECRET", "ROOMS_WEBHOOK_SECRET",
            "PAYCHAIN_JWT_SECRET", "ORION_JWT_SECRET", "BULKBUYER_SESSION_SECRET", "LOTTERY_KEY", "QUIZ_KEY",
        ]
        let webhook = "whsec_bmV2ZXItdG8tYmUtc2VlbiBuZXZlci10by1iZS1zZWVu"
        var environment = Dictionary(uniqueKeysWithValues: all.map { ($0, Shipped.secret) })
        for name in all where name.contains("WEBHOOK") || name.contains("ALERT") { environment[name] = webhook }
        environment["LOTTERY_KEY"] = Shipped.secret + "-lottery"
        environment["ROOMS_APPS"] = "apps/rooms.yaml"
        let outline = try Shipped.outline(name, environment)
        var text = ""
        dump(outline, to: &text)
        #expect(text.utf8.count > 1000)
        #expect(!text.contains("never-to-be-seen"))
        #expect(!text.contains("whsec_"))
    }

    @Test func `events say where they go`() throws {
        let rangkai = try Shipped.outline("rangkai")
        let created = try #require(rangkai.events.first)
        #expect(created.routes == ["order:{orderId}", "user:{buyerDid}", "user:{vendorDid}"])
        #expect(created.channels == ["order:{orderId}", "user:{did}"])
        #expect(created.schema == ##"{"$ref":"#/schemas/OrderCreated"}"##)
        let shipment = try #require(rangkai.events.first { $0.name == "shipment.created" })
        #expect(shipment.routes.last == "user:{member} for each member of order:{orderId}")
        let paychain = try Shipped.outline("paychain")
        let presence = try #require(paychain.events.first { $0.name == "presence" })
        #expect(presence.routes == ["user:{member} for each user who shares a channel job:{job_id} with {user_id}"])
        #expect(presence.channels == ["user:{userId}"])
    }

    @Test func `limits are in words and numbers`() throws {
        let orion = try Shipped.outline("orion")
        let texts = orion.limits.map { "\($0.key): \($0.text)" }
        #expect(texts.contains("attempts: 5/min per user"))
        #expect(texts.contains("connections: 5 per user"))
        #expect(texts.contains("message: 1000000B"))
        #expect(texts.contains("idle: 15m"))
        #expect(texts.contains("lifetime: 1d"))
        #expect(orion.limits.first { $0.key == "messages" }?.window == 60_000)
    }

    @Test func `apps of the manifest have their events`() throws {
        #expect(try Shipped.outline("rooms").apps.isEmpty)
        let apps = try Shipped.outline("rooms", ["ROOMS_APPS": "apps/rooms.yaml"]).apps
        #expect(apps.map(\.id).sorted() == ["app_lottery_v1", "app_quiz_v1"])
        let event = try #require(apps.flatMap(\.events).first { $0.name == "lottery:draw_started" })
        #expect(event.isApp && event.app == "app_lottery_v1")
        #expect(event.schema?.contains("drawNumber") == true)
    }

    @Test func `a Socket.IO contract has no dialect`() throws {
        #expect(try Shipped.outline("rooms").dialect == nil)
        #expect(try Shipped.outline("orion").dialect == nil)
    }
}
