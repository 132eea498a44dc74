// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Foundation
import HTTP
import NIOCore
import Transport

/// Two addresses: `POST /calls` takes the players' answers from Switchboard and judges them; `POST /rooms/{room}/questions` takes a question from
/// whoever runs the quiz and asks the room.
struct QuizApplication: ListenerApplication {
    let quiz = Quiz()
    let settings: QuizSettings
    let publisher: Publisher

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "no WebSocket here\n"))
    }

    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let segments = request.path.split(separator: "/").map(String.init)
        switch (request.method, segments.count, segments.first) {
        case (.post, 1, "calls"): respond(self.answerCall(request))
        case (.post, 3, "rooms") where segments[2] == "questions": respond(self.ask(request, in: segments[1]))
        default: respond(.text(.notFound, "POST /calls, or POST /rooms/ROOM/questions\n"))
        }
    }

    private func answerCall(_ request: HTTPRequest) -> HTTPResponse {
        let body = Array(request.body.readableBytesView)
        guard self.settings.signature.verifies(request.headers, body: body, now: Int64(Date.now.timeIntervalSince1970))
        else { return .text(.unauthorized, "the signature is not that of this app's secret, or too old\n") }
        guard let call = try? JSONDecoder.quiz.decode(Call.self, from: Data(body)), call.event == "quiz:answer_submit"
        else { return Self.json(Quiz.Refusal("INVALID_PAYLOAD", "An answer has questionId and answer")) }
        switch self.quiz.judge(call) {
        case .failure(let refusal): return Self.json(refusal)
        case .success((let verdict, let result)):
            self.publisher.publish("quiz:answer_result", result, in: call.parameters["roomId"] ?? "")
            return Self.json(verdict)
        }
    }

    private func ask(_ request: HTTPRequest, in room: String) -> HTTPResponse {
        guard let question = try? JSONDecoder.quiz.decode(Question.self, from: Data(request.body.readableBytesView)),
            question.options.contains(question.answer), question.timeLimit > 0
        else {
            return .text(
                .badRequest,
                "a question has questionId, questionNumber, totalQuestions, question, options, timeLimit and answer, one of the options\n"
            )
        }
        let now = Date.now
        self.quiz.ask(question, in: room, at: now)
        self.publisher.publish("quiz:question_published", question.published(at: now), in: room)
        return HTTPResponse(.noContent)
    }

    private static func json(_ value: some Encodable) -> HTTPResponse {
        guard let body = try? JSONEncoder.quiz.encode(value) else { return HTTPResponse(.internalServerError) }
        return .json(.ok, ByteBuffer(bytes: body))
    }
}
