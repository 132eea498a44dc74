// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import JSON
import NIOCore
import Realtime

/// What came of asking a service for its health.
struct HealthAnswer {
    /// For the metrics.
    enum Outcome: String, CaseIterable, Sendable {
        /// It says how it is.
        case answered
        /// It answers, and what it says is no health: a redirect, an error, something that calls itself JSON and is none.
        case invalid
        case unreachable, late, tooLong, broken
    }

    private(set) var health: ServiceHealth
    private(set) var outcome: Outcome

    /// The service is there, however it is.
    var isSign: Bool {
        switch self.outcome {
        case .answered, .invalid, .tooLong: true
        case .unreachable, .late, .broken: false
        }
    }

    init(_ result: Result<HTTPResponse, any Error>) {
        switch result {
        case .success(let response): self.init(response)
        case .failure(let error as BackendFault):
            let outcome: Outcome =
                switch error {
                case .unreachable: .unreachable
                case .late: .late
                case .tooLong: .tooLong
                case .broken: .broken
                }
            let check = outcome == .tooLong ? "answer" : "connection"
            self.init(outcome, ServiceHealth(.unhealthy, check: check, says: "\(error)"))
        case .failure(let error):
            self.init(.broken, ServiceHealth(.unhealthy, check: "connection", says: "\(error)"))
        }
    }

    /// An answer of 200 to 299 is healthy and one of 503 is not, unless its JSON says otherwise; every other status is none of health.
    private init(_ response: HTTPResponse) {
        let code = response.status.code
        guard (200...299).contains(code) || code == 503 else {
            self.init(.invalid, ServiceHealth(.unhealthy, check: "answer", says: "the status is \(code)"))
            return
        }
        let isGood = code != 503
        let body = response.body.readableBytesView
        let type = response.headers["Content-Type"]?.lowercased() ?? ""
        let callsItselfJSON = type.hasPrefix("application/json") || type.contains("+json")
        guard let object = Self.object(body) else {
            if isGood && (!callsItselfJSON || body.isEmpty) {
                self.init(.answered, ServiceHealth(.healthy))
            } else {
                let reason = isGood ? "it is no JSON object" : "the status is 503"
                self.init(isGood ? .invalid : .answered, ServiceHealth(.unhealthy, check: "answer", says: reason))
            }
            return
        }
        guard let status = object["status"], !status.isNull else {
            self.init(.answered, ServiceHealth(isGood ? .healthy : .unhealthy, of: object))
            return
        }
        guard let word = status.string, let known = ServiceHealth.Status(word: word) else {
            self.init(
                .invalid,
                ServiceHealth(
                    .degraded, check: "answer",
                    says: "its status is none of healthy, degraded and unhealthy"))
            return
        }
        self.init(.answered, ServiceHealth(known, of: object))
    }

    private init(_ outcome: Outcome, _ health: ServiceHealth) {
        self.outcome = outcome
        self.health = health
    }

    private static func object(_ body: ByteBufferView) -> JSONNode? {
        guard !body.isEmpty else { return nil }
        let document = try? body.withUnsafeBytes { (bytes) throws(JSONParseError) in try JSONDocument(parsing: bytes) }
        guard let root = document?.root, root.kind == .object else { return nil }
        return root
    }
}
