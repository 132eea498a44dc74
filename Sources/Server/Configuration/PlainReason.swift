// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import NIOCore
import NIOPosix
import WebSocketProtocol

/// What went wrong in a system call, a file or a connection, in the words that an operator knows: no type names, no numbers.
package enum PlainReason {
    /// One line without a full stop, such as `Address already in use`.
    package static func of(_ error: any Error) -> String {
        if let reason = CertificateTrust.reason(of: error) { return reason }
        return switch error {
        case let error as HandshakeFault: error.message
        case let error as IOError: Self.text(error.errnoCode)
        case let error as SocketAddressError.UnknownHost: "the host name \"\(error.host)\" is not known"
        case let error as SocketAddressError: Self.text(error)
        case let error as NIOConnectionError: Self.text(error)
        case let error as ChannelError: Self.text(error)
        case is CocoaError, is POSIXError: Self.text(wrapping: error)
        case let error as any CustomStringConvertible & Error where !(type(of: error) is NSError.Type):
            error.description
        default: Self.text(wrapping: error)
        }
    }

    private static func text(_ error: NIOConnectionError) -> String {
        guard let first = error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError else {
            return "it does not answer"
        }
        return Self.of(first)
    }

    private static func text(_ error: SocketAddressError) -> String {
        switch error {
        case .unknown(let host, _): "the host name \"\(host)\" is not known"
        case .unsupported: "such addresses are not supported"
        case .unixDomainSocketPathTooLong: "the socket's path is too long"
        case .failedToParseIPString(let text): "\"\(text)\" is no address"
        }
    }

    private static func text(_ error: ChannelError) -> String {
        switch error {
        case .connectTimeout: "it did not answer in time"
        case .eof, .alreadyClosed, .ioOnClosedChannel, .inputClosed, .outputClosed: "the connection was closed"
        default: "the connection failed"
        }
    }

    /// Foundation wraps what the system said, more than once; the innermost error has it.
    private static func text(wrapping error: any Error) -> String {
        if let error = error as? POSIXError { return Self.text(error.code.rawValue) }
        let description = error as NSError
        if description.domain == NSPOSIXErrorDomain { return Self.text(CInt(truncatingIfNeeded: description.code)) }
        if let below = description.userInfo[NSUnderlyingErrorKey] as? any Error { return Self.text(wrapping: below) }
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return Self.text(ENOENT)
        case .fileWriteFileExists: return Self.text(EEXIST)
        case .fileReadNoPermission, .fileWriteNoPermission: return Self.text(EACCES)
        case .fileWriteOutOfSpace: return Self.text(ENOSPC)
        case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: return "it is not a text in UTF-8"
        default: return description.localizedDescription
        }
    }

    private static func text(_ code: CInt) -> String { String(cString: strerror(code)) }
}
