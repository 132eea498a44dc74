// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import SocketIO

/// One client in one namespace, from the answer to his CONNECT packet to his last command. Owned by the connection's loop.
final class NamespaceSession: SocketLinkHandler {
    let session: Session
    let port: NamespacePort
    /// By which other clients may know him: 120 random bits.
    private(set) var id = SecretText.make(letterCount: 20)
    private var place: PlaceToReturn?
    private(set) var isAnswered = false

    init(_ session: Session, port: NamespacePort) {
        self.session = session
        self.port = port
    }

    // MARK: Opening

    /// Answers the CONNECT packet, with what the client has missed before that if it returns.
    ///
    /// - Parameter completion: runs once, when that is done or the client has gone.
    func open(_ auth: JSONNode, completion: @escaping () -> Void) {
        guard let returning = self.session.definition.returning else {
            self.accept()
            return completion()
        }
        guard let secret = auth["pid"]?.string, !secret.isEmpty, secret.utf8.count == SecretText.letterCount else {
            self.accept()
            return completion()
        }
        let offset = auth["offset"]?.string
        // Our own client tells its program by itself, as the stock one does not (ALL-D10).
        let emitsReconnect = returning.emitsReconnect && auth["reconnect"]?.bool != false
        let waiting = NIOLoopBound((self, completion), eventLoop: self.port.eventLoop)
        self.session.platform.takeReturn(secret, on: self.port.eventLoop) { state in
            let (handler, completion) = waiting.value
            guard handler.isThere else { return completion() }
            handler.takeUp(state, secret: secret, offset: offset) {
                if handler.isThere {
                    handler.accept()
                    if emitsReconnect {
                        handler.port.send(EventText.frame("reconnect", data: [UInt8(ascii: "1")]))
                    }
                }
                completion()
            }
        }
    }

    /// The client may leave while he waits for his answer; then nobody else ends the session.
    private var isThere: Bool {
        guard !self.port.link.isPending else { return true }
        self.session.close()
        return false
    }

    /// Takes over what an earlier connection had, as a whole or not at all.
    private func takeUp(_ state: ReturnState?, secret: String, offset: String?, completion: @escaping () -> Void) {
        guard let state, state.namespace == self.port.link.namespace, state.user == self.session.identity?.user else {
            return completion()
        }
        // Without an offset the client has heard nothing since it began.
        self.session.takeUp(state.channels, state.selection, since: offset ?? state.start) { publications in
            if let publications {
                self.id = state.id
                self.place = PlaceToReturn(secret: secret, start: offset ?? state.start)
                self.session.send(publications)
            }
            completion()
        }
    }

    private func accept() {
        self.isAnswered = true
        let session = self.session
        if self.place == nil, session.definition.returning != nil {
            self.place = PlaceToReturn(secret: SecretText.make(), start: session.positionNow())
        }
        self.port.link.accept(id: self.id, pid: self.place?.secret, handler: self)
        // Nobody could put the client out while he waited for what he missed.
        if self.port.isToLeave { self.port.link.leave() }
        // The connection may have ended without anybody's knowing.
        guard session.isOpen else { return }
        self.place?.open(self)
        session.notify(.connected)
        session.offerResumeToken()
        session.joinContractChannels()
        session.joinNamespaceChannels()
    }

    // MARK: The client's packets

    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {
        guard !self.port.isClosed, let event = arguments[0] else { return }
        let name = event.string ?? String(decoding: event.rawBytes, as: UTF8.self)
        let content = arguments[1]
        let isObject = content?.kind == .object
        guard let args = isObject ? content : Self.nothing else { return }
        let request = ClientRequest(name, args: args, of: self.session.definition)
        let answerer = AckAnswerer(session: self.session, link: self.port.link, request: request, ack: ack)
        guard self.session.admitMessage(answer: ack == nil ? nil : { answerer.refuse($0) }) else { return }
        if !attachments.isEmpty { return answerer.refuse(.binaryArguments) }
        if let content, !isObject, !content.isNull { return answerer.refuse(.noObject) }
        self.session.run(request, answerer)
    }

    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {
        // The server asks for no answers.
        if !self.port.isClosed { _ = self.session.admitMessage() }
    }

    func ended(_ reason: DisconnectReason) {
        self.port.ended()
        self.place?.ended(self, reason)
        self.session.close(isDeliberate: reason == .clientNamespaceDisconnect)
    }

    private static let nothing = try? JSONDocument(parsing: "{}").root
}

@available(*, unavailable)
extension NamespaceSession: Sendable {}

extension RequestError {
    fileprivate static let binaryArguments = RequestError(
        .binaryMessage, "the arguments of an event hold no binary data")
    fileprivate static let noObject = RequestError(.invalidMessage, "the first argument of an event is an object")
}
