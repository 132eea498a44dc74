// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

extension Platform {
    /// What follows from the publications of a batch, each checked like any other; in the order of the batch.
    ///
    /// A publisher may publish by himself what would follow: each such publication in the batch stands for one that would
    /// follow with the same event to the same channels.
    func derive(
        from batch: [PreparedPublication], staged: [StateChange]
    ) throws(PublishFailure) -> [PreparedPublication] {
        var derived: [PreparedPublication] = []
        var staged = staged
        var own = batch.map { Optional($0) }
        for (index, publication) in batch.enumerated() {
            for rule in publication.derived {
                do throws(RequestError) {
                    let now = self.clock.now()
                    guard let request = try self.definition.request(rule, from: publication.data, now: now) else {
                        continue
                    }
                    let next = try self.prepare(request, staged: staged)
                    let same = own.firstIndex { $0?.event == next.event && $0?.channelNames == next.channelNames }
                    if let same {
                        own[same] = nil
                        continue
                    }
                    staged += next.changes
                    derived.append(next)
                } catch {
                    var error = error
                    error.message = "\(rule.event), which follows from \(publication.event): \(error.message)"
                    error.pointer = JSONPointer().appending(key: "data")
                    throw PublishFailure(index: index, error: error)
                }
            }
        }
        return derived
    }
}

extension PlatformDefinition {
    /// What follows from a publication by one of its event's rules.
    ///
    /// - Returns: `nil` when every place that says where it goes is optional and missing.
    package func request(
        _ rule: DerivedEvent, from payload: JSONNode, now: Timestamp
    ) throws(RequestError) -> PublishRequest? {
        var scope = TemplateScope(now: now)
        scope.payload = payload
        if rule.usesNewID { scope.newID = PublicationID.fresh(now: now) }
        let depth = JSONDocument.deepestNesting
        guard let data = try? JSONDocument(parsing: rule.data.rendered(in: scope), maximumDepth: depth) else {
            throw RequestError(.invalidPayload, "the payload cannot be read")
        }
        var request = PublishRequest(event: rule.event, data: data.root, id: scope.newID)
        guard !rule.channels.isEmpty || !rule.users.isEmpty else { return request }
        let channels = try self.texts(rule.channels, payload)
        let users = try self.texts(rule.users, payload)
        if channels.isEmpty && users.isEmpty { return nil }
        if !channels.isEmpty { request.channels = channels }
        if !users.isEmpty { request.users = users }
        return request
    }

    private func texts(_ templates: [NameTemplate], _ payload: JSONNode) throws(RequestError) -> [String] {
        var texts: [String] = []
        for template in templates {
            if let text = try self.text(template, payload: payload) { texts.append(text) }
        }
        return texts
    }
}
