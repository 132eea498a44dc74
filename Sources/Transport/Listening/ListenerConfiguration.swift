// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Certificates
package import HTTP
package import NIOCore

/// Where a listener listens and the bounds of what it takes before and beside WebSockets.
package struct ListenerConfiguration: Sendable {
    /// Stands for every address of the machine: `host` for IPv6 and IPv4, or IPv4 alone where the system has no IPv6.
    package static let everyAddress = "::"

    /// A host name or an address; loopback unless configured.
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 0
    /// Connections that the kernel completes ahead of us; it cuts this to `net.core.somaxconn`.
    package var backlog: Int32 = 4096

    /// With it every connection is encrypted; `nil`: none is.
    package var certificate: ServedCertificate?

    /// Proxies whose word on their clients is taken: addresses, and whether they came encrypted.
    package var trustedProxies: [AddressBlock] = []

    /// Longest request line and headers. Past it: 431 and close. 16 KiB holds any token in use.
    package var maximumHeadByteCount = 16 * 1024
    /// Time from accept to a whole first request head, with the TLS handshake. Past it: close, without an answer.
    package var headDeadline = TimeAmount.seconds(10)
    /// Longest request body. Past it: 413 and close.
    package var maximumBodyByteCount = 1024 * 1024
    /// Time from a whole head to a whole body. Past it: 408 and close.
    package var bodyDeadline = TimeAmount.seconds(30)
    /// Time from an answer to the whole head of the connection's next request. Past it: close.
    package var idleTimeout = TimeAmount.seconds(60)
    /// Time the application has for an answer. Past it: 503 and close.
    package var responseDeadline = TimeAmount.seconds(60)
    /// How late a deadline of a connection may be noticed: one look at all that have one, this often.
    package var sweepInterval = TimeAmount.seconds(1)

    package init() {}
}
