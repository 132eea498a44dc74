// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One session's place among a channel's subscribers.
struct Subscription {
    let channel: LoopChannel
    var slot: Int
}
