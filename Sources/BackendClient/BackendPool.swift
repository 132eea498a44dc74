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
    /// Looking up a host costs more than asking it. Names that move are found again after this time, or when nobody is there any more.
    private static let lookupTime = TimeAmount.seconds(30)
    private static let maximumFoundCount = 20_000

    private struct State {
        var idle: [String: [BackendConnection]] = [:]
        var open: [ObjectIdentifier: BackendConnection] = [:]
        /// Where hosts were found, by origin.
        var found: [String: (address: SocketAddress, until: NIODeadline)] = [:]
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
        if let found = self.state.value.found[address.origin], found.until > .now() {
            self.open(self.bootstrap(for: exchange).connect(to: found.address), for: exchange) { _ in
                self.state.value.found[address.origin] = nil
                if !exchange.isOver { self.lookUpAndConnect(for: exchange) }
            }
        } else if let address = try? SocketAddress(ipAddress: address.host, port: address.port) {
            self.open(self.bootstrap(for: exchange).connect(to: address), for: exchange)
        } else {
            self.lookUpAndConnect(for: exchange)
        }
    }

    private func lookUpAndConnect(for exchange: BackendExchange) {
        let address = exchange.request.address
        let opened = self.bootstrap(for: exchange).connect(host: address.host, port: address.port)
        opened.assumeIsolated().whenSuccess { self.remember($0.remoteAddress, of: address.origin) }
        self.open(opened, for: exchange)
    }

    private func remember(_ address: SocketAddress?, of origin: String) {
        if self.state.value.found.count >= Self.maximumFoundCount { self.state.value.found = [:] }
        self.state.value.found[origin] = address.map { ($0, .now() + Self.lookupTime) }
    }

    private func bootstrap(for exchange: BackendExchange) -> ClientBootstrap {
        let address = exchange.request.address
        let trust = self.trust
        return ClientBootstrap(group: self.eventLoop)
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
    }

    private func open(
        _ opened: EventLoopFuture<any Channel>, for exchange: BackendExchange,
        failed: ((any Error) -> Void)? = nil
    ) {
        opened.assumeIsolated().whenComplete { result in
            do {
                let channel = try result.get()
                let connection = try channel.pipeline.syncOperations.handler(type: BackendConnection.self)
                // Also one whose time was over meanwhile: the next may use its connection.
                connection.begin(exchange)
            } catch {
                if let failed { return failed(error) }
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
