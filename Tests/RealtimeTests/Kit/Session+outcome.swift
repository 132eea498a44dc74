// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension Result<PlatformDefinition.Match, RequestError> {
    /// The channel, or the code of the error with the channel that it names.
    var outcome: String {
        switch self {
        case .success(let match): match.name.rawValue
        case .failure(let error): "\(error.code): \(error.channel ?? "-")"
        }
    }
}
