// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import JSON
import Realtime
import Testing

@testable import Server

struct ExamplePublicationsTests {
    private let now = Timestamp(milliseconds: 1_762_344_000_000)

    @Test func `examples come in the contract's order, again and again`() throws {
        let examples = ExamplePublications(try SmallContract.definition())
        #expect(examples.count == 2)
        let events = (0..<4).map { examples.request(at: $0, now: self.now)?.event }
        #expect(events == ["note.second", "note.first", "note.second", "note.first"])
    }

    @Test func `an example's timestamp is the present, and nothing else of it changes`() throws {
        let examples = ExamplePublications(try SmallContract.definition())
        let data = try #require(examples.request(at: 0, now: self.now)).data
        #expect(data["timestamp"]?.string == self.now.description)
        #expect(data["buyer"]?.string == "ann" && data["vendor"]?.string == "bob" && data.count == 3)
        #expect(try #require(examples.request(at: 1, now: self.now)).data["text"]?.string == "hello")
    }

    @Test func `the users are those whose channels the examples go to, in order`() throws {
        #expect(ExamplePublications(try SmallContract.definition()).users == ["ann", "bob"])
    }

    @Test func `a contract without examples has none to publish`() throws {
        var definition = try SmallContract.definition()
        for name in definition.events.keys { definition.events[name]?.examples = [] }
        let examples = ExamplePublications(definition)
        #expect(examples.count == 0 && examples.users.isEmpty)
        #expect(examples.request(at: 0, now: self.now) == nil)
    }

    @Test func `an event that goes nowhere by itself goes where the contract's endpoint sends it`() throws {
        let examples = ExamplePublications(try Self.shipped("paychain"))
        let requests = (0..<examples.count).compactMap { examples.request(at: $0, now: self.now) }
        #expect(requests.first?.event == "job_created" && requests.first?.channels == ["connections:all"])
        #expect(requests.first { $0.event == "job_status_changed" }?.channels == nil)
        #expect(examples.users.isEmpty && examples.members.isEmpty, "without authentication there are no users")
    }

    @Test func `users are also those whom the examples make members`() throws {
        let examples = ExamplePublications(try Self.shipped("paychain", ["PAYCHAIN_AUTH": "required"]))
        #expect(examples.users == ["7", "456"] && examples.members.isEmpty)
    }

    @Test func `channels of members that no example fills get some`() throws {
        let examples = ExamplePublications(try Self.shipped("bulkbuyer"))
        #expect(examples.users == ["alice", "bob"])
        let users = ["alice", "bob"].map { UserID($0) }
        let channels = ["order:order-1", "pool:pool-1"].compactMap { ChannelName($0) }
        #expect(examples.members == channels.map { .addMembers(channel: $0, users: users) })
    }

    private static func shipped(_ name: String, _ environment: [String: String] = [:]) throws -> PlatformDefinition {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Contracts/\(name).yaml").standardizedFileURL.path
        let variables = environment.merging(["PAYCHAIN_JWT_SECRET": SmallContract.secret]) { given, _ in given }
        let outcome = ContractLoader(environment: variables).outcome(file: file)
        return try #require(outcome.definition, "\(outcome.faults)")
    }
}
