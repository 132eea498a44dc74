// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Puts the receipts of a batch, which come from any thread in any order, back into the batch's order.
final class ReceiptGathering: Sendable {
    private struct State {
        var receipts: [PublishReceipt?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([PublishReceipt]) -> Void

    init(count: Int, completion: @escaping @Sendable ([PublishReceipt]) -> Void) {
        self.state = Mutex(State(receipts: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
        if count == 0 { completion([]) }
    }

    func put(_ receipt: PublishReceipt, at index: Int) {
        let complete: [PublishReceipt]? = self.state.withLock { state in
            state.receipts[index] = receipt
            state.missing -= 1
            return state.missing == 0 ? state.receipts.compactMap(\.self) : nil
        }
        if let complete { self.completion(complete) }
    }
}
