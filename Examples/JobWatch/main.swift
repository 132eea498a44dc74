// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Prints the jobs that PayChain announces, and goes on where it was when the connection or the server was away: a program on the
// client library.
//
//     JobWatch [ADDRESS]        ws://localhost:8080/ws if none is given

import Glibc
import SwitchboardClient

/// What `switchboard generate swift Contracts/paychain.yaml` writes, as far as this program needs it.
enum PayChain {
    struct JobCreated: ServerEvent {
        static let eventName = "job_created"
        let jobId: Int
        let title: String

        enum CodingKeys: String, CodingKey {
            case jobId = "job_id"
            case title
        }
    }

    static let dialect = Dialect(
        command: "type",
        subscribe: .init(name: "subscribe", channel: "channel", channels: "channels"),
        unsubscribe: .init(name: "unsubscribe", channel: "channel", channels: "channels"),
        ping: "ping",
        welcome: .init(is: ["type": "connected"]),
        subscribed: .init(is: ["type": "subscribed"], channels: "data.channels", recovered: "data.recovered"),
        unsubscribed: .init(is: ["type": "unsubscribed"], channels: "data.channels"),
        pong: .init(is: ["type": "pong"]),
        error: .init(is: ["type": "error"], message: "data.message", code: "data.code", channel: "data.channel"),
        event: .init(name: "type", data: "data", time: "timestamp", position: "id"),
        token: "token",
        positions: .init(query: "ids", since: "since"))
}

/// A line that is there at once, whoever reads it.
@Sendable func say(_ line: String) {
    print(line)
    fflush(nil)
}

do {
    let client = try EventClient(
        CommandLine.arguments.dropFirst().first ?? "ws://localhost:8080/ws", dialect: PayChain.dialect)
    let jobs = client.events(PayChain.JobCreated.self, on: "jobs")
    let states = client.states
    client.connect()
    async let told: Void = {
        for await state in states {
            switch state {
            case .connecting: break
            case .open: say("connected")
            case .waiting(let fault, let delay): say("\(fault); trying again in \(delay)")
            case .failed(let fault): say("given up: \(fault)")
            case .closed: say("closed")
            }
        }
    }()
    for try await job in jobs { say("job \(job.jobId): \(job.title)") }
    await told
} catch {
    say("\(error)")
    exit(1)
}
