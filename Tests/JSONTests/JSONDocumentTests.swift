// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONDocumentTests {
    private func failure(_ text: String, maximumDepth: Int = 64) -> String? {
        do {
            _ = try JSONDocument(parsing: text, maximumDepth: maximumDepth)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a refused text is told what was expected and where`() {
        #expect(failure("") == "expected a value, the text ends at byte 0")
        #expect(failure(#"{"a":1,"b":[1 2]}"#) == "expected ',' or ']' at byte 14")
        #expect(failure(#"{"order": "a"; "b":1}"#) == "expected ',' or '}' at byte 13")
        #expect(failure(#"{"a" 1}"#) == "expected ':' at byte 5")
        #expect(failure(#"{,"#) == "expected a member's name or '}' at byte 1")
        #expect(failure(#"{"a":1,}"#) == "expected a member's name at byte 7")
        #expect(failure("[1,]") == "expected a value at byte 3")
        #expect(failure("tru") == "expected 'true', the text ends at byte 3")
        #expect(failure("1.x") == "expected a digit at byte 2")
        #expect(failure("01") == "a number cannot start with 0 and go on at byte 1")
        #expect(failure("\"a\u{1}\"") == "a control character in a string must be escaped at byte 2")
        #expect(failure(#""\x""#) == "unknown escape at byte 1")
        #expect(failure(#""\u12g4""#) == "expected four hex digits after '\\u' at byte 3")
        #expect(failure("\"abc") == "expected '\"', the text ends at byte 4")
        #expect(failure("1 2") == "expected nothing after the value at byte 2")
        #expect(failure("\u{FEFF}1") == "expected a value at byte 0")
    }

    @Test func `a text cut anywhere is refused and one with any byte changed never traps`() throws {
        let text = [UInt8](#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é😀"],"b":{"c":null,"d":true}}"#.utf8)
        for end in 0..<text.count {
            #expect(throws: JSONParseError.self) { try JSONDocument(parsing: text[..<end]) }
        }
        var accepted = 0
        for position in 0..<text.count {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                guard let document = try? JSONDocument(parsing: changed) else { continue }
                accepted += document.root.isSameValue(as: document.root) ? 1 : 0
            }
        }
        #expect(accepted > text.count)
    }

    @Test func `invalid UTF-8 is refused wherever it stands in a string`() {
        let invalid: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x28, 0xA1],
        ]
        for sequence in invalid {
            for padding in 0..<20 {
                let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + sequence + [0x22]
                #expect(throws: JSONParseError.self, "\(sequence)") { try JSONDocument(parsing: text) }
            }
        }
    }

    @Test func `a million open brackets are refused at the depth limit`() {
        let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        let text = String(decoding: brackets, as: UTF8.self)
        #expect(failure(text) == "nested deeper than 64 levels at byte 64")
        #expect(failure(text, maximumDepth: .max) == "nested deeper than 512 levels at byte 512")
    }

    @Test func `nesting as deep as the limit is read`() throws {
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let document = try JSONDocument(parsing: text, maximumDepth: 512)
        #expect(document.root.isSameValue(as: document.root))
        #expect(failure("[[1]]", maximumDepth: 2) == nil)
        #expect(failure("[[[1]]]", maximumDepth: 2) == "nested deeper than 2 levels at byte 2")
        #expect(failure("1", maximumDepth: -5) == nil)
    }

    @Test func `bytes from an address, a slice and a string parse alike`() throws {
        let bytes = [UInt8](#" {"a" : [1, 2]} "#.utf8)
        let documents = [
            try JSONDocument(parsing: bytes),
            try bytes.withUnsafeBytes { try JSONDocument(parsing: $0) },
            try JSONDocument(parsing: ([0, 0] + bytes)[2...]),
            try JSONDocument(parsing: #" {"a" : [1, 2]} "#),
        ]
        for document in documents {
            #expect(document.root["a"]?[1]?.int == 2)
            #expect(document.root.rawRange == 1..<15)
        }
    }
}
