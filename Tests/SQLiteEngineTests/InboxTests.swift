// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SQLiteEngine
import Testing

/// Each case holds for every engine. Commits are made at 1,000,000 ms and later, where the clock stands.
@Suite struct InboxTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test(arguments: EngineKind.allCases)
    func `a publication comes back as it was kept`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        let publication = StoredPublication(
            channel: "user:a", offset: 0, id: "id\0z", position: "p1", event: "é",
            time: Timestamp(milliseconds: 1_000_005),
            data: [0, 255])
        try await engine.keep(
            .deliverToInbox(publication, audiences: ["user:a", "user:a"], until: Timestamp(milliseconds: .max)))
        let query = InboxQuery(user: "a", audiences: ["user:a", "user:a"], after: nil, limit: 10)
        #expect(try await engine.inbox(query) == [InboxItem(publication: publication, isRead: false)])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `BULK-012 an inbox has what came for its channels, each once, in order, and nothing of others`(
        kind: EngineKind
    ) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: ["a", "b"]))
        try await engine.keep(at: 1_000_001, .deliver("own", at: 1_000_001, to: "user:a"))
        try await engine.keep(at: 1_000_002, .deliver("all", at: 1_000_002, to: "all", "user:a", "pool:1"))
        try await engine.keep(at: 1_000_003, .deliver("pool", at: 1_000_003, to: "pool:1"))
        try await engine.keep(at: 1_000_004, .deliver("other", at: 1_000_004, to: "user:b", "pool:2"))
        #expect(try await engine.inbox("a", "all", "user:a") == ["own", "all", "pool"])
        #expect(try await engine.inbox("b", "all", "user:b") == ["all", "pool", "other"])
        #expect(try await engine.inbox("c", "all", "user:c") == ["all"])
        #expect(try await engine.inbox("c").isEmpty)
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `since leaves its own moment out, and pages follow each other without a gap`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: ["a"]))
        for number in 1...10 {
            let time = 1_000_000 + Int64(number)
            let channel: ChannelName = number % 3 == 0 ? "pool:1" : number % 2 == 0 ? "all" : "user:a"
            try await engine.keep(at: time, .deliver("\(number)", at: time, to: channel))
        }
        #expect(try await engine.inbox("a", "all", "user:a", after: 1_000_003, limit: 3) == ["4", "5", "6"])
        #expect(try await engine.inbox("a", "all", "user:a", after: 1_000_006, limit: 3) == ["7", "8", "9"])
        #expect(try await engine.inbox("a", "all", "user:a", after: 1_000_009, limit: 3) == ["10"])
        #expect(try await engine.inbox("a", "all", "user:a", after: 1_000_010, limit: 3).isEmpty)
        #expect(try await engine.inbox("a", "all", "user:a", limit: 4) == ["7", "8", "9", "10"])
        #expect(try await engine.inbox("a", "all", "user:a", limit: .max).count == 10)
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `a member sees what came while he was one`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_001, .deliver("before", at: 1_000_001, to: "pool:1"))
        try await engine.keep(
            at: 1_000_002, .addMembers(channel: "pool:1", users: ["a"]), .deliver("with", at: 1_000_002, to: "pool:1"))
        try await engine.keep(at: 1_000_003, .addMembers(channel: "pool:1", users: ["a"]))
        try await engine.keep(
            at: 1_000_004, .removeMembers(channel: "pool:1", users: ["a"]),
            .deliver("without", at: 1_000_004, to: "pool:1"))
        try await engine.keep(at: 1_000_005, .deliver("between", at: 1_000_005, to: "pool:1"))
        try await engine.keep(at: 1_000_006, .addMembers(channel: "pool:1", users: ["a"]))
        try await engine.keep(at: 1_000_007, .deliver("again", at: 1_000_007, to: "pool:1"))
        #expect(try await engine.inbox("a") == ["with", "again"])
        #expect(try await engine.inbox("a", after: 1_000_002) == ["again"])
        #expect(try engine.load().members == ["pool:1": ["a"]])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `setting members keeps the time of those who stay`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: ["a", "b"]))
        try await engine.keep(at: 1_000_001, .deliver("1", at: 1_000_001, to: "pool:1"))
        try await engine.keep(at: 1_000_002, .setMembers(channel: "pool:1", users: ["b", "c"]))
        try await engine.keep(at: 1_000_003, .deliver("3", at: 1_000_003, to: "pool:1"))
        #expect(try await engine.inbox("a") == ["1"])
        #expect(try await engine.inbox("b") == ["1", "3"])
        #expect(try await engine.inbox("c") == ["3"])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `who shares the members of another channel sees what came since the link`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "job:1", users: ["a", "b"]))
        try await engine.keep(at: 1_000_001, .deliver("unlinked", at: 1_000_001, to: "chat:1"))
        try await engine.keep(at: 1_000_002, .linkMembers(channel: "chat:1", parent: "job:1"))
        try await engine.keep(at: 1_000_003, .linkMembers(channel: "note:1", parent: "chat:1"))
        try await engine.keep(at: 1_000_004, .deliver("linked", at: 1_000_004, to: "chat:1", "note:1"))
        try await engine.keep(at: 1_000_005, .linkMembers(channel: "chat:1", parent: "job:1"))
        try await engine.keep(at: 1_000_006, .removeMembers(channel: "job:1", users: ["b"]))
        try await engine.keep(at: 1_000_007, .deliver("later", at: 1_000_007, to: "note:1"))
        #expect(try await engine.inbox("a") == ["linked", "later"])
        #expect(try await engine.inbox("b") == ["linked"])
        // Links in a circle end.
        try await engine.keep(at: 1_000_008, .linkMembers(channel: "job:1", parent: "note:1"))
        #expect(try await engine.inbox("a") == ["linked", "later"])
        #expect(try await engine.inbox("z").isEmpty)
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `what is past its time is not found`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        let until = self.folder.clock.moment(in: 10)
        try await engine.keep(at: 1_000_000, .deliver("short", at: 1_000_000, to: "all", until: until))
        try await engine.keep(at: 1_000_001, .deliver("long", at: 1_000_001, to: "all"))
        #expect(try await engine.inbox("a", "all") == ["short", "long"])
        self.folder.clock.advance(milliseconds: 10)
        try await engine.keep(at: 1_000_010)
        #expect(try await engine.inbox("a", "all") == ["long"])
        // What has expired takes no place of the page.
        #expect(try await engine.inbox("a", "all", after: 0, limit: 1) == ["long"])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases, [0, -1, .min])
    func `extreme times and limits find nothing`(kind: EngineKind, limit: Int) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(at: 1_000_000, .deliver("x", at: 1_000_000, to: "all"))
        #expect(try await engine.inbox("a", "all", limit: limit).isEmpty)
        #expect(try await engine.inbox("a", "all", after: .max, limit: .max).isEmpty)
        #expect(try await engine.inbox("a", "all", after: .min, limit: .max) == ["x"])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `the newest history is the end of it, oldest first, with positions`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        for id in ["a", "b", "c"] { try await engine.keep(.append(id, to: "o")) }
        let named = StoredPublication(
            channel: "o", offset: 0, id: "theirs", position: "ours", event: "e", time: Timestamp(milliseconds: 9),
            data: [1])
        try await engine.keep(.append(named, keep: 100, until: Timestamp(milliseconds: .max)))
        let newest = try await engine.newestHistory(of: "o", limit: 2)
        #expect(newest.map(\.id) == ["c", "theirs"] && newest.map(\.position) == ["c", "ours"])
        #expect(newest.map(\.offset) == [3, 4])
        #expect(try await engine.history(of: "o", after: 2) == newest)
        #expect(try await engine.newestHistory(of: "o", limit: .max).count == 4)
        for limit in [0, -1, .min] { #expect(try await engine.newestHistory(of: "o", limit: limit).isEmpty) }
        #expect(try await engine.newestHistory(of: "p", limit: 1).isEmpty)
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `a credential is replaced, removed and past its time`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        func credential(_ kind: StoredCredential.Kind, _ key: String, _ user: UserID, in time: Int64)
            -> StoredCredential
        {
            StoredCredential(
                kind: kind, key: key, user: user, content: [123, 125], createdAt: self.folder.clock.now(),
                expiresAt: self.folder.clock.moment(in: time))
        }
        let session = credential(.session, "k", "u", in: 500)
        let short = credential(.session, "short", "u", in: 10)
        try await engine.keep(
            at: 1_000_000, .putCredential(credential(.session, "k", "first", in: 900)), .putCredential(session),
            .putCredential(credential(.resume, "k", "u", in: 700)), .putCredential(short))
        try await engine.keep(
            at: 1_000_001, .removeCredential(.resume, key: "k"), .removeCredential(.resume, key: "no"))
        #expect(try engine.load().credentials == [short, session])
        self.folder.clock.advance(milliseconds: 10)
        try await engine.keep(at: 1_000_010)
        #expect(try engine.load().credentials == [session])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `registrations stay until they are removed, and the newest counts`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        let app = StoredRegistration(kind: .app, key: "a", content: [123, 125])
        let service = StoredRegistration(kind: .service, key: "a", content: [123, 32, 125])
        try await engine.keep(
            at: 1_000_000, .putRegistration(StoredRegistration(kind: .app, key: "a", content: [])),
            .putRegistration(service), .putRegistration(app))
        #expect(try engine.load().registrations == [app, service])
        try await engine.keep(at: 1_000_001, .removeRegistration(.app, key: "a"), .removeRegistration(.app, key: "b"))
        #expect(try engine.load().registrations == [service])
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `the last time is that of the latest thing kept`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        #expect(try engine.load().lastTime == nil)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: ["a"]))
        #expect(try engine.load().lastTime?.milliseconds == 1_000_000)
        try await engine.keep(at: 1_000_001, .deliver("x", at: 1_000_007, to: "all"))
        try await engine.keep(at: 1_000_002, .append("y", to: "o"))
        #expect(try engine.load().lastTime?.milliseconds == 1_000_007)
        engine.close()
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `engines agree whatever happens`(seed: UInt64) async throws {
        let engines = try EngineKind.allCases.map { try $0.open(in: self.folder) }
        var random = Lehmer(seed: seed)
        let users = ["a", "b", "c", "d"].map { UserID($0) }
        let channels: [ChannelName] = ["all", "pool:1", "pool:2", "job:1", "chat:1", "user:a"]
        var time: Int64 = 1_000_000
        for step in 0..<300 {
            time += Int64.random(in: 0...2, using: &random)
            let channel = channels.randomElement(using: &random) ?? "all"
            let some = users.filter { _ in Bool.random(using: &random) }
            var changes: [StateChange] = []
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1: changes = [.addMembers(channel: channel, users: some)]
            case 2: changes = [.removeMembers(channel: channel, users: some)]
            case 3: changes = [.setMembers(channel: channel, users: some)]
            case 4: changes = [.linkMembers(channel: channel, parent: channels.randomElement(using: &random) ?? "all")]
            case 5:
                let read = "\(Int.random(in: 0...step, using: &random))"
                changes = [.markRead(publication: read, user: some.first ?? "a", until: Timestamp(milliseconds: .max))]
            default:
                time += 1
                let audiences = channels.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
                let publication = StoredPublication(
                    channel: channel, offset: 0, id: "\(step)", event: "e", time: Timestamp(milliseconds: time),
                    data: [1])
                changes = [.deliverToInbox(publication, audiences: audiences, until: Timestamp(milliseconds: .max))]
            }
            let query = InboxQuery(
                user: users.randomElement(using: &random) ?? "a",
                audiences: Bool.random(using: &random) ? [channel] : [],
                after: Bool.random(using: &random)
                    ? Timestamp(milliseconds: Int64.random(in: 999_999...time, using: &random)) : nil,
                limit: Int.random(in: 1...20, using: &random))
            var answers: [[InboxItem]] = []
            for engine in engines {
                try await engine.keep(Commit(time: Timestamp(milliseconds: time), changes: changes))
                answers.append(try await engine.inbox(query))
            }
            #expect(answers[0] == answers[1], "step \(step): \(query)")
        }
        for engine in engines { engine.close() }
    }
}

/// Random numbers that are the same in each run (Lehmer 64).
private struct Lehmer: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        self.state = self.state &* 0xda94_2042_e4dd_58b5
        return self.state ^ self.state >> 32
    }
}
