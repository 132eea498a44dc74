// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What a backend said to the question whether a user may subscribe to a channel.
enum AskAnswer: Equatable {
    /// - validity: milliseconds; `nil`: the contract's.
    case decided(isAllowed: Bool, validity: Int64?)
    /// Nothing that counts.
    case unavailable(String)

    /// Milliseconds for which a backend's answer may hold.
    private static let validities: ClosedRange<Int64> = 1000...86_400_000

    /// Only a 200 with the documented JSON decides, and 401, 403 and 404 say no.
    init(_ result: Result<BackendAnswer, BackendFailure>) {
        switch result {
        case .failure(let failure): self = .unavailable(failure.reason)
        case .success(let answer) where [401, 403, 404].contains(answer.status):
            self = .decided(isAllowed: false, validity: nil)
        case .success(let answer) where answer.status == 200:
            guard let root = try? JSONDocument(parsing: answer.body).root, let isAllowed = root["allow"]?.bool,
                let validity = Self.validity(root["for"])
            else {
                self = .unavailable("the answer is not the JSON that says whether the user may")
                return
            }
            self = .decided(isAllowed: isAllowed, validity: validity)
        case .success(let answer): self = .unavailable("the answer has status \(answer.status)")
        }
    }

    /// - Returns: `.some(nil)`: it says nothing; `nil`: it is no duration.
    private static func validity(_ node: JSONNode?) -> Int64?? {
        guard let node, !node.isNull else { return .some(nil) }
        guard let text = node.string, text.utf8.count <= 20 else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let count = Int64(digits), let unit = units[text.dropFirst(digits.count)] else { return nil }
        let (product, overflows) = count.multipliedReportingOverflow(by: unit)
        return .some(min(max(overflows ? .max : product, Self.validities.lowerBound), Self.validities.upperBound))
    }
}
