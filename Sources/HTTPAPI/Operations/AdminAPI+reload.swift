// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// Reads the contracts again, as SIGHUP does.
    func reload(_ exchange: Exchange) throws(APIError) {
        guard let reload = self.information.reload else {
            throw APIError(RequestError(.notFound, "this server cannot read its contracts again"))
        }
        exchange.answer(with: exchange.eventLoop.makeFutureWithTask { await reload() }) { $0.response }
    }
}

extension ReloadReport {
    /// `{"ok", "faults": [{"severity", "place"?, "message", "hint"?}]}`.
    fileprivate var response: HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("ok")
        writer.bool(self.isOK)
        writer.key("faults")
        writer.beginArray()
        for fault in self.faults {
            writer.beginObject()
            writer.key("severity")
            writer.string(fault.isError ? "error" : "warning")
            if let place = fault.place {
                writer.key("place")
                writer.string(place)
            }
            writer.key("message")
            writer.string(fault.message)
            if let hint = fault.hint {
                writer.key("hint")
                writer.string(hint)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .json(self.isOK ? .ok : .unprocessableContent, ByteBuffer(bytes: writer.bytes))
    }
}
