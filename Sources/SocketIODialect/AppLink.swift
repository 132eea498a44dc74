// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime

/// An app's connection as other threads know it.
final class AppLink: AppConnection {
    let app: App
    private let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<AppSession?>

    /// Call it on the loop.
    init(_ app: App, on eventLoop: any EventLoop) {
        self.app = app
        self.eventLoop = eventLoop
        self.box = NIOLoopBoundBox(nil, eventLoop: eventLoop)
    }

    /// Only on the loop; `nil` when nothing can be sent.
    var session: AppSession? {
        get { self.box.value }
        set { self.box.value = newValue }
    }

    func send(
        _ call: AppCall, deadline: NIODeadline, completion: @escaping @Sendable (AppConnectionOutcome) -> Void
    ) {
        self.onLoop {
            guard let session = self.session else { return completion(.unsent) }
            session.send(call, deadline: deadline, completion: completion)
        }
    }

    func end() { self.onLoop { self.session?.end() } }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if self.eventLoop.inEventLoop { body() } else { self.eventLoop.execute(body) }
    }
}
