// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Transport

/// The answer to one polling request, as its session sees it, on whatever loop the request came.
final class PollingAnswer: Sendable {
    private let eventLoop: any EventLoop
    private let answer: NIOLoopBound<RequestAnswer>
    /// Added to every answer.
    private let headers: [HTTPHeaders.Field]

    /// Made on the loop of the request's connection.
    init(_ answer: RequestAnswer, on eventLoop: any EventLoop, headers: [HTTPHeaders.Field]) {
        self.eventLoop = eventLoop
        self.answer = NIOLoopBound(answer, eventLoop: eventLoop)
        self.headers = headers
    }

    /// From any loop. The first answer counts.
    func send(_ response: HTTPResponse) { self.send(response, headers: self.headers) }

    private func send(_ response: HTTPResponse, headers: [HTTPHeaders.Field]) {
        var response = response
        for field in headers { response.headers.append(field.name, field.value) }
        if self.eventLoop.inEventLoop {
            self.answer.value.send(response)
        } else {
            self.eventLoop.execute { [answer = self.answer, response] in answer.value.send(response) }
        }
    }

    func send(_ fault: EngineFault) { self.send(fault.response) }

    /// Packets for a GET.
    func send(payload: ByteBuffer, cookie: String? = nil) {
        var response = HTTPResponse(
            .ok, headers: ["Content-Type": "text/plain; charset=UTF-8", "cache-control": "no-store"], body: payload)
        if let cookie { response.headers.append("Set-Cookie", cookie) }
        self.send(response)
    }

    /// For pages of other origins, with all headers that they need.
    func sendPreflight(_ response: HTTPResponse) { self.send(response, headers: []) }

    /// The packets of a POST were taken.
    func sendOK() {
        self.send(
            HTTPResponse(
                .ok, headers: ["Content-Type": "text/html", "cache-control": "no-store"],
                body: ByteBuffer(string: "ok")))
    }

    /// A request that the protocol does not allow; its connection ends.
    func sendBadRequest() { self.send(HTTPResponse(.badRequest, closesConnection: true)) }

    /// The server goes away: the client fails the connection, and comes back.
    func sendUnavailable() { self.send(HTTPResponse(.serviceUnavailable, closesConnection: true)) }
}
