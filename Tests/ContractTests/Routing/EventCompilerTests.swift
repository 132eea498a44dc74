// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import JSONSchema
import Realtime
import Testing

@Suite struct EventCompilerTests {
    private static let data =
        "data: { type: object, required: [orderId, buyer], properties: "
        + "{ orderId: { type: string }, buyer: { type: string }, agent: { type: integer }, who: { properties: { id: { type: string } }, required: [id], type: object } } }"

    private func event(_ extra: String) throws -> EventType {
        try #require(
            try SmallContract.definition(adding: "events:\n  sold:\n    \(extra)\n    \(Self.data)").events["sold"])
    }

    @Test func `a route is filled from the payload, and one that may be missing is dropped`() throws {
        let event = try self.event(
            #"to: [ "order:{orderId}", "user:{agent?}", { membersOf: "order:{orderId}", as: "user:{member}" } ]"#)
        let payload = try JSONDocument(parsing: #"{"orderId":"1","buyer":"a"}"#).root
        let withAgent = try JSONDocument(parsing: #"{"orderId":"1","buyer":"a","agent":7}"#).root
        guard case .channel(let order, _) = event.routes[0], case .channel(let agent, _) = event.routes[1],
            case .membersOf(let source, let target, _, let location) = event.routes[2]
        else {
            Issue.record("\(event.routes)")
            return
        }
        #expect(try order.text(payload: payload) == "order:1")
        #expect(try agent.text(payload: payload) == nil)
        #expect(try agent.text(payload: withAgent) == "user:7")
        #expect(try source.text(payload: payload) == "order:1")
        #expect(try target.text(payload: payload, member: UserID("m")) == "user:m")
        #expect("\(location)" == "c.yaml:10:47")
    }

    @Test func `a required field of an optional object needs the question mark`() throws {
        let outcome = SmallContract.outcome(adding: "events:\n  sold:\n    to: [ \"user:{who.id}\" ]\n    \(Self.data)")
        #expect(outcome.faults.map(\.message) == ["\"who.id\" may be missing in payloads of sold"])
        let event = try self.event(#"to: [ "user:{who.id?}" ]"#)
        #expect(event.routes.count == 1)
    }

    @Test func `members are added, removed and shared`() throws {
        let event = try self.event(
            #"members: { "order:{orderId}": [ "{buyer}", "user-{agent?}" ], "user:{buyer}": { membersOf: "order:{orderId}" } }"#
                + "\n    " + #"removeMembers: { "order:{orderId}": "{buyer}" }"#)
        let effects = event.memberEffects.map { effect in
            switch effect.change {
            case .add(let users): "\(effect.channel) + \(users)"
            case .remove(let users): "\(effect.channel) - \(users)"
            case .link(let channel): "\(effect.channel) = \(channel)"
            }
        }
        #expect(
            effects == [
                "order:{orderId} + [{buyer}, user-{agent?}]", "user:{buyer} = order:{orderId}",
                "order:{orderId} - [{buyer}]",
            ])
    }

    @Test func `records are replaced, merged and removed`() throws {
        let event = try self.event(
            #"record: { "order:{orderId}": { id: "{orderId}", at: "{now}" }, "user:{buyer}": { merge: { last: "{orderId}" } }, "global": { remove: true } }"#
        )
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        let payload = try JSONDocument(parsing: #"{"orderId":"1","buyer":"a"}"#)
        scope.payload = payload.root
        let effects = event.recordEffects.map { effect in
            switch effect.change {
            case .replace(let template):
                "\(effect.channel) = " + String(decoding: template.rendered(in: scope), as: UTF8.self)
            case .merge(let template):
                "\(effect.channel) + " + String(decoding: template.rendered(in: scope), as: UTF8.self)
            case .remove: "\(effect.channel) ended"
            }
        }
        #expect(
            effects == [
                #"order:{orderId} = {"id":"1","at":"1970-01-01T00:00:00.000Z"}"#, #"user:{buyer} + {"last":"1"}"#,
                "global ended",
            ])
    }

    @Test func `one example and several are all kept, in order`() throws {
        let event = try self.event(
            "example: { orderId: a, buyer: x }\n    examples: [ { orderId: b, buyer: x }, { orderId: c, buyer: x, more: [ 1.50 ] } ]"
        )
        #expect(event.examples.map { $0.root["orderId"]?.string } == ["a", "b", "c"])
        #expect(
            String(decoding: event.examples[2].bytes, as: UTF8.self) == #"{"orderId":"c","buyer":"x","more":[1.50]}"#)
    }

    @Test func `a wait without data passes on the payload of the last event`() throws {
        let definition = try SmallContract.definition(
            adding: """
                events:
                  rated: { data: { type: object, required: [order, id], properties: { order: { type: string }, id: { type: integer } } } }
                  revealed:
                    data: { type: object, required: [order], properties: { order: { type: string } } }
                    await: { event: rated, key: "{order}", each: "{id}", count: 2, within: 90m }
                """)
        let rule = try #require(definition.waits.first)
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        let payload = try JSONDocument(parsing: #"{"order":"1","id":2}"#)
        scope.payload = payload.root
        #expect(String(decoding: rule.data.rendered(in: scope), as: UTF8.self) == #"{"order":"1","id":2}"#)
        #expect(rule.within == 5_400_000)
        #expect(try rule.item.text(payload: payload.root) == "2")
    }

    @Test func `what follows from an event is filled from its payload, with an id of its own`() throws {
        let definition = try SmallContract.definition(
            adding: """
                events:
                  won:
                    data: { required: [buyer], properties: { buyer: { type: string } } }
                    example: { buyer: a }
                    then:
                      - { event: told, users: [ "{buyer}" ], data: { id: "{new.id}", to: "{buyer}" } }
                      - { event: told, enabled: false, users: [ "{buyer}" ], data: { id: x, to: y } }
                  told: { id: "{id}", data: { required: [id, to], properties: { id: { type: string }, to: { type: string } } } }
                """)
        #expect(definition.events["told"]?.id?.description == "{id}")
        let event = try #require(definition.events["won"])
        #expect(event.derived.map(\.event) == ["told"])
        let derived = try #require(event.derived.first)
        #expect(derived.usesNewID)
        #expect(derived.channels.isEmpty)
        let payload = try JSONDocument(parsing: #"{"buyer":"a"}"#)
        #expect(try derived.users.map { try $0.text(payload: payload.root) } == ["a"])
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.payload = payload.root
        scope.newID = "7"
        #expect(String(decoding: derived.data.rendered(in: scope), as: UTF8.self) == #"{"id":"7","to":"a"}"#)
    }

    @Test func `references inside a named schema are about that schema`() throws {
        let definition = try SmallContract.definition(
            adding: """
                events:
                  sold: { data: { $ref: "#/schemas/Order" } }
                  named: { data: { $ref: "#/schemas/Order/$defs/Name" } }
                schemas:
                  Order:
                    $defs: { Name: { type: string } }
                    properties: { name: { $ref: "#/$defs/Name" }, parts: { items: { $ref: "#" } }, price: { $ref: "#/schemas/Price" } }
                  Price: { type: integer }
                """)
        func violations(_ event: String, _ text: String) throws -> [String] {
            let document = try JSONDocument(parsing: text)
            return definition.events[event]?.schema?.violations(in: document.root).map(\.instance.description) ?? []
        }
        #expect(
            try violations("sold", #"{"name":1,"price":"x","parts":[{"name":2},{"parts":[{"price":0.5}]}]}"#).sorted()
                == ["/name", "/parts/0/name", "/parts/1/parts/0/price", "/price"])
        #expect(try violations("named", "1") == [""])
    }
}
