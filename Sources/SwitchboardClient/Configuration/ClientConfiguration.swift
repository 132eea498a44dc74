// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a client connects and how it goes on. Every value has a default that suits most programs.
public struct ClientConfiguration: Sendable {
    /// What carries Socket.IO. A plain dialect has a WebSocket in any case.
    public enum Transport: String, Sendable { case webSocket, polling }

    /// Gives the token, and is asked anew for each try to connect, so that one that has expired is never used twice. Where it throws, or
    /// does not answer in `connectTimeout`, the try has failed. `nil`: the client has no token.
    public var token: (@Sendable () async throws -> String?)?
    /// Further parameters of the address.
    public var query: [String: String] = [:]
    /// Further headers of the handshake: `Cookie`, `Authorization`, `Origin`.
    public var headers: [(name: String, value: String)] = []
    /// What a Socket.IO client says of itself when it joins the namespace, a JSON object; the token comes on top.
    public var authentication = "{}"
    /// Where on the server Socket.IO is.
    public var socketIOPath = "/socket.io"
    /// Of Socket.IO; some proxies let only `polling` through.
    public var transport = Transport.webSocket

    /// Of addresses with `wss://` and `https://`.
    public var trust = ClientTrust.machine
    /// The name that the server's certificate must be for; `nil`: the address's host.
    public var serverName: String?

    /// When a connection that was lost is made anew.
    public var schedule = ReconnectSchedule()
    /// `nil`: none is sent, and a dead connection is noticed when the system notices.
    public var heartbeat: ClientHeartbeat? = ClientHeartbeat()
    /// From the beginning of a try, the question for the token included, until the server has let the client in.
    public var connectTimeout = Duration.seconds(10)

    /// Commands that wait while there is no connection. One more fails at once.
    public var queueLimit = 1000
    /// Events whose ids are remembered, so that none is handed out twice when what was missed is sent again; 0: none.
    public var rememberedIDs = 4096
    /// The largest message that is taken from the server; a larger one ends the connection. By polling: a sixteenth of what is taken in
    /// one answer, which has all that has waited.
    public var maximumMessageByteCount = 1024 * 1024

    /// Whether another try may come with another token.
    private var isTokenFixed = false

    var asksForTokens: Bool { self.token != nil && !self.isTokenFixed }

    /// Everything as it usually is, and no token.
    public init() {}

    /// With a token that holds for as long as the client is used.
    public init(token: String) {
        self.token = { token }
        self.isTokenFixed = true
    }

    /// With a token that is asked for each time.
    public init(token: @escaping @Sendable () async throws -> String?) { self.token = token }
}
