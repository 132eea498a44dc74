// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSocketProtocol

@Suite struct UTF8ValidatorTests {
    @Test func `every sequence of one to three bytes is judged as the standard library does`() {
        let interesting: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for first in interesting {
            for second in interesting {
                for third in interesting {
                    for bytes in [[first], [first, second], [first, second, third], [first, second, third, 0x80]] {
                        let isValid = String(validating: bytes, as: UTF8.self) != nil
                        #expect(bytes.withUnsafeBytes { UTF8Validator.isValid($0) } == isValid, "\(bytes)")
                    }
                }
            }
        }
    }

    @Test(arguments: [0, 7, 8, 31, 32, 33, 63, 64, 100])
    func `a fault behind ASCII of any length is found`(count: Int) {
        let text = [UInt8](repeating: 0x61, count: count)
        #expect(text.withUnsafeBytes { UTF8Validator.isValid($0) })
        #expect(!(text + [0xFF]).withUnsafeBytes { UTF8Validator.isValid($0) })
        #expect((text + Array("€𝄞".utf8) + text).withUnsafeBytes { UTF8Validator.isValid($0) })
    }
}
