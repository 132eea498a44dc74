// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Testing
import Transport

@Suite struct EveryAddressTests {
    private static let hasIPv6 = (try? System.enumerateDevices())?.contains { $0.address?.ipAddress == "::1" } ?? false

    @Test func `a listener on every address takes clients of IPv4`() async throws {
        try await withListener(TestApplication(), configure: { $0.host = ListenerConfiguration.everyAddress }) {
            let client = try RawClient(port: $0.port)
            try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
            #expect(try client.readToEnd().starts(with: "HTTP/1.1 ".utf8))
        }
    }

    @Test(.enabled(if: Self.hasIPv6, "this machine has no IPv6"))
    func `a listener on every address takes clients of IPv6`() async throws {
        try await withListener(TestApplication(), configure: { $0.host = ListenerConfiguration.everyAddress }) {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "::1", port: $0.port).get()
            #expect(channel.remoteAddress?.ipAddress == "::1")
            try await channel.close().get()
        }
    }
}
