// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    // MARK: History

    func run(
        _ history: Operation.History,
        in scope: TemplateScope,
        as caller: OperationCaller,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        let text = history.channels.names(in: scope).first ?? ""
        let limit: Int
        let match: PlatformDefinition.Match
        do throws(RequestError) {
            limit = try PageLimit.read(history.limit?.text(in: scope))
            match = try self.authorize(text, as: caller).get()
        } catch {
            return completion(.failure(error))
        }
        guard match.rules.history != nil else {
            return completion(.failure(RequestError(.forbidden, "this channel keeps no history", channel: text)))
        }
        let (before, since) = (history.before?.text(in: scope), history.since?.text(in: scope))
        self.newestHistory(of: match) { result in
            completion(
                result.map { kept in
                    let page = HistoryPage(kept, before: before, since: since, limit: limit)
                    var scope = scope
                    scope.channel = text
                    scope.channelPattern = match.rules.pattern
                    var writer = JSONWriter()
                    writer.beginObject()
                    writer.key("complete")
                    writer.bool(page.isComplete)
                    writer.key("publications")
                    writer.beginArray()
                    for publication in page.publications {
                        guard let item = Self.item(publication, history.item, in: scope) else { continue }
                        writer.raw(item)
                    }
                    writer.endArray()
                    writer.endObject()
                    return Self.answer(history.reply, in: scope, result: writer.bytes)
                })
        }
    }

    // MARK: Inbox

    func run(
        _ inbox: Operation.Inbox,
        in scope: TemplateScope,
        as caller: OperationCaller,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        guard let user = caller.identity?.user else {
            return completion(.failure(RequestError(.unauthenticated, "nobody is signed in", reason: "missing")))
        }
        let limit: Int
        var after: Timestamp?
        do throws(RequestError) {
            limit = try PageLimit.read(inbox.limit?.text(in: scope))
            if let text = inbox.since?.text(in: scope), !text.isEmpty {
                guard let time = Timestamp(text) else {
                    throw RequestError(
                        .invalidQuery,
                        "\"\(text.prefix(40))\" is not a time; \"since\" is written like 2025-11-05T12:00:00.000Z")
                }
                after = time
            }
        } catch {
            return completion(.failure(error))
        }
        // One more tells whether there are more.
        let query = InboxQuery(
            user: user, audiences: self.definition.audiences(of: user), after: after,
            limit: after == nil ? limit : limit + 1)
        self.engine.inbox(query) { [after] result in
            completion(
                result.map { found in
                    let page = after == nil ? found : Array(found.prefix(limit))
                    let next = found.count > page.count ? page.last?.publication.time : nil
                    var writer = JSONWriter()
                    writer.beginObject()
                    if let next {
                        writer.key("next")
                        writer.string(next.description)
                    }
                    writer.key("items")
                    writer.beginArray()
                    for entry in page {
                        guard
                            let item = Self.item(entry.publication, inbox.item, isRead: entry.isRead, in: scope)
                        else { continue }
                        writer.raw(item)
                    }
                    writer.endArray()
                    writer.endObject()
                    return Self.answer(inbox.reply, in: scope, result: writer.bytes, next: next)
                })
        }
    }

    /// - Parameter isRead: of an inbox: whether its user has read it.
    /// - Returns: `nil` for one whose data cannot be read any more, which only a damaged store has.
    private static func item(
        _ publication: StoredPublication,
        _ template: Template,
        isRead: Bool? = nil,
        in scope: TemplateScope
    ) -> [UInt8]? {
        guard var content = publication.content else { return nil }
        content.isRead = isRead
        var scope = scope
        scope.publication = content
        return template.rendered(in: scope)
    }
}

extension StoredPublication {
    /// As templates see it; `nil`: its data is no JSON, which only a damaged store has.
    package var content: TemplateScope.Publication? {
        guard let data = try? JSONDocument(parsing: self.data, maximumDepth: JSONDocument.deepestNesting) else {
            return nil
        }
        var content = TemplateScope.Publication(event: self.event, data: data.root, id: self.id, time: self.time)
        content.position = .some(self.position)
        return content
    }
}
