// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore

extension Session {
    /// Calls of one session that may be under way at once, so that no client takes all of an app's.
    static let maximumCallCount: UInt8 = 8

    /// Hands a client's event to the app that owns its prefix. The app's answer is the command's result.
    func call(_ call: Operation.Call, for request: ClientRequest, _ answerer: some Answerer) {
        let questions = self.questions(before: call, request)
        guard questions.isEmpty else { return self.ask(questions) { $0.callNow(call, for: request, answerer) } }
        self.callNow(call, for: request, answerer)
    }

    /// The channel whose right the platform's backend has to be asked for first, if there is one.
    private func questions(before call: Operation.Call, _ request: ClientRequest) -> [PlatformDefinition.Match] {
        guard self.hub.rules.asksBackend, let event = request.name, let app = self.platform.apps.app(owning: event),
            app.has(.call), let text = self.channel(of: call, app, in: self.scope(of: request))
        else { return [] }
        return self.questions([text])
    }

    /// Where nothing has to be asked any more.
    private func callNow(_ call: Operation.Call, for request: ClientRequest, _ answerer: some Answerer) {
        var scope = self.scope(of: request)
        let made: AppCall
        do throws(RequestError) {
            made = try self.prepare(call, request, &scope)
        } catch {
            self.auditRefusal(of: request, channel: scope.channel, error)
            return answerer.refuse(error)
        }
        self.audit(.call, app: made.app.id, channel: scope.channel, event: request.name)
        guard let calls = self.platform.appServices.calls else { return answerer.refuse(.noAppsReached) }
        let completion = self.completion(of: answerer)
        self.callCount += 1
        let caller = NIOLoopBound(self, eventLoop: self.port.eventLoop)
        calls.call(made, on: self.port.eventLoop) { [scope] result in
            caller.value.callCount -= 1
            completion(result.map { Platform.answer(call.reply, in: scope, result: $0) })
        }
    }

    /// Of an event that is an app's.
    private func auditRefusal(of request: ClientRequest, channel: String?, _ error: RequestError) {
        guard self.platform.audit != nil, let app = request.name.flatMap({ self.platform.apps.app(owning: $0) }) else {
            return
        }
        self.audit(.call, app: app.id, channel: error.channel ?? channel, event: request.name, error: error)
    }

    private func prepare(
        _ call: Operation.Call, _ request: ClientRequest, _ scope: inout TemplateScope
    ) throws(RequestError) -> AppCall {
        guard let event = request.name, let app = self.platform.apps.app(owning: event),
            app.owns(event: event)
        else {
            throw RequestError(.unknownCommand, "no app takes this event")
        }
        guard app.has(.call) else {
            throw RequestError(
                .appForbidden, "the app \"\(app.id)\" lacks the permission \(App.Permission.call.rawValue)")
        }
        guard self.callCount < Self.maximumCallCount else { throw .tooManyCalls }
        var match: PlatformDefinition.Match?
        if !call.channel.isEmpty {
            guard let text = self.channel(of: call, app, in: scope) else {
                throw RequestError(.invalidMessage, "nothing says which channel \"\(event)\" is about")
            }
            let found = try self.authorize(text).get()
            guard let rules = self.definition.apps, let room = found.room(under: rules), app.takesPart(in: room) else {
                throw RequestError(
                    .appForbidden, "the app \"\(app.id)\" does not take part in this channel", channel: text)
            }
            (scope.channel, scope.channelPattern) = (text, found.rules.pattern)
            match = found
        }
        let id = PublicationID.fresh(now: self.platform.clock.now())
        return AppCall(
            id: id, app: app, event: event, body: self.body(of: call, id: id, app, event, match, in: scope),
            rules: self.definition.apps?.calls ?? AppCallRules(), caller: self.caller)
    }

    private var caller: AppCall.Caller {
        self.identity.map { .user($0.user) } ?? .connection(self.port.number)
    }

    // MARK: Channel

    /// The first that is found.
    private func channel(of call: Operation.Call, _ app: App, in scope: TemplateScope) -> String? {
        for place in call.channel {
            switch place {
            case .text(let template):
                if let text = template.text(in: scope) { return text }
            case .published(let field, let value):
                guard let value = value.text(in: scope),
                    let channel = self.platform.published.channel(field, value, of: app.id)
                else { continue }
                return channel.rawValue
            case .only(let pattern):
                if let name = self.onlyChannel(of: pattern) { return name.rawValue }
            }
        }
        return nil
    }

    /// The channel of a pattern that the connection is subscribed to, unless there are several.
    private func onlyChannel(of pattern: ChannelPattern) -> ChannelName? {
        var found: ChannelName?
        for session in self.group?.sessions ?? [self] where session.identity?.user == self.identity?.user {
            for subscription in session.subscriptions where pattern.match(subscription.channel.name.rawValue) != nil {
                guard found == nil || found == subscription.channel.name else { return nil }
                found = subscription.channel.name
            }
        }
        return found
    }

    // MARK: What the app is told

    private func body(
        of call: Operation.Call, id: String, _ app: App, _ event: String, _ match: PlatformDefinition.Match?,
        in scope: TemplateScope
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + (scope.args?.rawRange.count ?? 0))
        writer.beginObject()
        for (key, value) in [
            ("type", "call"), ("id", id), ("platform", self.definition.name), ("app", app.id), ("event", event),
        ] {
            writer.key(key)
            writer.string(value)
        }
        Self.write(match, to: &writer)
        writer.key("user")
        if let identity = self.identity { Self.write(identity, to: &writer) } else { writer.null() }
        writer.key("connection")
        writer.beginObject()
        writer.key("id")
        writer.string(ConnectionID.text(of: self.port.number))
        writer.endObject()
        if !call.facts.isEmpty { self.write(call.facts, in: scope, to: &writer) }
        writer.key("receivedAt")
        writer.string((scope.now ?? self.platform.clock.now()).description)
        writer.key("data")
        if let args = scope.args { writer.raw(args) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ match: PlatformDefinition.Match?, to writer: inout JSONWriter) {
        guard let match else { return }
        writer.key("channel")
        writer.string(match.name.rawValue)
        writer.key("parameters")
        writer.beginObject()
        for (name, value) in zip(match.rules.pattern.parameters, match.parameters) {
            writer.key(name)
            writer.string(String(value))
        }
        writer.endObject()
    }

    private static func write(_ identity: Identity, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(identity.user.rawValue)
        for (key, value) in [("name", identity.name), ("avatar", identity.avatar)] {
            writer.key(key)
            if let value { writer.string(value) } else { writer.null() }
        }
        writer.key("roles")
        writer.beginArray()
        for role in identity.roles { writer.string(role) }
        writer.endArray()
        writer.endObject()
    }

    private func write(
        _ facts: [(name: String, channel: TextTemplate)], in scope: TemplateScope, to writer: inout JSONWriter
    ) {
        writer.key("with")
        writer.beginObject()
        for fact in facts {
            writer.key(fact.name)
            let channel = fact.channel.text(in: scope).flatMap { ChannelName($0) }
            if let record = channel.flatMap({ self.platform.records[$0] }) {
                writer.raw(record)
            } else {
                writer.null()
            }
        }
        writer.endObject()
    }
}

extension RequestError {
    fileprivate static let tooManyCalls = RequestError(
        .appUnavailable, "too many calls under way", reason: "busy")
    fileprivate static let noAppsReached = RequestError(.appUnavailable, "this server reaches no apps")
}
