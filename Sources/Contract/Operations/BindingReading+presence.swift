// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// Who of some users is online, or who is in a channel.
    func presence() -> Operation? {
        if self.map["channels"] != nil { return self.channelPresence() }
        if let node = self.map.required("users", hint: "write users: [ \"{args.users[]?}\" ]"),
            case .list(let elements) = node.value, elements.isEmpty
        {
            self.faults.error("\"users\" must name at least one user", at: node.location)
        }
        let users = self.users()
        let each = self.each([.presence])
        let reply = self.reply([.result])
        switch (self.map["each"] != nil, self.map["reply"] != nil) {
        case (true, true):
            self.faults.error(
                "\"each\" and \"reply\" answer the same", at: self.map.keyLocation("reply"),
                hint: "each answers once for each user, reply once for all")
        case (false, false) where !self.place.mayAcknowledge:
            self.faults.error(
                "\"reply\" is missing", at: self.map.node.location,
                hint: self.place.hasManyAnswers ? "write reply for one answer, or each for one for each user" : nil)
        default: break
        }
        return .presence(users: users, each: each, reply: reply)
    }

    private func channelPresence() -> Operation? {
        for key in ["users", "each"] where self.map[key] != nil {
            self.faults.error(
                "\"\(key)\" has no meaning where \"channels\" says whom presence is about",
                at: self.map.keyLocation(key))
        }
        let channels = self.channels()
        if let node = self.map["channels"], channels.count > 1 || channels.contains(where: \.isMany) {
            self.faults.error("presence is of one channel", at: node.location)
        }
        if let node = self.map["channels"], case .text(let name)? = channels.first {
            let named = self.compiler.channels.filter { $0.pattern.overlaps(name.pattern) }
            if !named.isEmpty, named.allSatisfy({ $0.presence == nil }) {
                self.faults.error(
                    "nobody is counted in such a channel", at: node.location,
                    hint: "write presence: { grace: 10s } under channels: \(named[0].pattern)")
            }
        }
        return .channelPresence(channels: channels, reply: self.requiredReply([.result]))
    }
}
