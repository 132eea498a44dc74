// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import Server

struct PlainReasonTests {
    @Test func `what the system said comes through, and nothing of the types between`() throws {
        #expect(PlainReason.of(IOError(errnoCode: EADDRINUSE, reason: "bind")) == "Address already in use")
        let error = try #require(throws: (any Error).self) {
            try Data(contentsOf: URL(fileURLWithPath: "/no/such/file"))
        }
        #expect(PlainReason.of(error) == "No such file or directory")
        #expect(PlainReason.of(ChannelError.connectTimeout(.seconds(1))) == "it did not answer in time")
        #expect(PlainReason.of(ServerError("error: a")) == "error: a")
    }
}
