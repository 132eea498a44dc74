// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import FoundationNetworking
import JSON
import Synchronization

/// Asks a running server's admin API. Blocking, as a command has nothing else to do.
struct AdminClient {
    struct Failure: Error, CustomStringConvertible {
        /// Whole lines for standard error.
        var description: String
    }

    let address: URL
    let key: String

    /// - Returns: the answer's body.
    /// - Throws: ``Failure`` when there is no answer, or one that is not a success.
    func send(_ method: String, _ path: [String], body: [UInt8]? = nil) throws(Failure) -> [UInt8] {
        var url = self.address
        for segment in path { url.append(component: segment) }
        let address = url
        var request = URLRequest(url: address, timeoutInterval: 10)
        request.httpMethod = method
        request.setValue("Bearer \(self.key)", forHTTPHeaderField: "Authorization")
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body)
        }
        let outcome = Mutex<Result<(Int, Data), Failure>>(.failure(Failure(description: "error: no answer")))
        let done = DispatchSemaphore(value: 0)
        let task = URLSession.shared.dataTask(with: request) { data, response, error in
            outcome.withLock { outcome in
                if let response = response as? HTTPURLResponse {
                    outcome = .success((response.statusCode, data ?? Data()))
                } else {
                    outcome = .failure(
                        Failure(
                            description:
                                """
                                error: no answer from \(address): \(error?.localizedDescription ?? "unknown reason")
                                  hint: is the server running? --admin and SWITCHBOARD_ADMIN_PORT say where it is
                                """))
                }
            }
            done.signal()
        }
        task.resume()
        done.wait()
        let (status, data) = try outcome.withLock { $0 }.get()
        guard (200..<300).contains(status) else {
            throw Failure(description: "error: \(Self.refusal(status, Array(data)))")
        }
        return Array(data)
    }

    /// What the admin API says in an error answer, in one line; see `docs/openapi.yaml`.
    static func refusal(_ status: Int, _ body: [UInt8]) -> String {
        let document = try? JSONDocument(parsing: body)
        guard let error = document?.root["error"], let message = error["message"]?.string else {
            let text = String(decoding: body.prefix(1000), as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
            return "the server answered \(status): \(text)"
        }
        let place = error["pointer"]?.string.map { ", at \($0)" } ?? ""
        return "the server answered \(status) \(error["code"]?.string ?? ""): \(message)\(place)"
    }
}
