// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct MonitoredServiceTests {
    @Test(arguments: [
        ("http://a", "http://a", 80), ("https://a/b?c", "https://a", 443), ("HTTP://a:8080/", "HTTP://a:8080", 8080),
        ("http://[::1]:9/x", "http://[::1]:9", 9), ("http://[::1]", "http://[::1]", 80), ("http://a?x", "http://a", 80),
    ])
    func `an address has an origin and a port`(text: String, origin: String, port: Int) {
        #expect(ServiceAddress(text)?.origin == origin)
        #expect(ServiceAddress(text)?.port == port)
    }

    @Test(arguments: [
        "", "a", "ftp://a", "http://", "http:///x", "http://:80", "http://a:", "http://a:0", "http://a:65536",
        "http://a:x",
        "http://u@a", "http://a#b", "http://a b", "http://[::1", "http://[]", "http://[::1]x", "http://ä",
        "http://" + String(repeating: "a", count: 2048),
    ])
    func `what is no address is refused`(text: String) {
        #expect(ServiceAddress(text) == nil)
    }

    @Test func `a registration is read as it was kept`() throws {
        let service = try MonitoredService(
            name: "auth", url: "http://a:1/b", health: "/c", port: 9, version: "1.0.0", every: 5000)
        #expect(service.health == "http://a:1/c")
        for registration in [
            ServiceRegistration(service, origin: .contract),
            ServiceRegistration(service, origin: .registry, isLost: true),
            ServiceRegistration(try MonitoredService(name: "b", url: "http://b"), origin: .registry),
        ] {
            #expect(ServiceRegistration(registration.stored) == registration)
        }
        #expect(ServiceRegistration(StoredRegistration(kind: .app, key: "auth", content: Array("{}".utf8))) == nil)
        #expect(ServiceRegistration(StoredRegistration(kind: .service, key: "auth", content: [0x7B])) == nil)
    }

    @Test(arguments: ["", "*", "a b", "a/b", "ä", String(repeating: "a", count: 129)])
    func `what is no name is refused`(name: String) {
        #expect(throws: MonitoredService.Fault.self) { try MonitoredService(name: name, url: "http://a") }
    }
}
