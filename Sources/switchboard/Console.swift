// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Server

/// What a command says: results on standard output, everything else on standard error. Safe from any thread.
enum Console {
    /// Prints a result. Ends the process with exit code 1 when nobody can read it: quietly when the reader has gone, as
    /// `head` does, else with a word on standard error.
    static func print(_ text: String) {
        let fault = Self.write(text, to: STDOUT_FILENO)
        guard fault != 0 else { return }
        if fault != EPIPE {
            Self.complain("error: standard output cannot be written to: \(String(cString: strerror(fault)))")
        }
        exit(1)
    }

    /// Prints what is good to know and not worth ending for.
    static func inform(_ text: String) { _ = Self.write(text, to: STDOUT_FILENO) }

    static func complain(_ text: String) { _ = Self.write(text, to: STDERR_FILENO) }

    /// Says why a command failed.
    static func complain(of error: any Error) {
        switch error {
        case is ContractFaults, is ServerError, is AdminClient.Failure: Self.complain("\(error)")
        default: Self.complain("error: \(PlainReason.of(error))")
        }
    }

    /// Writes a line. Returns 0, or the error number with which the system refused it.
    private static func write(_ text: String, to descriptor: CInt) -> CInt {
        let bytes = Array((text + "\n").utf8)
        return bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Whoever shares the terminal or pipe has made it non-blocking.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
