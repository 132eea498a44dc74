// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Server
import SwitchboardClient

/// A client that says something at first and prints everything it is told, over the one connection that it makes.
struct PrintingClient {
    private let client: EventClient
    private let greetings: [String]
    /// Host and port, as they stand in the address.
    let place: String

    init(_ address: String, dialect: Dialect, configuration: ClientConfiguration, greetings: [String])
        throws(ClientFault)
    {
        var configuration = configuration
        configuration.schedule = .never
        configuration.maximumMessageByteCount = 64 * 1024 * 1024
        self.client = try EventClient(address, dialect: dialect, configuration: configuration)
        self.greetings = greetings
        let authority = address.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        self.place = String(authority.prefix { $0 != "?" })
    }

    /// Prints until the connection has ended.
    ///
    /// - Returns: why it could not be made; `nil` when it could, and the server closed it.
    func run() async -> String? {
        // Everything is printed: what comes faster than the terminal takes it waits in the connection.
        let frames = self.client.rawFrames(buffering: .everything(1000))
        let states = self.client.states
        self.client.connect()
        async let fault = Self.fault(of: states)
        async let greeted: Void = self.greet()
        var hasHeard = false
        for await frame in frames where frame.direction == .received {
            hasHeard = true
            if let message = frame.message {
                Console.print(message)
            } else if frame.text == nil {
                Console.print("(\(frame.byteCount) bytes of binary data)")
            }
        }
        await greeted
        guard let fault = await fault, !hasHeard else { return nil }
        return PlainReason.of(fault.underlying ?? fault)
    }

    func close() async { await self.client.close() }

    private func greet() async {
        for greeting in self.greetings { try? await self.client.send(text: greeting, within: .seconds(60)) }
    }

    /// Why the client has given up; `nil` when it was connected.
    private static func fault(of states: NoticeSequence<ClientState>) async -> ClientFault? {
        var wasOpen = false
        for await state in states {
            if state.isOpen { wasOpen = true }
            if case .failed(let fault) = state, !wasOpen { return fault }
        }
        return nil
    }
}
