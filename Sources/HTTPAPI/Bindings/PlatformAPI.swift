// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import BackendClient
package import HTTP
import JSON
import JSONSchema
package import NIOCore
package import Realtime

/// The HTTP routes that one platform's contract has: requests become operations, and their results answers in the contract's
/// words.
///
/// Errors are answered with the contract's `frames.problem` and the status of their code. Any thread.
package struct PlatformAPI: Sendable {
    /// Who may send a request as a backend.
    package struct Doors: Sendable {
        package var keys: APIKeys
        /// Networks that need no key.
        package var trusted: [AddressBlock]

        package init(keys: APIKeys, trusted: [AddressBlock]) {
            self.keys = keys
            self.trusted = trusted
        }
    }

    let platform: Platform
    private let authenticator: any Authenticator
    private let doors: Doors
    private let proxy: RequestProxy
    private let router: HTTPRouter<HTTPBinding>

    /// - Parameters:
    ///   - backends: asks the services that answer for the server; `nil`: none can be asked.
    ///   - log: told when one of them stops answering, and when it does again.
    package init(
        _ platform: Platform, authenticator: any Authenticator, doors: Doors, backends: BackendClient? = nil,
        log: @escaping @Sendable (_ line: String, _ isFault: Bool) -> Void = { _, _ in }
    ) {
        self.proxy = RequestProxy(backends, log: log)
        self.platform = platform
        self.authenticator = authenticator
        self.doors = doors
        var router = HTTPRouter<HTTPBinding>()
        for binding in platform.definition.bindings {
            guard let route = HTTPRoute(binding.path) else { continue }
            router.add(HTTPMethod(rawValue: binding.method), route, binding)
        }
        self.router = router
    }

    /// The methods of a path, as an `Allow` header has them; `nil`: nothing is there.
    package func allowedMethods(_ request: HTTPRequest) -> String? {
        switch self.router.route(.options, request.rawPath) {
        case .options(let allow), .methodNotAllowed(let allow): allow
        default: nil
        }
    }

    /// Answers a request.
    ///
    /// - Parameter respond: runs exactly once, on any thread.
    package func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        switch self.router.route(request.method, request.rawPath) {
        case .notFound: respond(.text(.notFound, "nothing is served here\n"))
        case .malformedPath: respond(.text(.badRequest, "the path's percent-encoding is broken\n"))
        case .options(let allow):
            respond(HTTPResponse(.noContent, headers: ["Allow": allow]))
        case .methodNotAllowed(let allow):
            respond(
                HTTPResponse(
                    .methodNotAllowed, headers: ["Allow": allow, "Content-Type": "text/plain; charset=utf-8"],
                    body: ByteBuffer(string: "this path takes \(allow)\n")))
        case .handler(let binding, let parameters):
            var scope = TemplateScope(now: self.platform.clock.now())
            for name in HTTPRoute(binding.path)?.parameterNames ?? [] { scope.pathParameters[name] = parameters[name] }
            for pair in request.query.pairs where scope.query[pair.name] == nil { scope.query[pair.name] = pair.value }
            self.admit(request, to: binding, on: eventLoop) { [scope] result in
                switch result {
                case .failure(let error): respond(self.problem(error, in: scope))
                case .success(let caller): self.run(binding, request, in: scope, as: caller, on: eventLoop, respond)
                }
            }
        }
    }

    // MARK: Who asks

    private func admit(
        _ request: HTTPRequest,
        to binding: HTTPBinding,
        on eventLoop: any EventLoop,
        _ completion: @escaping @Sendable (Result<OperationCaller, RequestError>) -> Void
    ) {
        switch binding.caller {
        case .anyone: completion(.success(.client(nil)))
        case .backend: completion(self.backend(request))
        case .app: completion(self.app(request))
        case .user:
            // A one-time token is for a connection: it would be spent here, and nobody given the next.
            let credential = self.platform.definition.auth.credential(
                query: request.query, headers: request.headers, takesResume: false)
            self.authenticator.authenticate(credential, on: eventLoop) { result in
                completion(
                    result.flatMap { identity in
                        guard let identity else { return .failure(.nobodySignedIn) }
                        if let expiresAt = identity.expiresAt,
                            expiresAt <= self.platform.clock.now().milliseconds
                        {
                            return .failure(.nobodySignedIn)
                        }
                        return .success(.client(identity))
                    })
            }
        }
    }

    private func backend(_ request: HTTPRequest) -> Result<OperationCaller, RequestError> {
        switch self.doors.keys.check(request.headers) {
        case .accepted: return .success(.backend)
        case .wrong: return .failure(RequestError(.invalidCredentials, "the API key is not valid"))
        case .missing: break
        }
        // A request that a proxy passed on comes from the proxy's address, which says nothing of its origin.
        guard !request.isForwarded, self.doors.trusted.contains(where: { $0.contains(request.remoteAddress) })
        else {
            return .failure(
                RequestError(
                    .unauthenticated,
                    "an API key is required from this address; send it as Authorization: Bearer KEY"))
        }
        return .success(.backend)
    }

    // MARK: What is asked

    private func run(
        _ binding: HTTPBinding,
        _ request: HTTPRequest,
        in scope: TemplateScope,
        as caller: OperationCaller,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        var scope = scope
        if case .client(let identity) = caller { scope.identity = identity }
        if case .app = caller { scope.idempotencyKey = request.headers["Idempotency-Key"] }
        do throws(RequestError) {
            scope.body = try Self.body(of: request, as: binding.body)
        } catch {
            return respond(self.problem(error, in: scope))
        }
        if let address = binding.proxy {
            return self.proxy.pass(request, to: address, on: eventLoop) { [scope] result in
                switch result {
                case .failure(let error): respond(self.problem(error, in: scope))
                case .success(var response):
                    response.headers.append("Cache-Control", "no-store")
                    respond(response)
                }
            }
        }
        self.platform.run(binding.operation, in: scope, as: caller) { [scope] result in
            switch result {
            case .failure(let error): respond(self.problem(error, in: scope))
            case .success(let answer):
                var response = HTTPResponse(HTTPStatus(binding.status))
                if let text = answer.texts.first {
                    response = .json(HTTPStatus(binding.status), ByteBuffer(bytes: text))
                }
                if binding.caller == .user || binding.operation.answersWithSecrets {
                    response.headers.append("Cache-Control", "no-store")
                }
                if let quota = answer.quota { response.headers.append(quota) }
                if let next = answer.next {
                    response.headers.append("Link", Self.link(to: next, from: request))
                }
                respond(response)
            }
        }
    }

    private static func body(
        of request: HTTPRequest,
        as schema: CompiledSchema?
    ) throws(RequestError) -> JSONNode? {
        guard request.body.readableBytes > 0 else {
            guard schema == nil else {
                throw RequestError(.invalidRequest, "a JSON body is missing", pointer: JSONPointer())
            }
            return nil
        }
        guard let document = try? JSONDocument(parsing: Array(request.body.readableBytesView)) else {
            throw RequestError(.invalidRequest, "the body is not JSON", pointer: JSONPointer())
        }
        if let violation = schema?.firstViolation(in: document.root) {
            throw RequestError(
                .invalidRequest, "the body\(violation.instance) \(violation.message)", pointer: violation.instance)
        }
        return document.root
    }

    /// RFC 8288. The same request from the last item on.
    private static func link(to next: Timestamp, from request: HTTPRequest) -> String {
        var query = "since=\(next)"
        for pair in request.query.pairs where pair.name != "since" {
            query += "&\(PercentEncoding.encode(pair.name))=\(PercentEncoding.encode(pair.value))"
        }
        return "<\(request.rawPath)?\(query)>; rel=\"next\""
    }

    // MARK: What is wrong

    private func problem(_ error: RequestError, in scope: TemplateScope) -> HTTPResponse {
        let definition = self.platform.definition
        var scope = scope
        scope.channel = error.channel
        let message = definition.describe(error, in: &scope)
        let status = HTTPStatus(definition.errors.status(of: error.code))
        var response: HTTPResponse
        if let template = definition.frames.problem {
            response = .json(status, ByteBuffer(bytes: template.rendered(in: scope)))
        } else {
            var plain = error
            plain.code = RequestError.Code(rawValue: definition.errors.publicCode(of: error.code))
            plain.message = message
            response = APIError(plain).response
            response.status = status
        }
        if let quota = error.quota { response.headers.append(quota) }
        if let wait = error.retryAfter {
            response.headers.append("Retry-After", "\(wait / 1000 + (wait % 1000 > 0 ? 1 : 0))")
        }
        if status == .unauthorized { response.headers.append("WWW-Authenticate", "Bearer") }
        return response
    }
}

extension RequestError {
    fileprivate static let nobodySignedIn = RequestError(
        .unauthenticated, "nobody is signed in", reason: "missing")
}
