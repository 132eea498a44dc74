// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import NIOCore
import NIOPosix

extension BackendFault {
    /// Of the fault alone, without what it says before it.
    var reason: String {
        switch self {
        case .unreachable(let reason), .broken(let reason): reason
        case .late, .tooLong: self.description
        }
    }

    /// What an error of the network comes to, in plain words.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if error.dnsAError != nil && error.dnsAAAAError != nil { return "the host \"\(error.host)\" is not known" }
            return error.connectionErrors.first.map { self.reason($0.error) } ?? "no connection"
        case ChannelError.connectTimeout: return "no connection in time"
        case is ChannelError: return "the connection was closed"
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "connection refused"
        case let error as IOError where error.errnoCode == ECONNRESET: return "connection reset"
        default: return CertificateTrust.reason(of: error) ?? "\(error)"
        }
    }
}
