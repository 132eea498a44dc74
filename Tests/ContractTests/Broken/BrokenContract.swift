// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Testing

/// A contract that is not accepted, and what the loader says about it, line by line.
struct BrokenContract: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let faults: String

    /// - Parameter isWhole: the text is not added to ``SmallContract``, whose last line is 7.
    init(_ name: String, isWhole: Bool = false, _ text: String, _ faults: String) {
        self.name = name
        self.text = isWhole ? text : "\(SmallContract.text)\n\(text)"
        self.faults = faults
    }

    var testDescription: String { self.name }

    /// The loader's words. `FOLDER` stands for the folder that the contract would be in.
    var report: String {
        ContractLoader(environment: [:]).outcome(of: self.text, file: "c.yaml").faults.map(\.description)
            .joined(separator: "\n")
            .replacingOccurrences(of: FileManager.default.currentDirectoryPath, with: "FOLDER")
    }
}

@Suite struct BrokenContractTests {
    @Test(arguments: BrokenContract.documents)
    func `a broken document is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.calls)
    func `broken calls to apps are refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.derived)
    func `what wrongly follows from events is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.platforms)
    func `a broken platform is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.routing)
    func `broken routing is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.tokens)
    func `broken rules of tokens are refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.rooms)
    func `broken rules of rooms are refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.schemas)
    func `a broken schema or example is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.bindings)
    func `a broken command or request is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.rules)
    func `broken further rules are refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.monitor)
    func `wrong rules of watched services are refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }

    @Test(arguments: BrokenContract.socketIO)
    func `what is wrong with Socket.IO is refused with place, reason and advice`(contract: BrokenContract) {
        #expect(contract.report == contract.faults)
    }
}
