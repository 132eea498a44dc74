// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Carries steps of relays from one loop to another: those of a turn cross together, in their order. Owned by the loop they come from.
///
/// However many relayed WebSockets a publication goes to, each costs an append, and all of them one wake-up of the other loop.
final class LoopBridge {
    let destination: any EventLoop
    private let origin: any EventLoop
    private var steps: [RelayStep] = []

    init(from origin: any EventLoop, to destination: any EventLoop) {
        self.origin = origin
        self.destination = destination
    }

    func append(_ relay: Relay, _ action: RelayStep.Action) {
        if self.steps.isEmpty { self.origin.assumeIsolated().execute { self.cross() } }
        self.steps.append(RelayStep(relay: relay, action: action))
    }

    private func cross() {
        let steps = self.steps
        self.steps = []
        self.destination.execute { for step in steps { step.run() } }
    }
}

@available(*, unavailable)
extension LoopBridge: Sendable {}
