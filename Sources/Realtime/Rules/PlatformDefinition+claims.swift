// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension PlatformDefinition {
    /// Some template or right uses the claims of tokens, which are therefore kept with each connection. Looks through every
    /// template, so it is asked once.
    package var usesClaims: Bool {
        let frames: [Template?] = [
            self.frames.connected, self.frames.publication, self.frames.error, self.frames.unsubscribed,
            self.frames.resume, self.frames.lost, self.frames.expired, self.frames.problem, self.frames.refused,
            self.frames.fail, self.presence?.data,
        ]
        return frames.contains { $0?.usesClaims == true }
            || (Array(self.commands.values) + [self.callCommand].compactMap(\.self)).contains {
                $0.operation.usesClaims || $0.socketIO.usesClaims
            }
            || self.listeners.contains(where: \.usesClaims)
            || self.bindings.contains { $0.operation.usesClaims }
            || RequestError.Code.all.contains {
                [self.errors[$0].message, self.errors[$0].refused].contains { $0?.usesClaims == true }
            }
            || [self.log.connected, self.log.disconnected].contains { $0?.usesClaims == true }
            || self.channels.contains { ($0.subscribe + $0.clientPublish).contains(where: \.usesClaims) }
            || self.joins.contains { $0.usesClaims }
            || self.auth.expiryNotice.map { ($0.emits + $0.revokedEmits).contains { $0.data.usesClaims } } == true
    }
}

extension SubscribeRule {
    fileprivate var usesClaims: Bool { if case .claims = self.kind { true } else { false } }
}

extension ListenerRules {
    fileprivate var usesClaims: Bool {
        guard case .socketIO(let namespaces) = self.endpoint else { return false }
        return namespaces.contains {
            $0.require.contains(where: \.usesClaims) || $0.joins.contains(where: \.usesClaims)
        }
    }
}

extension Command.SocketIOAnswers {
    fileprivate var usesClaims: Bool {
        self.ack?.usesClaims == true || self.fail?.usesClaims == true
            || (self.emits + self.emitsWithoutAck).contains { $0.data.usesClaims }
    }
}

extension Operation {
    fileprivate var usesClaims: Bool {
        switch self {
        case .subscribe(let channels, let since, let each, let reply):
            channels.contains(where: \.usesClaims) || since?.usesClaims == true || each?.usesClaims == true
                || reply?.usesClaims == true
        case .unsubscribe(let channels, let each, let reply):
            channels.contains(where: \.usesClaims) || each?.usesClaims == true || reply?.usesClaims == true
        case .record(let record):
            record.channels.contains(where: \.usesClaims) || record.key?.usesClaims == true
                || [record.item, record.missing, record.reply].contains { $0?.usesClaims == true }
        case .publish(let publish):
            publish.event.usesClaims || publish.data.usesClaims || publish.reply?.usesClaims == true
                || (publish.channels + publish.users).contains(where: \.usesClaims)
        case .presence(let users, let each, let reply):
            users.contains(where: \.usesClaims) || each?.usesClaims == true || reply?.usesClaims == true
        case .channelPresence(let channels, let reply):
            channels.contains(where: \.usesClaims) || reply?.usesClaims == true
        case .history(let history):
            history.channels.contains(where: \.usesClaims) || history.item.usesClaims
                || history.reply?.usesClaims == true
                || [history.limit, history.before, history.since].contains { $0?.usesClaims == true }
        case .inbox(let inbox):
            inbox.item.usesClaims || inbox.reply?.usesClaims == true
                || [inbox.limit, inbox.since].contains { $0?.usesClaims == true }
        case .call(let call):
            call.channel.contains(where: \.usesClaims) || call.facts.contains { $0.channel.usesClaims }
                || call.reply?.usesClaims == true
        case .markRead(let notification, let reply): notification.usesClaims || reply?.usesClaims == true
        case .appEvents(let app, let reply): app.usesClaims || reply?.usesClaims == true
        case .refresh(let token, let reply), .refreshToken(let token, let reply):
            token.usesClaims || reply?.usesClaims == true
        case .state(let template), .reply(let template): template?.usesClaims == true
        }
    }
}

extension Operation.ChannelSource {
    fileprivate var usesClaims: Bool {
        switch self {
        case .text(let template): template.usesClaims
        case .each(let path): path.isClaim
        case .eachWithin(let before, let path, let after): before.usesClaims || path.isClaim || after.usesClaims
        }
    }
}

extension Operation.Call.Place {
    fileprivate var usesClaims: Bool {
        switch self {
        case .text(let template), .published(_, let template): template.usesClaims
        case .only: false
        }
    }
}

extension PlatformDefinition.Join {
    fileprivate var usesClaims: Bool {
        switch self {
        case .channels(let source, _, _): source.usesClaims
        case .memberOf: false
        }
    }
}

extension TextTemplate {
    fileprivate var usesClaims: Bool {
        self.parts.contains { part in
            if case .value(let path) = part { path.isClaim } else { false }
        }
    }
}

extension TemplatePath {
    fileprivate var isClaim: Bool {
        if case .userClaims = self.source { true } else { false }
    }
}
