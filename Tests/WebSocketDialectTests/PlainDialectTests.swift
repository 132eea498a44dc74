// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing
import WebSocketDialect
import WebSocketProtocol

@Suite struct PlainDialectTests {
    private func definition(publication: Template) -> PlatformDefinition {
        .protocolOfOrders { $0.frames.publication = publication }
    }

    private func text(_ stage: Stage) throws -> [String] {
        stage.say(#"{"type":"subscribe","channel":"user:did:x:ann"}"#)
        stage.say(#"{"type":"subscribe","channel":"global"}"#)
        stage.port.forget()
        try stage.publish("order.created", #"{"orderId":"7","buyerDid":"did:x:ann"}"#)
        return stage.port.texts
    }

    @Test func `places for time and id within texts are filled as well`() throws {
        let text = TextTemplate(parts: [
            .literal("\"at "), .value(TemplatePath(.publicationTime)), .literal(" as "),
            .value(TemplatePath(.publicationID)), .literal(" now "), .value(TemplatePath(.now)),
        ])
        let stage = try Stage.open(
            self.definition(
                publication: Template(["said": .text(text), "id": .path(.publicationID), "now": .path(.now)])))
        let frames = try self.text(stage)
        let frame = try JSONDocument(parsing: try #require(frames.first)).root
        let id = try #require(frame["id"]?.string)
        #expect(id.utf8.count == PublicationID.byteCount)
        #expect(id != String(repeating: "0", count: PublicationID.byteCount))
        #expect(frame["said"]?.string == "\"at \(Stage.now) as \(id) now \(Stage.now)")
        #expect(frame["now"]?.string == Stage.now)
    }

    @Test func `a frame that names its channel is made for each channel`() throws {
        let stage = try Stage.open(
            self.definition(
                publication: Template(["on": .path(.channelName), "whose": .path(.channelParameter("did"))])))
        #expect(try self.text(stage) == [#"{"on":"user:did:x:ann","whose":"did:x:ann"}"#])
    }

    @Test func `one frame serves all channels when it does not name them`() throws {
        let definition = PlatformDefinition.protocolOfOrders()
        let publication = TemplateScope.Publication(
            event: "e", data: try JSONDocument(parsing: "1").root, id: nil, time: nil)
        let channels = ["global", "order:1"].compactMap { ChannelName($0) }
        #expect(PlainDialect(definition).encode(publication, to: channels).count == 1)
    }

    @Test(arguments: [10, 125, 126, 65_535, 65_536, 200_000])
    func `time is written at its place behind headers of every length`(count: Int) throws {
        let stage = try Stage.open()
        stage.say(#"{"type":"subscribe","channel":"global"}"#)
        stage.port.forget()
        try stage.publish("news", "\"\(String(repeating: "x", count: count))\"", to: ["global"])
        let frames = stage.port.texts
        #expect(frames.first?.hasSuffix(#"","timestamp":"\#(Stage.now)"}"#) == true)
        #expect(frames.first?.utf8.count == count + 65)
    }

    @Test func `what the contract has no frame for is not told`() throws {
        let stage = try Stage(.protocolOfOrders { $0.frames.connected = nil })
        stage.session.opened()
        #expect(stage.port.sends.isEmpty)
        #expect(stage.hub.statistics.connections == 1)
    }
}
