// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Transport

/// A GET or POST of a session that exists, on its way from the connection's loop to the session's. Owned by the connection's loop.
final class PollingRequest: RequestReceiver {
    private let session: SessionTable.Entry
    private let answer: PollingAnswer
    private let isPost: Bool
    private let limit: Int
    private var body = ByteBuffer()
    /// Whatever comes is of no interest any more.
    private var isOver = false

    /// - Parameter limit: bytes of body.
    init(_ request: HTTPRequest, of session: SessionTable.Entry, answer: PollingAnswer, limit: Int) {
        self.session = session
        self.answer = answer
        self.isPost = request.method == .post
        self.limit = limit
        guard self.isPost else { return }
        self.session.run { [answer] in $0.beginPost(answer) }
        if request.headers["content-type"]?.lowercased().hasPrefix("application/octet-stream") == true {
            self.isOver = true
            self.answer.sendBadRequest()
            self.session.run { $0.end(.transportError) }
        } else if let length = request.headers["content-length"].flatMap({ Int($0) }), length > limit {
            self.refuseAsTooLarge()
        }
    }

    func received(_ part: ByteBuffer) {
        guard self.isPost, !self.isOver else { return }
        guard self.body.readableBytes + part.readableBytes <= self.limit else { return self.refuseAsTooLarge() }
        self.body.writeImmutableBuffer(part)
    }

    func finished() {
        guard !self.isOver else { return }
        let (answer, body) = (self.answer, self.body)
        self.body = ByteBuffer()
        if self.isPost {
            self.session.run { $0.finishPost(answer, body) }
        } else {
            self.session.run { $0.poll(answer) }
        }
    }

    func aborted() { self.session.run { [answer = self.answer] in $0.aborted(answer) } }

    /// The session goes on.
    private func refuseAsTooLarge() {
        self.isOver = true
        self.body = ByteBuffer()
        self.answer.send(HTTPResponse(.contentTooLarge, closesConnection: true))
        self.session.run { [answer = self.answer] in $0.forgetPost(answer) }
    }
}
