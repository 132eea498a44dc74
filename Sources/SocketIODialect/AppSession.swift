// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore
import Realtime
import SocketIO

/// One app in a namespace for apps: it is sent calls as events and answers them by their acks, and may send the contract's commands for
/// apps. Owned by the connection's loop.
final class AppSession: SocketLinkHandler {
    /// Of an answer; what is longer is none.
    private static let maximumAnswerByteCount = 64 * 1024

    /// A call that waits for its answer.
    private struct Waiting {
        let timer: Scheduled<Void>
        let completion: @Sendable (AppConnectionOutcome) -> Void
    }

    private let link: SocketLink
    private let hub: LoopHub
    private let connection: AppLink
    private var waiting: [UInt64: Waiting] = [:]
    private var nextID: UInt64 = 0
    private var isOpen = true

    private init(_ link: SocketLink, app: App, hub: LoopHub) {
        self.link = link
        self.hub = hub
        self.connection = AppLink(app, on: link.port.eventLoop)
    }

    private var platform: Platform { self.hub.platform }

    // MARK: Opening

    /// Lets an app in that names itself and has its key.
    static func join(_ link: SocketLink, auth: JSONNode, gate: PlatformGate) {
        guard let id = auth["appId"]?.string, let key = auth["token"]?.string, !key.isEmpty,
            let app = gate.hub.platform.apps.app(withKey: key), app.id == id
        else { return gate.refuse(link, .noApp) }
        let session = AppSession(link, app: app, hub: gate.hub)
        link.accept(id: SecretText.make(letterCount: 20), pid: nil, handler: session)
        guard session.isOpen else { return }
        session.connection.session = session
        session.platform.appServices.calls?.opened(session.connection)
        // Between the look at the key and this the app may have lost it.
        if session.app == nil { session.end() }
    }

    /// As it is registered now; `nil`: it is not any more, or with another key.
    private var app: App? {
        let app = self.platform.apps.app(self.connection.app.id)
        return app?.keyHash == self.connection.app.keyHash ? app : nil
    }

    func end() {
        // Later, as leaving tells the session, which may be in the middle of something.
        self.link.port.eventLoop.assumeIsolated().execute { [link] in link.leave() }
    }

    func ended(_ reason: DisconnectReason) {
        self.isOpen = false
        self.connection.session = nil
        self.platform.appServices.calls?.closed(self.connection)
        let waiting = self.waiting.values
        self.waiting = [:]
        for call in waiting {
            call.timer.cancel()
            call.completion(.lost)
        }
    }

    // MARK: Calls

    func send(
        _ call: AppCall, deadline: NIODeadline, completion: @escaping @Sendable (AppConnectionOutcome) -> Void
    ) {
        let id = self.nextID
        self.nextID += 1
        let timer = self.link.port.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            if self?.waiting.removeValue(forKey: id) != nil { completion(.late) }
        }
        self.waiting[id] = Waiting(timer: timer, completion: completion)
        var arguments: [UInt8] = []
        arguments.reserveCapacity(call.body.count + call.event.utf8.count + 8)
        arguments.append(UInt8(ascii: "["))
        JSONWriter.appendString(call.event, to: &arguments)
        arguments.append(UInt8(ascii: ","))
        arguments += call.body
        arguments.append(UInt8(ascii: "]"))
        self.link.send(SocketPacketWriter.event(arguments, ack: id))
    }

    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {
        guard let call = self.waiting.removeValue(forKey: ack) else {
            self.platform.appServices.calls?.ignoredAnswer(of: self.connection.app.id)
            return
        }
        call.timer.cancel()
        guard attachments.isEmpty else { return call.completion(.failed("answered with binary data")) }
        guard let answer = arguments[0] else { return call.completion(.failed("answered without a value")) }
        guard answer.rawRange.count <= Self.maximumAnswerByteCount else {
            return call.completion(.failed("answered with more than \(Self.maximumAnswerByteCount) bytes"))
        }
        call.completion(.answered(Array(answer.rawBytes)))
    }

    // MARK: Commands

    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {
        guard let app = self.app else { return self.end() }
        let name = arguments[0]?.string
        let args = arguments[1].flatMap { $0.kind == .object ? $0 : nil }
        let answerer = AppAnswerer(link: self.link, hub: self.hub, name: name, args: args, ack: ack)
        guard let command = name.flatMap({ self.hub.rules.definition.appCommands[$0] }) else {
            return answerer.refuse(RequestError(.unknownCommand, "the contract has no such command for apps"))
        }
        guard attachments.isEmpty, let args else {
            return answerer.refuse(RequestError(.invalidMessage, "the first argument of an event is an object"))
        }
        if let error = command.refusal(of: args) { return answerer.refuse(error) }
        let waiting = NIOLoopBound((session: self, answerer: answerer), eventLoop: self.link.port.eventLoop)
        self.platform.run(command.operation, in: answerer.scope, as: .app(app)) { result in
            let answer = { @Sendable in
                let (session, answerer) = waiting.value
                guard session.isOpen else { return }
                switch result {
                case .failure(let error): answerer.refuse(error)
                case .success(let answer): answerer.finish(answer, of: command)
                }
            }
            if waiting.eventLoop.inEventLoop { answer() } else { waiting.eventLoop.execute(answer) }
        }
    }
}

@available(*, unavailable)
extension AppSession: Sendable {}

extension RequestError {
    fileprivate static let noApp = RequestError(
        .unauthenticated, "no app has this id and this key", reason: "invalid")
}
