// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times are written and read as Switchboard does it: UTC, with milliseconds.
private let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

extension JSONEncoder {
    static var quiz: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(time))
        }
        return encoder
    }
}

extension JSONDecoder {
    static var quiz: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try time.parse(decoder.singleValueContainer().decode(String.self))
        }
        return decoder
    }
}
