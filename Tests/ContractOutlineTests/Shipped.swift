// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import ContractOutline
import Foundation
import Testing

/// The contracts that the project ships, as outlines.
enum Shipped {
    static let names = ["rangkai", "rooms", "paychain", "orion", "bulkbuyer"]

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Contracts").standardizedFileURL.path

    /// What every variable named like a secret holds.
    static let secret = "never-to-be-seen-0123456789abcdef0123456789"

    static func outcome(_ name: String, _ environment: [String: String] = [:]) -> ContractLoader.Outcome {
        ContractLoader(environment: environment, generatedSecret: { _ in self.secret })
            .outcome(file: "\(self.folder)/\(name).yaml")
    }

    static func outline(_ name: String, _ environment: [String: String] = [:]) throws -> ContractOutline {
        let outcome = self.outcome(name, environment)
        let definition = try #require(outcome.definition, "\(outcome.faults)")
        return ContractOutline(definition, document: try #require(outcome.document))
    }
}
