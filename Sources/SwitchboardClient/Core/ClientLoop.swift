// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import NIOPosix
import Transport

/// An event loop with what makes connections on it. All clients share one, unless they are given another.
package struct ClientLoop: Sendable {
    package let eventLoop: any EventLoop
    let dialer: EventLoopFuture<WebSocketDialer>

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.dialer = WebSocketDialer.make(on: eventLoop)
    }

    package static let shared = ClientLoop(MultiThreadedEventLoopGroup.singleton.next())
}
