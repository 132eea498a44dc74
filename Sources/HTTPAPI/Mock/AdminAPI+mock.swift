// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

/// What leads a mock backend: for tests, on servers that were started with `--mock`.
extension AdminAPI {
    func readMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        exchange.answer(with: exchange.eventLoop.makeFutureWithTask { await mock.description() }) {
            .json(.ok, ByteBuffer(bytes: $0))
        }
    }

    func playMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        let body = try exchange.body()
        let request: MockPlay
        do throws(RequestError) { request = try MockPlay(reading: body) } catch { throw APIError(error) }
        let played = exchange.eventLoop.makeFutureWithTask { () -> Result<Int, RequestError> in
            do throws(RequestError) {
                return .success(try await mock.play(request.name, with: request.variables))
            } catch {
                return .failure(error)
            }
        }
        exchange.answer(with: played) { result in
            switch result {
            case .failure(let error): return APIError(error).response
            case .success(let run):
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("run")
                writer.int(run)
                writer.endObject()
                return .json(.ok, ByteBuffer(bytes: writer.bytes))
            }
        }
    }

    func pauseMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        self.lead(exchange) { await mock.pause() }
    }

    func resumeMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        self.lead(exchange) { await mock.resume() }
    }

    func resetMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        var isPaused = false
        if !exchange.hasNoBody {
            let body = try exchange.body()
            do throws(RequestError) { isPaused = try Self.isPaused(reading: body) } catch { throw APIError(error) }
        }
        self.lead(exchange) { [isPaused] in await mock.reset(isPaused: isPaused) }
    }

    func breakMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        let body = try exchange.body()
        let outage: MockOutage
        do throws(RequestError) { outage = try MockOutage(reading: body) } catch { throw APIError(error) }
        self.lead(exchange) { await mock.breakDown(outage) }
    }

    func mendMock(_ exchange: Exchange) throws(APIError) {
        let mock = try self.mock(of: exchange)
        self.lead(exchange) { await mock.breakDown(nil) }
    }

    /// `{"paused"?}`.
    private static func isPaused(reading node: JSONNode) throws(RequestError) -> Bool {
        try node.requireObject()
        var isPaused = false
        for member in node.members {
            guard member.name == "paused" else { throw member.unknownError(known: ["paused"]) }
            guard let value = member.value.bool else {
                throw RequestError(
                    .invalidRequest, "must be true or false", pointer: JSONPointer().appending(key: "paused"))
            }
            isPaused = value
        }
        return isPaused
    }

    private func lead(_ exchange: Exchange, _ body: @escaping @Sendable () async -> Void) {
        exchange.answer(with: exchange.eventLoop.makeFutureWithTask { await body() }) { _ in
            HTTPResponse(.noContent)
        }
    }

    private func mock(of exchange: Exchange) throws(APIError) -> any MockControl {
        let platform = try self.platform(of: exchange)
        if let mock = self.information.mocks[platform.definition.name] { return mock }
        throw APIError(RequestError(.notFound, "this server has no mock backend; start it with --mock"))
    }
}

/// `{"name", "with"?}`.
private struct MockPlay: Sendable {
    private static let keys = ["name", "with"]

    var name: String
    var variables: [(name: String, value: JSONDocument)] = []

    init(reading node: JSONNode) throws(RequestError) {
        try node.requireObject()
        var name: String?
        for member in node.members {
            switch member.name {
            case "name": name = try member.value.text("name")
            case "with":
                guard member.value.kind == .object else {
                    throw RequestError(
                        .invalidRequest, "must be an object", pointer: JSONPointer().appending(key: "with"))
                }
                for variable in member.value.members {
                    guard let value = try? JSONDocument(parsing: Array(variable.value.rawBytes)) else { continue }
                    self.variables.append((variable.name, value))
                }
            default: throw member.unknownError(known: Self.keys)
            }
        }
        guard let name else { throw RequestError(.invalidRequest, "\"name\" is missing", pointer: JSONPointer()) }
        self.name = name
    }
}

extension MockOutage {
    private static let keys = ["refuse", "close", "slow", "for"]
    /// RFC 6455 §7.4: what a close frame may carry.
    private static let closeCodes = [1000...1003, 1007...1014, 3000...4999]
    /// A day, in seconds.
    private static let longest = 86_400.0

    fileprivate init(reading node: JSONNode) throws(RequestError) {
        self.init()
        try node.requireObject()
        for member in node.members {
            switch member.name {
            case "refuse":
                guard let refusal = member.value.string.flatMap({ Refusal(rawValue: $0) }) else {
                    throw Self.error("must be \"connections\" or \"tokens\"", "refuse")
                }
                self.refusal = refusal
            case "close":
                guard let code = member.value.int, Self.closeCodes.contains(where: { $0.contains(code) }) else {
                    throw Self.error("must be a code that a server may send, such as 1012, or 3000 to 4999", "close")
                }
                self.close = UInt16(exactly: code)
            case "slow": self.slow = try Self.milliseconds(member.value, "slow")
            case "for": self.length = try Self.milliseconds(member.value, "for")
            default: throw member.unknownError(known: Self.keys)
            }
        }
        guard self.refusal != nil || self.close != nil || self.slow != nil else {
            throw RequestError(
                .invalidRequest, "breaks nothing; give \"refuse\", \"close\" or \"slow\"", pointer: JSONPointer())
        }
    }

    private static func milliseconds(_ node: JSONNode, _ key: String) throws(RequestError) -> Int64 {
        guard let seconds = node.double, seconds > 0, seconds <= Self.longest else {
            throw Self.error("must be a number of seconds, more than 0 and at most 86400", key)
        }
        return max(Int64(seconds * 1000), 1)
    }

    private static func error(_ message: String, _ key: String) -> RequestError {
        RequestError(.invalidRequest, message, pointer: JSONPointer().appending(key: key))
    }
}
