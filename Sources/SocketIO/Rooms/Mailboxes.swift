// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The mailboxes of a server's event loops. What goes to all of them goes in one step, so that every loop meets broadcasts in one order.
final class Mailboxes: Sendable {
    private let boxes = Mutex<[LoopMailbox]>([])

    /// The loops that have had a connection.
    var all: [LoopMailbox] { self.boxes.withLock { $0 } }

    /// The current loop's.
    func mailbox(on eventLoop: any EventLoop) -> LoopMailbox {
        self.boxes.withLock { boxes in
            if let known = boxes.first(where: { $0.eventLoop === eventLoop }) { return known }
            let new = LoopMailbox(eventLoop: eventLoop)
            boxes.append(new)
            return new
        }
    }

    /// Has it done on every loop; on the current one before the call returns, if it can be.
    func everywhere(_ job: @escaping LoopMailbox.Job) { self.inOneStep { job } }

    /// The same for a job that is made while nothing else can come between.
    func inOneStep(_ makeJob: () -> LoopMailbox.Job) {
        let boxes = self.boxes.withLock { boxes in
            let job = makeJob()
            for box in boxes { box.append(job) }
            return boxes
        }
        for box in boxes { box.drainIfHere() }
    }

    /// Puts a job into one mailbox, made while no broadcast can come between. `drainIfHere` has to follow.
    func inOneStep(for box: LoopMailbox, _ makeJob: () -> LoopMailbox.Job?) {
        self.boxes.withLock { _ in
            if let job = makeJob() { box.append(job) }
        }
    }
}
