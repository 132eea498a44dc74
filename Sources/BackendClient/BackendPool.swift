// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import HTTP
import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections of one event loop to backends. Only the loop calls it, but for its making.
final class BackendPool: Sendable {
    /// Of one origin, without a request.
    private static let maximumIdleCount = 64

    private struct State {
        var idle: [String: [BackendConnection]] = [:]
        var open: [ObjectIdentifier: BackendConnection] = [:]
        var sweep: RepeatedTask?
        var isClosed = false
    }

    let eventLoop: any EventLoop
    private let trust: CertificateTrust
    private let idleTime: TimeAmount
    private let state: NIOLoopBoundBox<State>

    init(eventLoop: any EventLoop, trust: CertificateTrust, idleTime: TimeAmount) {
        self.eventLoop = eventLoop
        self.trust = trust
        self.idleTime = idleTime
        self.state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    func send(_ request: BackendRequest) -> EventLoopFuture<HTTPResponse> {
        let promise = self.eventLoop.makePromise(of: HTTPResponse.self)
        guard !self.state.value.isClosed else {
            promise.fail(BackendFault.broken("the server ends"))
            return promise.futureResult
        }
        let exchange = BackendExchange(request, promise)
        exchange.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: request.deadline) {
            exchange.end(.failure(.late))
        }
        if let connection = self.takeIdle(request.address.origin) {
            connection.begin(exchange)
        } else {
            self.connect(for: exchange)
        }
        return promise.futureResult
    }

    func close() {
        self.state.value.isClosed = true
        self.state.value.sweep?.cancel()
        for connection in self.state.value.open.values { connection.close(.broken("the server ends")) }
    }

    // MARK: Connecting

    private func connect(for exchange: BackendExchange) {
        let address = exchange.request.address
        let (trust, eventLoop) = (self.trust, self.eventLoop)
        let made = NIOLoopBound(exchange, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(max(exchange.request.deadline - .now(), .milliseconds(1)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if address.isEncrypted { try pipeline.addHandler(try trust.handler(for: address.host)) }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        BackendConnection(self, origin: address.origin, isEncrypted: address.isEncrypted))
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                let exchange = made.value
                do {
                    let channel = try result.get()
                    let connection = try channel.pipeline.syncOperations.handler(type: BackendConnection.self)
                    // Also one whose time was over meanwhile: the next may use its connection.
                    connection.begin(exchange)
                } catch {
                    exchange.end(.failure(.unreachable(BackendFault.reason(error))))
                }
            }
    }

    // MARK: Connections

    private func takeIdle(_ origin: String) -> BackendConnection? {
        while let connection = self.state.value.idle[origin]?.popLast() {
            if connection.isUsable { return connection }
        }
        self.state.value.idle[origin] = nil
        return nil
    }

    func opened(_ connection: BackendConnection) {
        self.state.value.open[ObjectIdentifier(connection)] = connection
        if self.state.value.isClosed { connection.close(.broken("the server ends")) }
    }

    func closed(_ connection: BackendConnection) {
        self.state.value.open[ObjectIdentifier(connection)] = nil
        guard connection.isIdle, var idle = self.state.value.idle[connection.origin] else { return }
        idle.removeAll { $0 === connection }
        self.state.value.idle[connection.origin] = idle.isEmpty ? nil : idle
    }

    /// Keeps a connection for the next request, or ends it.
    func giveBack(_ connection: BackendConnection, for serverTime: TimeAmount?) {
        let time = min(serverTime ?? self.idleTime, self.idleTime)
        guard time > .zero, self.state.value.idle[connection.origin, default: []].count < Self.maximumIdleCount else {
            return connection.close(nil)
        }
        connection.idleUntil = .now() + time
        self.state.value.idle[connection.origin, default: []].append(connection)
        guard self.state.value.sweep == nil else { return }
        let interval = max(TimeAmount.nanoseconds(self.idleTime.nanoseconds / 2), .milliseconds(10))
        self.state.value.sweep = self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [weak self] task in
            guard let self else { return task.cancel() }
            self.sweep()
        }
    }

    /// Ends connections that have waited long enough.
    private func sweep() {
        let now = NIODeadline.now()
        for connections in self.state.value.idle.values {
            for connection in connections where connection.idleUntil <= now { connection.close(nil) }
        }
    }
}
