// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Synchronization

extension Platform {
    /// How often waits are looked at for their time being over.
    private static let waitInterval: TimeAmount = .seconds(1)

    /// Publishes events whose time was over while the server was down, and from now on when it is. The second call changes nothing.
    func startWaits() {
        guard !self.definition.waits.isEmpty, let loop = self.eventLoops.first,
            !self.hasStartedWaits.exchange(true, ordering: .relaxed)
        else { return }
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.waitInterval) { [weak self] task in
            guard let self, !self.isClosed else { return task.cancel() }
            for completion in self.waits.takeCompleted(at: self.clock.now()) { self.publish(completion) }
        }
    }

    /// Publishes the events whose wait these changes completed.
    func settleWaits(_ changes: [StateChange]) {
        for case .addWaitItem(let wait, _, _, _) in changes {
            if let completion = self.waits.takeCompleted(wait) { self.publish(completion) }
        }
    }

    private func publish(_ completion: WaitTable.Completion) {
        // Without its rule the wait stays as it is: a later contract may have the rule again.
        guard let rule = self.definition.waits.first(where: { $0.event == completion.key.event }) else { return }
        let now = self.clock.now()
        let end = StateChange.endWait(
            wait: completion.key, forgetAt: Timestamp(milliseconds: now.milliseconds + rule.within))
        guard let payload = rule.payload(from: completion.data, now: now) else {
            return self.giveUp(completion.key, end: end, because: "the event that completed it cannot be read")
        }
        self.publish([PublishRequest(event: rule.event, data: payload.root)], alongWith: [end]) { result in
            guard case .failure(let failure) = result else { return }
            guard failure.error.code == .storageUnavailable else {
                return self.giveUp(completion.key, end: end, because: failure.error.message)
            }
            // Once, as a full disk would fill the log as well.
            guard self.waits.giveBack(completion.key, at: self.clock.now()) else { return }
            self.report("\(completion.key) could not be published yet: \(failure.error.message); trying each second")
        }
    }

    /// Ends a wait whose event the platform's own contract refuses; trying again would not help.
    private func giveUp(_ key: WaitKey, end: StateChange, because reason: String) {
        self.report("\(key) was not published: \(reason)")
        self.change([end]) { _ in }
    }
}

extension WaitRule {
    fileprivate func payload(from trigger: [UInt8], now: Timestamp) -> JSONDocument? {
        guard let trigger = try? JSONDocument(parsing: trigger) else { return nil }
        var scope = TemplateScope(now: now)
        scope.payload = trigger.root
        return try? JSONDocument(parsing: self.data.rendered(in: scope))
    }
}
