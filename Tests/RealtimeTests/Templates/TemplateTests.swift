// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

@Suite struct TemplateTests {
    private func scope(_ change: (inout TemplateScope) -> Void = { _ in }) -> TemplateScope {
        var scope = TemplateScope(now: ManualClock.start)
        change(&scope)
        return scope
    }

    /// A scope in which every source has a value.
    private func fullScope() -> TemplateScope {
        self.scope {
            $0.args =
                JSONDocument.of(#"{"channel":"order:1","list":[1,"two",{"x":3.50}],"none":null,"deep":{"er":true}}"#)
                .root
            $0.identity = Identity(
                user: UserID("did:x:1"), name: "Ann \"A\"", avatar: "a.png", roles: ["buyer", "ad\"min"],
                claims: JSONDocument.of(#"{"org":{"id":9}}"#))
            $0.connectionNumber = .max
            $0.connectedAt = Timestamp(milliseconds: 0)
            $0.channel = "order:a\"b"
            $0.channelPattern = ChannelPattern("order:{orderId}")
            $0.publication = .init(
                event: "order.paid", data: JSONDocument.of(#"{"n":1e2}"#).root, id: "id-\"1\"",
                time: Timestamp(milliseconds: 1))
            $0.payload = JSONDocument.of(#"{"title":"\u00e9","price":1.10}"#).root
            $0.result = JSONDocument.of(#"{"record":[]}"#).root
            $0.error = RequestError(.forbidden, "no")
            $0.errorMessage = "not you"
        }
    }

    private func rendered(_ node: Template.Node, _ scope: TemplateScope) -> String {
        String(decoding: Template(node).rendered(in: scope), as: UTF8.self)
    }

    private func value(_ source: TemplatePath.Source, _ missing: TemplatePath.Missing = .null) -> Template.Node {
        .value(TemplatePath(source, missing: missing))
    }

    private static let sources: [(TemplatePath.Source, json: String, text: String)] = [
        (.args(["channel"]), #""order:1""#, "order:1"), (.args(["deep", "er"]), "true", "true"),
        (.args(["list"]), #"[1,"two",{"x":3.50}]"#, #"[1,"two",{"x":3.50}]"#), (.args(["none"]), "null", "null"),
        (.userID, #""did:x:1""#, "did:x:1"), (.userName, #""Ann \"A\"""#, #"Ann "A""#),
        (.userAvatar, #""a.png""#, "a.png"),
        (.userRoles, #"["buyer","ad\"min"]"#, #"["buyer","ad\"min"]"#), (.userClaims(["org", "id"]), "9", "9"),
        (.connectionID, "\"\(ConnectionID.text(of: .max))\"", ConnectionID.text(of: .max)),
        (.connectedAt, #""1970-01-01T00:00:00.000Z""#, "1970-01-01T00:00:00.000Z"),
        (.channelName, #""order:a\"b""#, #"order:a"b"#), (.channelParameter("orderId"), #""a\"b""#, #"a"b"#),
        (.publicationEvent, #""order.paid""#, "order.paid"), (.publicationID, #""id-\"1\"""#, #"id-"1""#),
        (.publicationTime, #""1970-01-01T00:00:00.001Z""#, "1970-01-01T00:00:00.001Z"),
        (.publicationData([]), #"{"n":1e2}"#, #"{"n":1e2}"#), (.publicationData(["n"]), "1e2", "1e2"),
        (.result(["record"]), "[]", "[]"), (.errorCode, #""forbidden""#, "forbidden"),
        (.errorMessage, #""not you""#, "not you"),
        (.now, #""2025-11-05T12:00:00.000Z""#, "2025-11-05T12:00:00.000Z"), (.payload(["title"]), #""\u00e9""#, "é"),
        (.payload(["price"]), "1.10", "1.10"),
    ]

    @Test(arguments: Self.sources.indices) func `every source gives its value as JSON and as text`(index: Int) {
        let (source, json, text) = Self.sources[index]
        let scope = self.fullScope()
        #expect(self.rendered(self.value(source), scope) == json)
        #expect(
            TextTemplate(parts: [.literal("<"), .value(TemplatePath(source)), .literal(">")]).text(in: scope)
                == "<\(text)>")
    }

    private static let absent: [TemplatePath.Source] = [
        .args(["channel"]), .userID, .userName, .userAvatar, .userRoles, .userClaims([]), .connectionID, .connectedAt,
        .channelName, .channelParameter("x"), .publicationEvent, .publicationID, .publicationTime, .publicationData([]),
        .result([]), .errorCode, .errorMessage, .payload([]),
    ]

    @Test(arguments: Self.absent) func `a source without a value is null, dropped or the default`(
        source: TemplatePath.Source
    ) {
        let scope = self.scope()
        #expect(self.rendered(self.value(source), scope) == "null")
        #expect(self.rendered(self.value(source, .value(Array("[7]".utf8))), scope) == "[7]")
        let object = Template.Node.object([
            (key: "a", value: self.value(source, .drop)), (key: "b", value: .json(Array("1".utf8))),
            (key: "c", value: self.value(source)),
        ])
        #expect(self.rendered(object, scope) == #"{"b":1,"c":null}"#)
    }

    @Test func `a field that is null is a value and not dropped`() {
        let object = Template.Node.object([(key: "none", value: self.value(.args(["none"]), .drop))])
        #expect(self.rendered(object, self.fullScope()) == #"{"none":null}"#)
    }

    @Test func `an object may lose its first, its last and all its keys`() {
        func object(_ present: [Bool]) -> Template.Node {
            .object(
                present.enumerated().map { index, isPresent in
                    (key: "k\(index)", value: self.value(isPresent ? .userID : .userName, .drop))
                })
        }
        let scope = self.scope { $0.identity = Identity(user: UserID("u")) }
        #expect(self.rendered(object([false, true, true]), scope) == #"{"k1":"u","k2":"u"}"#)
        #expect(self.rendered(object([true, true, false]), scope) == #"{"k0":"u","k1":"u"}"#)
        #expect(self.rendered(object([false, false]), scope) == "{}")
        #expect(
            self.rendered(.object([(key: "outer", value: object([false, true]))]), scope) == #"{"outer":{"k1":"u"}}"#)
    }

    @Test func `keys and texts are written with JSON's escapes`() {
        let node = Template.Node.object([(key: "a\"\n", value: .text(TextTemplate("b\\\u{1}")))])
        #expect(self.rendered(node, self.scope()) == #"{"a\"\n":"b\\\u0001"}"#)
    }

    @Test func `an array spreads another between its elements`() {
        func array(_ path: [String]) -> Template.Node {
            .array([.one(self.value(.userID)), .each(TemplatePath(.args(path))), .one(.json(Array("0".utf8)))])
        }
        #expect(self.rendered(array(["list"]), self.fullScope()) == #"["did:x:1",1,"two",{"x":3.50},0]"#)
        #expect(self.rendered(array(["missing"]), self.fullScope()) == #"["did:x:1",0]"#)
        #expect(self.rendered(array(["channel"]), self.fullScope()) == #"["did:x:1",0]"#)
        #expect(
            self.rendered(.array([.each(TemplatePath(.args(["list"])))]), self.fullScope()) == #"[1,"two",{"x":3.50}]"#)
        #expect(self.rendered(.array([]), self.fullScope()) == "[]")
    }

    @Test func `text takes defaults, without quotes and escapes`() {
        func text(_ json: String) -> String? {
            TextTemplate(parts: [
                .literal("Hello "), .value(TemplatePath(.userName, missing: .value(Array(json.utf8)))),
            ]).text(in: self.scope())
        }
        #expect(text(#""some\"body\"""#) == #"Hello some"body""#)
        #expect(text("7") == "Hello 7")
        #expect(text("null") == "Hello null")
    }

    @Test func `a text with a place that may be dropped disappears with it`() {
        let text = TextTemplate(parts: [.literal("a"), .value(TemplatePath(.userName, missing: .drop))])
        #expect(text.text(in: self.scope()) == nil)
        let object = Template.Node.object([(key: "t", value: .text(text)), (key: "u", value: .json(Array("1".utf8)))])
        #expect(self.rendered(object, self.scope()) == #"{"u":1}"#)
        #expect(TextTemplate(parts: [.literal("a"), .value(TemplatePath(.userName))]).text(in: self.scope()) == "a")
    }

    @Test func `what a publication does not have yet leaves holes of the right length`() {
        let node = Template.Node.object([
            (key: "t", value: self.value(.publicationTime)),
            (
                key: "s",
                value: .text(
                    TextTemplate(parts: [
                        .literal("é"), .value(TemplatePath(.publicationID)), .literal("-"), .value(TemplatePath(.now)),
                    ]))
            ), (key: "i", value: self.value(.publicationID, .drop)),
        ])
        var scope = TemplateScope(now: nil)
        scope.publication = .init(event: "e", data: JSONDocument.of("1").root, id: nil, time: nil)
        var output = TemplateOutput()
        Template(node).append(to: &output, in: scope)
        #expect(output.timeHoles.count == 2)
        #expect(output.idHoles.count == 2)
        let stamp = Stamp(time: ManualClock.start, sequence: 1, node: 2)
        output.bytes.withUnsafeMutableBytes { bytes in
            for hole in output.timeHoles { stamp.time.write(to: bytes, at: hole) }
            for hole in output.idHoles { stamp.writeID(to: bytes, at: hole) }
        }
        #expect(
            String(decoding: output.bytes, as: UTF8.self)
                == #"{"t":"\#(stamp.time)","s":"é\#(stamp.id)-\#(stamp.time)","i":"\#(stamp.id)"}"#)
    }

    @Test func `a template knows whether the channel or the result is in it, however deep`() {
        func template(_ source: TemplatePath.Source) -> [Template] {
            let text = Template.Node.text(TextTemplate(parts: [.value(TemplatePath(source))]))
            return [
                Template(self.value(source)), Template(text), Template(.object([(key: "a", value: text)])),
                Template(
                    .object([(key: "a", value: .array([.one(text)])), (key: "b", value: self.value(.userName, .drop))])),
                Template(.array([.one(.object([(key: "a", value: self.value(source, .drop))]))])),
            ]
        }
        #expect(template(.channelName).allSatisfy { $0.usesChannel && !$0.usesResult })
        #expect(template(.channelParameter("x")).allSatisfy { $0.usesChannel && !$0.usesResult })
        #expect(template(.result([])).allSatisfy { $0.usesResult && !$0.usesChannel })
        #expect(template(.userID).allSatisfy { !$0.usesChannel && !$0.usesResult })
        #expect(Template(.array([.each(TemplatePath(.result(["items"])))])).usesResult)
    }
}
