// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Logging
import NIOCore
import WebSocketProtocol

/// What the connections of one listener on one loop need to be received: the application, the bounds, the loop's state.
final class Reception {
    /// What came of an upgrade request.
    enum UpgradeOutcome {
        /// Answer with these bytes and go on as a WebSocket.
        case accepted(UpgradeAcceptance)
        case refused(HTTPResponse)
    }

    let loop: ConnectionLoop
    let loopBox: NIOLoopBoundBox<ConnectionLoop>
    let configuration: ListenerConfiguration
    let application: any ListenerApplication
    let logger: Logger
    var responseWriter = HTTPResponseWriter()

    init(
        loopBox: NIOLoopBoundBox<ConnectionLoop>, configuration: ListenerConfiguration,
        application: any ListenerApplication, logger: Logger
    ) {
        self.loop = loopBox.value
        self.loopBox = loopBox
        self.configuration = configuration
        self.application = application
        self.logger = logger
    }

    /// Who sent a request that came from `peer`.
    func source(peer: String, headers: HTTPHeaders) -> RequestSource {
        RequestSource(
            peer: peer, headers: headers, trustedProxies: self.configuration.trustedProxies,
            isEncrypted: self.isEncrypted)
    }

    /// Between the socket and the connection's handlers stands one that encrypts: nothing may go past it, and what is read is not
    /// in the loop's buffers.
    var isEncrypted: Bool { self.configuration.certificate != nil }

    /// Notes a connection that ended before it was encrypted.
    func handshakeFailed(_ error: any Error, peer: String) {
        self.loop.gauges.failedTLSHandshakesTotal += 1
        self.logger.debug("no TLS handshake with \(peer): \(error)")
    }

    /// Checks a request for being a proper handshake and asks the application.
    func decideUpgrade(
        method: String, target: String, minorVersion: Int, headers: HTTPHeaders, peer: String
    ) -> UpgradeOutcome {
        do throws(HandshakeFault) {
            let acceptValue = try Handshake.checkRequest(method: method, minorVersion: minorVersion) {
                headers.values($0)
            }
            let source = self.source(peer: peer, headers: headers)
            let request = UpgradeRequest(
                target: target, headers: headers, remoteAddress: source.address, isForwarded: source.isForwarded,
                isSecure: source.isSecure)
            switch self.application.upgrade(request, on: self.loop.eventLoop) {
            case .accept(var settings, let makeSession):
                // Anything but a name the client offered would make it give the connection up (RFC 6455 §4.1).
                let chosen = settings.subprotocol.flatMap { request.subprotocols.contains($0) ? $0 : nil }
                let response = Handshake.response(
                    acceptValue: acceptValue, subprotocol: chosen,
                    headers: HTTPResponseWriter.writable(settings.responseHeaders))
                settings.responseHeaders = HTTPHeaders()
                return .accepted(
                    UpgradeAcceptance(
                        settings: settings, response: ByteBuffer(string: response), makeSession: makeSession))
            case .refuse(let response):
                self.loop.gauges.refusedUpgradesTotal += 1
                return .refused(response)
            }
        } catch {
            self.loop.gauges.refusedUpgradesTotal += 1
            return .refused(Self.response(to: error))
        }
    }

    private static func response(to fault: HandshakeFault) -> HTTPResponse {
        var response = HTTPResponse.text(HTTPStatus(fault.status), fault.message)
        if fault == .unsupportedVersion { response.headers.append("Sec-WebSocket-Version", Handshake.version) }
        return response
    }
}
