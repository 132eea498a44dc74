// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension Platform {
    /// Has a publication ended after its time, where it went, unless another one with its key comes before.
    ///
    /// One that already says what the end would say is the end.
    func startExpiry(of publication: PreparedPublication) {
        guard let rule = self.definition.events[publication.event]?.expiry,
            let text = try? rule.key.text(payload: publication.data)
        else { return }
        let key = ExpiryTable.Key(event: publication.event, key: text)
        var scope = TemplateScope(now: self.clock.now())
        scope.payload = publication.data
        let data = rule.data.rendered(in: scope)
        guard !data.elementsEqual(publication.data.rawBytes) else { return self.expiries.cancel(key) }
        guard let number = self.expiries.begin(key) else { return }
        let channels = publication.channelNames.map(\.rawValue)
        self.eventLoops[0].scheduleTask(in: .milliseconds(rule.after)) { [weak self] in
            guard let self, self.expiries.end(key, number),
                let document = try? JSONDocument(parsing: data, maximumDepth: JSONDocument.deepestNesting)
            else { return }
            var request = PublishRequest(event: key.event, data: document.root, channels: channels)
            request.isEnd = true
            self.publish([request]) { result in
                if case .failure(let failure) = result {
                    self.report("the end of \(key.event) could not be published: \(failure.error)")
                }
            }
        }
    }
}
