// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    /// Who is online is told to a client of himself and of those with whom he shares a channel; of all others nothing is said.
    func answerPresence(
        _ sources: [Operation.ChannelSource],
        each: Template?,
        reply: Template?,
        in scope: TemplateScope,
        as caller: OperationCaller
    ) -> OperationAnswer {
        var users = sources.names(in: scope).map { UserID($0) }
        if case .client(let identity) = caller {
            let known = identity.map { Set(self.members.companions(of: $0.user)).union([$0.user]) } ?? []
            users.removeAll { !known.contains($0) }
        }
        let states = users.map { (user: $0, isOnline: self.presence.isOnline($0)) }
        var texts: [[UInt8]] = []
        if let each {
            for state in states {
                var scope = scope
                scope.presence = state
                texts.append(each.rendered(in: scope))
            }
        }
        if let reply {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("users")
            writer.beginArray()
            for state in states {
                writer.beginObject()
                writer.key("user")
                writer.string(state.user.rawValue)
                writer.key("status")
                writer.string(state.isOnline ? "online" : "offline")
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            texts.append(Self.render(reply, in: scope, result: writer.bytes))
        }
        return OperationAnswer(texts)
    }

    /// Who is online in a channel is told to whoever may subscribe to it.
    func answerChannelPresence(
        _ sources: [Operation.ChannelSource],
        _ reply: Template?,
        in scope: TemplateScope,
        as caller: OperationCaller
    ) -> Result<OperationAnswer, RequestError> {
        let text = sources.names(in: scope).first ?? ""
        return self.authorize(text, as: caller).map { match in
            let users = self.channelPresence.users(in: match.name)
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("users")
            writer.beginArray()
            for user in users { user.write(to: &writer) }
            writer.endArray()
            writer.key("count")
            writer.int(users.count)
            writer.endObject()
            return Self.answer(reply, in: scope, result: writer.bytes)
        }
    }
}

extension ChannelPresenceTable.Presence {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(self.user.rawValue)
        for (key, value) in [("name", self.name), ("avatar", self.avatar)] {
            writer.key(key)
            if let value { writer.string(value) } else { writer.null() }
        }
        writer.key("connectedAt")
        writer.string(self.since.description)
        writer.endObject()
    }
}
