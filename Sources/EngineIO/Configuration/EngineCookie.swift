// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A cookie with the session's `sid`, for load balancers that keep a client on one server. Set by the answer to a handshake over polling.
public struct EngineCookie: Hashable, Sendable {
    /// Which sites' pages send the cookie along (RFC 6265bis §5.5).
    public enum SameSite: String, Hashable, Sendable {
        /// Only pages of the server's own site.
        case strict = "Strict"
        /// Those, and links from elsewhere.
        case lax = "Lax"
        /// Every page; browsers want it secure.
        case none = "None"
    }

    /// A token without `=`, `;` and white space.
    public var name: String
    /// Where the client sends it back.
    public var path = "/"
    /// Seconds until the client forgets it; `nil`: when the browser is closed.
    public var maximumAge: Int?
    /// Only over TLS.
    public var isSecure = false
    /// Hidden from scripts.
    public var isHTTPOnly = true
    /// Which sites' pages send it along.
    public var sameSite = SameSite.lax

    /// A cookie of this name, for the whole server, hidden from scripts.
    public init(name: String = "io") { self.name = name }

    /// The value of `Set-Cookie`.
    func header(id: String) -> String {
        var text = "\(self.name)=\(id)"
        if let maximumAge = self.maximumAge { text += "; Max-Age=\(maximumAge)" }
        text += "; Path=\(self.path)"
        if self.isHTTPOnly { text += "; HttpOnly" }
        if self.isSecure { text += "; Secure" }
        return text + "; SameSite=\(self.sameSite.rawValue)"
    }
}
