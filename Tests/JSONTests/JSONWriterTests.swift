// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 16)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `commas stand between siblings and nowhere else`() throws {
        let data = try JSONDocument(parsing: #"[ {"x": 1} ]"#).root
        let text = written {
            $0.beginObject()
            $0.key("a")
            $0.int(1)
            $0.key("b")
            $0.beginArray()
            $0.null()
            $0.bool(true)
            $0.bool(false)
            $0.beginArray()
            $0.endArray()
            $0.beginObject()
            $0.endObject()
            $0.endArray()
            $0.key("c")
            $0.raw(data)
            $0.key("d")
            $0.raw(data.rawBytes)
            $0.key("e")
            $0.raw([UInt8]("7".utf8))
            $0.key("f")
            $0.string("x")
            $0.endObject()
        }
        #expect(text == #"{"a":1,"b":[null,true,false,[],{}],"c":[ {"x": 1} ],"d":[ {"x": 1} ],"e":7,"f":"x"}"#)
    }

    @Test func `strings are escaped as JSON.stringify does`() {
        #expect(
            written { $0.string("a/b\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}\u{2028}é😀") }
                == "\"a/b\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\u{2028}é😀\"")
    }

    @Test func `what was written is read back the same`() throws {
        let original = String(String.UnicodeScalarView((0...0x2FF).compactMap { Unicode.Scalar($0) }))
        #expect(try JSONDocument(parsing: written { $0.string(original) }).root.string == original)
    }

    @Test(
        arguments: [
            (100, "100"), (0.1, "0.1"), (-0.0, "0"), (1e21, "1e+21"), (123456789012345683968, "123456789012345680000"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (-12.25, "-12.25"),
            (1e16, "10000000000000000"), (4.35, "4.35"), (0.00001234, "0.00001234"), (.infinity, "null"),
            (.nan, "null"),
        ] as [(Double, String)])
    func `a binary number is written as JavaScript writes it`(value: Double, text: String) {
        #expect(written { $0.double(value) } == text)
    }

    @Test func `the outermost integers are written`() {
        #expect(written { $0.int(.min) } == "-9223372036854775808")
        #expect(written { $0.int(.max) } == "9223372036854775807")
        #expect(written { $0.int(0) } == "0")
    }
}
