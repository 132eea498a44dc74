// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import NIOCore
import NIOPosix
import WebSocketProtocol

extension ClientFault {
    /// Why a try to connect has failed.
    static func connecting(_ error: any Error) -> ClientFault {
        switch error {
        case let fault as ClientFault: fault
        case let fault as HandshakeFault where fault.status > 0:
            ClientFault(.refused, fault.message, serverCode: "\(fault.status)", underlying: fault)
        case let fault as HandshakeFault: ClientFault(.unreachable, fault.message, underlying: fault)
        default: ClientFault(.unreachable, self.words(for: error), underlying: error)
        }
    }

    /// Why a connection has ended.
    init(_ ending: LinkEnding) {
        switch ending {
        case .gone: self.init(.lost, "the connection was lost")
        case .closed(nil, ""): self.init(.lost, "the server closed the connection")
        case .closed(let code, let reason):
            let words = reason.isEmpty ? "" : ": \(reason)"
            self.init(.lost, "the server closed the connection\(words)", serverCode: code.map { "\($0)" })
        case .refused(let text):
            let (message, code) = Wire.refusal(in: text)
            self.init(.refused, message, serverCode: code)
        case .left: self.init(.refused, "the server had this client leave")
        case .silent: self.init(.lost, "nothing came from the server for too long")
        case .broken(let problem): self.init(.lost, "the server does not keep to the protocol: \(problem)")
        }
    }

    private static func words(for error: any Error) -> String {
        if let reason = CertificateTrust.reason(of: error) { return reason }
        switch error {
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError else {
                return "the server does not answer"
            }
            return Self.words(for: first)
        case let error as SocketAddressError.UnknownHost: return "the host name \"\(error.host)\" is not known"
        case let error as ChannelError where error.isTimeout: return "the server did not answer in time"
        case is ChannelError: return "the connection was closed"
        default: return "\(error)"
        }
    }
}

extension ChannelError {
    fileprivate var isTimeout: Bool {
        if case .connectTimeout = self { true } else { false }
    }
}
