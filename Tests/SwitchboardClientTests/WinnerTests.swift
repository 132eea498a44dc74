// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The sample of docs/testing.md, as it is printed there.

import Foundation
import SwitchboardClient
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct WinnerSelected: ServerEvent {
    struct Winner: Decodable { let prize: Prize }
    struct Prize: Decodable { let name: String }

    static let eventName = "winner:selected"
    let roomId: String
    let winner: Winner
}

struct SubscribeToRoom: ClientCommand {
    struct Answer: Decodable { let success: Bool }

    static let commandName = "room:subscribe"
    let roomId: String
}

/// The mock server that runs beside the tests.
struct MockServer {
    struct Status: Decodable { let users: [User] }
    struct User: Decodable {
        let id: String
        let token: String
    }

    let address: String
    let admin: String
    let key: String

    /// `nil`, so that tests are skipped: there is none.
    init?(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let address = environment["ROOMS_URL"], let key = environment["SWITCHBOARD_API_KEY"] else { return nil }
        self.address = address
        self.admin = environment["SWITCHBOARD_ADMIN"] ?? "http://127.0.0.1:9000"
        self.key = key
    }

    func token(of user: String) async throws -> String {
        let status = try JSONDecoder().decode(Status.self, from: try await self.ask("GET", ""))
        return try #require(status.users.first { $0.id == user }).token
    }

    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data {
        var request = URLRequest(url: try #require(URL(string: "\(self.admin)/v1/platforms/rooms/mock\(path)")))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("Bearer \(self.key)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        return try await URLSession.shared.data(for: request).0
    }
}

@Suite(.enabled(if: MockServer() != nil)) struct WinnerTests {
    @Test func `a winner is told with the prize`() async throws {
        let mock = try #require(MockServer())
        try await mock.ask("POST", "/reset", #"{"paused": true}"#)
        let token = try await mock.token(of: "usr_bob")
        let client = try EventClient(mock.address, dialect: .socketIO(), configuration: .init(token: token))
        try await client.open()
        var winners = client.events(WinnerSelected.self).makeAsyncIterator()
        let answer = try await client.send(SubscribeToRoom(roomId: "room_gala"))
        #expect(answer.success)
        try await mock.ask("POST", "/play", #"{"name": "winner"}"#)
        let winner = try #require(try await winners.next())
        #expect(winner.winner.prize.name == "Headphones")
        await client.close()
    }
}
