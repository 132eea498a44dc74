// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The inboxes of a ``MemoryEngine``: what was delivered, and who belonged to which channel when.
///
/// Looks at everything for every question, and holds at most 100,000 publications: past that the older half goes.
struct MemoryInbox {
    /// A time during which a user belonged to a channel.
    private struct Span {
        var since: Timestamp
        /// No longer at this moment; `nil`: still belongs.
        var until: Timestamp?

        func contains(_ time: Timestamp) -> Bool { self.since <= time && self.until.map { time < $0 } ?? true }
    }

    private struct Link {
        var parent: ChannelName
        var since: Timestamp
    }

    private struct Notification {
        var publication: StoredPublication
        var audiences: Set<ChannelName>
        var until: Timestamp
    }

    private static let maximumCount = 100_000
    private static let maximumLinkCount = 8

    private var spans: [ChannelName: [UserID: [Span]]] = [:]
    private var links: [ChannelName: Link] = [:]
    private var readMarks: [UserID: Set<String>] = [:]
    /// In the order of their times.
    private var notifications: [Notification] = []

    /// Those who belong to channels now, sorted.
    var members: [ChannelName: [UserID]] {
        self.spans.mapValues { users in
            users.filter { $0.value.last?.until == nil }.keys.sorted { $0.rawValue < $1.rawValue }
        }.filter { !$0.value.isEmpty }
    }

    /// Channel to the channel whose members it shares.
    var parents: [ChannelName: ChannelName] { self.links.mapValues(\.parent) }

    /// Changes of other kinds are ignored.
    mutating func apply(_ change: StateChange, at time: Timestamp) {
        switch change {
        case .addMembers(let channel, let users): self.add(users, to: channel, at: time)
        case .removeMembers(let channel, let users): self.remove(users, from: channel, at: time)
        case .setMembers(let channel, let users):
            let gone = Set((self.spans[channel] ?? [:]).keys).subtracting(users)
            self.remove(Array(gone), from: channel, at: time)
            self.links[channel] = nil
            self.add(users, to: channel, at: time)
        case .linkMembers(let channel, let parent):
            if self.links[channel]?.parent != parent { self.links[channel] = Link(parent: parent, since: time) }
        case .deliverToInbox(let publication, let audiences, let until):
            self.deliver(Notification(publication: publication, audiences: Set(audiences), until: until), at: time)
        case .markRead(let publication, let user, _): self.readMarks[user, default: []].insert(publication)
        default: break
        }
    }

    private mutating func add(_ users: [UserID], to channel: ChannelName, at time: Timestamp) {
        for user in users {
            let last = self.spans[channel]?[user]?.last
            if let last, last.until == nil { continue }
            self.spans[channel, default: [:]][user, default: []].append(Span(since: time))
        }
    }

    private mutating func remove(_ users: [UserID], from channel: ChannelName, at time: Timestamp) {
        for user in users {
            guard var last = self.spans[channel]?[user]?.popLast() else { continue }
            if last.until == nil { last.until = time }
            // Nobody will ask for a time of which there is nothing.
            let isNeeded = self.notifications.first.map { $0.publication.time < last.until ?? time } ?? false
            if isNeeded { self.spans[channel]?[user]?.append(last) }
            if self.spans[channel]?[user]?.isEmpty == true { self.spans[channel]?[user] = nil }
        }
        if self.spans[channel]?.isEmpty == true { self.spans[channel] = nil }
    }

    private mutating func deliver(_ notification: Notification, at time: Timestamp) {
        if notification.audiences.isEmpty { return }
        if self.notifications.count == Self.maximumCount {
            self.notifications.removeAll { $0.until <= time }
            let excess = self.notifications.count - Self.maximumCount / 2
            if excess > 0 { self.notifications.removeFirst(excess) }
        }
        var index = self.notifications.endIndex
        while index > 0, self.notifications[index - 1].publication.time > notification.publication.time { index -= 1 }
        self.notifications.insert(notification, at: index)
    }

    /// - Parameter now: what is kept no longer than until then is left out.
    func items(for query: InboxQuery, now: Timestamp) -> [InboxItem] {
        self.publications(for: query, now: now).map { publication in
            InboxItem(publication: publication, isRead: self.isRead(publication.id, by: query.user))
        }
    }

    private func isRead(_ id: String, by user: UserID) -> Bool { self.readMarks[user]?.contains(id) == true }

    private func publications(for query: InboxQuery, now: Timestamp) -> [StoredPublication] {
        let found = self.notifications.lazy.filter { notification in
            guard query.after.map({ $0 < notification.publication.time }) ?? true else { return false }
            return self.isFound(notification, by: query, now: now)
        }
        guard query.after != nil else {
            return found.reversed().prefix(max(0, query.limit)).reversed().map(\.publication)
        }
        return found.prefix(max(0, query.limit)).map(\.publication)
    }

    func entry(_ id: String, for query: InboxQuery, now: Timestamp) -> InboxEntry? {
        let found = self.notifications.last { $0.publication.id == id && self.isFound($0, by: query, now: now) }
        return found.map {
            InboxEntry(isRead: self.isRead(id, by: query.user), until: $0.until)
        }
    }

    private func isFound(_ notification: Notification, by query: InboxQuery, now: Timestamp) -> Bool {
        notification.until > now
            && notification.audiences.contains {
                query.audiences.contains($0) || self.belongs(query.user, to: $0, at: notification.publication.time)
            }
    }

    private func belongs(_ user: UserID, to channel: ChannelName, at time: Timestamp) -> Bool {
        var channel = channel
        for _ in 0...Self.maximumLinkCount {
            if self.spans[channel]?[user]?.contains(where: { $0.contains(time) }) == true { return true }
            guard let link = self.links[channel], link.since <= time else { return false }
            channel = link.parent
        }
        return false
    }
}
