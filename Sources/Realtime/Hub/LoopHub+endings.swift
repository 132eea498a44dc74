// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What a delivery means for the connections that it reaches.
extension LoopHub {
    /// Notes that the subscribers of these channels were sent something: for each channel, not for each subscriber.
    func noteDelivery(to channels: [ChannelName]) {
        let second = Session.second(self.now)
        for name in channels { self.channel(name)?.deliverySecond = second }
    }

    /// Ends the connections that are subscribed to these channels now, when their time is over.
    ///
    /// - Parameter grace: milliseconds.
    func endConnections(of channels: [ChannelName], after grace: Int64) {
        for name in channels {
            for session in self.channel(name)?.sessions ?? [] { session.end(.sessionEnded, after: grace) }
        }
    }
}
