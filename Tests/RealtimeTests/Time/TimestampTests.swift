// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (1_762_344_000_007, "2025-11-05T12:00:00.007Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a moment and its written form lead to each other`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["1896-01-01T00:00:00.000Z", "1996-01-01T00:00:00.000Z", "2096-01-01T00:00:00.000Z"])
    func `every day of nine years around a century keeps its place`(first: String) throws {
        var moment = try #require(Timestamp(first))
        var last = ""
        for _ in 0..<9 * 366 {
            let text = moment.description
            guard text > last, Timestamp(text) == moment else {
                Issue.record("\(moment.milliseconds) became \(text) after \(last)")
                return
            }
            last = text
            moment.milliseconds += 86_400_000
        }
    }

    @Test(arguments: [Int64.min, Int64.max, 253_402_300_800_000])
    func `a moment beyond the year 9999 or before 0 is written as the nearest that has 24 bytes`(milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).description.utf8.count == Timestamp.byteCount)
    }

    @Test(
        arguments: [
            ("2025-11-05T12:00:00Z", 0), ("2025-11-05t12:00:00z", 0), ("2025-11-05 12:00:00Z", 0),
            ("2025-11-05T12:00:00.5Z", 500), ("2025-11-05T12:00:00.1239999Z", 123), ("2025-11-05T14:00:00+02:00", 0),
            ("2025-11-05T06:30:00-05:30", 0), ("2025-11-05T12:00:00-00:00", 0), ("2025-11-05T11:59:60Z", 0),
        ] as [(String, Int64)])
    func `RFC 3339 is read in all its spellings`(text: String, offset: Int64) {
        #expect(Timestamp(text)?.milliseconds == 1_762_344_000_000 + offset)
    }

    @Test func `the 29th of February exists in leap years only`() {
        #expect(Timestamp("2024-02-29T00:00:00Z") != nil)
        #expect(Timestamp("2000-02-29T00:00:00Z") != nil)
        #expect(Timestamp("2023-02-29T00:00:00Z") == nil)
        #expect(Timestamp("1900-02-29T00:00:00Z") == nil)
    }

    @Test(arguments: [
        "", "2025", "2025-11-05", "2025-11-05T12:00:00", "2025-11-05T12:00:00.Z", "2025-11-05T12:00:00+02",
        "2025-11-05T12:00Z",
        "2025-13-05T12:00:00Z", "2025-00-05T12:00:00Z", "2025-11-31T12:00:00Z", "2025-11-05T24:00:00Z",
        "2025-11-05T12:60:00Z", "2025-11-05T12:00:61Z", "2025-11-05T12:00:00Zx", "2025-11-05T12:00:00+24:00",
        "2025-11-05T12:00:00+", "2025-11-05T12:00:00.", "+025-11-05T12:00:00Z", "２025-11-05T12:00:00Z",
        "2025-11-05T12:00:00+1",
        "\0\0\0\0-\0\0-\0\0T\0\0:\0\0:\0\0Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a fraction of any length is cut to milliseconds`() {
        #expect(Timestamp("1970-01-01T00:00:00.\(String(repeating: "9", count: 10_000))Z")?.milliseconds == 999)
    }
}
