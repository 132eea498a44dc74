// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Realtime

/// Answers a plain client with the operation's own templates: each channel by itself, errors as error frames.
struct PlainAnswerer: Answerer {
    let session: Session
    let request: ClientRequest

    var joinsAllOrNone: Bool { false }

    func refuse(_ error: RequestError) {
        self.session.fail(error, args: self.request.args, command: self.request.name)
    }

    func tell(_ text: [UInt8]) { self.session.port.send(PlainDialect.frame(text)) }

    func finish(_ answer: OperationAnswer) {
        for text in answer.texts { self.session.port.send(PlainDialect.frame(text)) }
    }
}
