// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension Platform {
    /// How often waits are looked at for their time being over.
    private static let waitInterval: TimeAmount = .seconds(1)

    /// Publishes events whose time was over while the server was down, and from now on when it is.
    func startWaits() {
        guard !self.definition.waits.isEmpty, let loop = self.eventLoops.first else { return }
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.waitInterval) { [weak self] task in
            guard let self, !self.isClosed else { return task.cancel() }
            for completion in self.waits.takeCompleted(at: self.clock.now()) { self.publish(completion) }
        }
    }

    func publish(_ completion: WaitTable.Completion) {
        guard let rule = self.definition.waits.first(where: { $0.event == completion.key.event }),
            let trigger = try? JSONDocument(parsing: completion.data)
        else { return }
        var scope = TemplateScope(now: self.clock.now())
        scope.payload = trigger.root
        guard let payload = try? JSONDocument(parsing: rule.data.rendered(in: scope)) else { return }
        // Publishing the event ends its wait, in the same commit.
        self.publish([PublishRequest(event: rule.event, data: payload.root)]) { [weak self] result in
            guard case .failure(let failure) = result else { return }
            self?.report(
                "\(rule.event) for \"\(completion.key.key)\" could not be published: \(failure.error.message); trying again"
            )
            self?.waits.giveBack(completion.key)
        }
    }
}
