// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    /// Marks a publication of the caller's inbox as read, for all of his devices. One that is not there is `forbidden`, whether it
    /// is somebody else's or nobody's.
    func markRead(
        _ notification: TextTemplate,
        _ reply: Template?,
        in scope: TemplateScope,
        as caller: OperationCaller,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        guard let user = caller.identity?.user else {
            return completion(.failure(RequestError(.unauthenticated, "nobody is signed in")))
        }
        guard let id = notification.text(in: scope), (1...PublicationID.maximumByteCount).contains(id.utf8.count) else {
            return completion(.failure(.noSuchNotification))
        }
        let answer = { @Sendable in
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("id")
            writer.string(id)
            writer.endObject()
            completion(.success(Self.answer(reply, in: scope, result: writer.bytes)))
        }
        let query = InboxQuery(user: user, audiences: self.definition.audiences(of: user), after: nil, limit: 1)
        self.engine.inboxEntry(id, for: query) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(nil): completion(.failure(.noSuchNotification))
            case .success(let entry?) where entry.isRead: answer()
            case .success(let entry?):
                self.change([.markRead(publication: id, user: user, until: entry.until)]) { result in
                    if case .failure(let error) = result { completion(.failure(error)) } else { answer() }
                }
            }
        }
    }
}

extension RequestError {
    fileprivate static let noSuchNotification = RequestError(.forbidden, "there is no such notification for this user")
}
