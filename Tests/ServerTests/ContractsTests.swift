// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Testing

@testable import Server

struct ContractsTests {
    private let temporary: TemporaryFolder

    init() throws { self.temporary = try TemporaryFolder() }

    @Test func `a secret that is not given is made for a server, and kept`() throws {
        let file = try self.temporary.file("shop.yaml", SmallContract.text())
        let folder = try DataFolder(path: self.temporary.path + "/data")
        let definitions = try Contracts(environment: [:], isProduction: false, folder: folder).load([file])
        let secret = try #require(folder.secret("SHOP_SECRET"))
        #expect(definitions.map(\.auth.keys) == [[.secret(secret)]])
        let secrets = try DataFolder.secrets(in: self.temporary.path + "/data")
        #expect(try Contracts(environment: [:], secrets: secrets).load([file])[0].auth.keys == [.secret(secret)])
    }

    @Test func `no secret is made up in production, nor by a command`() throws {
        let file = try self.temporary.file("shop.yaml", SmallContract.text())
        let folder = try DataFolder(path: self.temporary.path + "/data")
        for contracts in [
            Contracts(environment: [:], isProduction: true, folder: folder), Contracts(environment: [:], secrets: [:]),
        ] {
            let faults = try #require(throws: ContractFaults.self) { try contracts.load([file]) }
            #expect(faults.description.contains("\(file):3:"))
            #expect(faults.description.contains("the variable SHOP_SECRET is not set"))
        }
        #expect(folder.secret("SHOP_SECRET") == nil)
        #expect(try Contracts.withoutSecrets(environment: [:]).load([file]).count == 1)
    }

    @Test func `every fault of every file is told at once, and those of contracts together`() throws {
        let broken = try self.temporary.file(
            "broken.yaml", SmallContract.text().replacing("channels:", with: "channel:"))
        let first = try self.temporary.file("first.yaml", SmallContract.text())
        let second = try self.temporary.file("second.yaml", SmallContract.text())
        let missing = self.temporary.path + "/missing.yaml"
        let contracts = Contracts.withoutSecrets(environment: [:])
        let faults = try #require(throws: ContractFaults.self) { try contracts.load([broken, first, second, missing]) }
        for text in ["\(broken):6:1: error: ", "\(missing):1:1: error: ", "\(second):1:1: error: "] {
            #expect(faults.description.contains(text), "\(text) is not in \(faults)")
        }
        let (definitions, all) = contracts.check([broken, first])
        #expect(definitions.map(\.file) == [first])
        #expect(!all.isEmpty)
    }
}
