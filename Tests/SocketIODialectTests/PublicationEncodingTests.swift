// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import SocketIODialect
import Testing

/// Publications as packets (ALL-D09): the event of their name, their data, and their position behind it.
@Suite struct PublicationEncodingTests {
    private static let hole = String(repeating: "0", count: PublicationID.byteCount)

    private func encoded(
        _ event: String, _ data: String, id: String? = nil, time: Timestamp? = nil, position: String?? = nil
    ) throws -> EncodedFrame {
        var publication = TemplateScope.Publication(
            event: event, data: try JSONDocument(parsing: data).root, id: id, time: time)
        publication.position = position
        return try #require(SocketIODialect(.rooms()).encode(publication, to: []).first)
    }

    @Test(arguments: [0, 200, 70_000])
    func `the id's hole is where the second argument will be, however long the frame's header`(length: Int) throws {
        let data = "\"" + String(repeating: "x", count: length) + "\""
        let frame = try self.encoded("said", data)
        #expect(RecordingEngine.texts(in: frame.bytes) == [#"42["said",\#(data),"\#(Self.hole)"]"#])
        #expect(frame.timeHoles == [])
        let hole = try #require(frame.idHoles.first)
        #expect(frame.idHoles.count == 1)
        #expect(frame.bytes.getString(at: hole - 1, length: Self.hole.utf8.count + 3) == "\"\(Self.hole)\"]")
    }

    @Test func `a position that is known is the second argument`() throws {
        let frame = try self.encoded("said", #"{"a":[1]}"#, position: .some("01ABC"))
        #expect(RecordingEngine.texts(in: frame.bytes) == [#"42["said",{"a":[1]},"01ABC"]"#])
        #expect(frame.idHoles == [])
    }

    @Test func `an id that the server gave is the position, one that a publisher chose is not`() throws {
        let given = "0123456789ABCDEF"
        let kept = try self.encoded("said", "1", id: given, time: Timestamp(milliseconds: 1))
        #expect(RecordingEngine.texts(in: kept.bytes) == [#"42["said",1,"\#(given)"]"#])
        let chosen = try self.encoded("said", "1", id: "order-7")
        #expect(RecordingEngine.texts(in: chosen.bytes) == [#"42["said",1,"\#(Self.hole)"]"#])
        #expect(chosen.idHoles.count == 1)
    }

    @Test func `an event's name is a JSON string`() throws {
        let frame = try self.encoded("a\"\n\u{e9}", "null")
        #expect(RecordingEngine.texts(in: frame.bytes) == [#"42["a\"\n\#u{e9}",null,"\#(Self.hole)"]"#])
    }

    @Test(arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func `a name that clients keep for themselves is not sent`(event: String) throws {
        let frame = try self.encoded(event, "{}")
        #expect(frame.bytes.readableBytes == 0)
        #expect(frame.idHoles == [])
    }

    @Test func `what the server says is an event of its own name, where the contract has a frame for it`() throws {
        let template = Template(["at": .json("1")])
        let bare = SocketIODialect(
            .rooms { $0.frames = .init(connected: nil, publication: template, error: nil, unsubscribed: nil) })
        let full = SocketIODialect(
            .rooms {
                $0.frames = .init(
                    connected: template, publication: template, error: template, unsubscribed: template)
                $0.frames.lost = template
                $0.frames.resume = template
            })
        let notices: [(Notice, String)] = [
            (.connected, "connected"), (.subscriptionEnded, "unsubscribed"), (.lost(3), "lost"), (.resume, "resume"),
            (.failed(RequestError(.forbidden, "no")), "error"),
        ]
        for (notice, name) in notices {
            let scope = TemplateScope(now: Timestamp(milliseconds: 0))
            #expect(bare.encode(notice, in: scope) == nil)
            let frame = try #require(full.encode(notice, in: scope))
            #expect(RecordingEngine.texts(in: frame) == [#"42["\#(name)",{"at":1}]"#])
        }
    }
}
