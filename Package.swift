// swift-tools-version: 6.2
import PackageDescription

/// Every target of this package is built with these: Swift 6 mode, imports that show what they
/// expose, and no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "switchboard",
    products: [
        .executable(name: "switchboard", targets: ["switchboard"]),
        .library(name: "EngineIO", targets: ["EngineIO"]),
        .library(name: "SocketIO", targets: ["SocketIO"]),
        .library(name: "SwitchboardClient", targets: ["SwitchboardClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        // Below the core: values and pure machines, no I/O.
        library("JSON"),
        library("JSONSchema", ["JSON"]),
        library("HTTP", [nioCore]),
        library("WebSocketProtocol", [nioCore]),

        // Between sockets and what speaks over them.
        library("Connections", [nioCore]),
        library("Certificates", [nioCore, nioSSL]),

        // Socket.IO's two layers, which know nothing of contracts.
        library(
            "EngineIO",
            ["Connections", "HTTP", "JSON", "Transport", "WebSocketProtocol", nioCore, nioPosix, logging]),
        library(
            "SocketIO",
            ["Connections", "EngineIO", "HTTP", "JSON", "Transport", "WebSocketProtocol", nioCore, nioPosix, logging]),

        // What connects to a server: this program's own client, and a library for others.
        library(
            "SwitchboardClient",
            [
                "Certificates", "Connections", "HTTP", "JSON", "Transport", "WebSocketProtocol", nioCore, nioPosix,
                nioHTTP1,
            ]),

        // The core.
        library("Realtime", ["Connections", "JSON", "JSONSchema", nioCore]),

        // Edges: each owns its heavy dependency and knows only the core.
        library(
            "Contract",
            [
                "BackendClient", "Certificates", "Connections", "JSON", "JSONSchema", "Realtime",
                .product(name: "Yams", package: "Yams"),
            ]),
        // A contract for people and programs: documents and generated code are made of it.
        library("ContractOutline", ["Connections", "Contract", "JSON", "JSONSchema", "Realtime"]),
        library("ContractCode", ["ContractOutline", "JSON", "Realtime"]),
        library("ContractDiff", ["ContractOutline", "JSON", "Realtime"]),
        library(
            "ContractDocuments",
            ["ContractOutline", "JSON", .product(name: "Crypto", package: "swift-crypto")]),
        library(
            "Tokens",
            [
                "JSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        library("WebSocketDialect", ["Connections", "JSON", "Realtime", "WebSocketProtocol", nioCore]),
        library(
            "SocketIODialect",
            [
                "Connections", "EngineIO", "HTTP", "JSON", "Realtime", "SocketIO", "WebSocketProtocol", nioCore,
            ]),
        library(
            "Transport",
            [
                "Certificates", "Connections", "HTTP", "WebSocketProtocol", nioCore, nioPosix, nioHTTP1, nioSSL,
                logging,
            ]),
        library(
            "BackendClient",
            [
                "Certificates", "HTTP", nioCore, nioPosix, nioHTTP1, nioTLS,
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        library("Monitor", ["BackendClient", "HTTP", "JSON", "Realtime", nioCore]),
        library("Apps", ["BackendClient", "HTTP", "JSON", "Realtime", nioCore, logging]),
        library("SQLiteEngine", ["Realtime", .product(name: "GRDB", package: "GRDB.swift")]),
        library("Pages", ["HTTP", nioCore, .product(name: "Crypto", package: "swift-crypto")]),
        library("HTTPAPI", ["BackendClient", "HTTP", "JSON", "JSONSchema", "Realtime", nioCore]),

        // The composition root and the program.
        library(
            "Server",
            [
                "Apps", "BackendClient", "Certificates", "Connections", "Contract", "ContractDocuments",
                "ContractOutline", "EngineIO", "HTTP", "HTTPAPI", "JSON",
                "Monitor", "Pages", "Realtime", "SQLiteEngine", "SocketIO",
                "SocketIODialect", "Tokens", "Transport",
                "WebSocketDialect", nioCore, nioPosix, logging,
            ]),
        .executableTarget(
            name: "switchboard",
            dependencies: [
                "BackendClient", "Certificates", "Connections", "Contract", "ContractCode", "ContractDiff",
                "ContractDocuments", "ContractOutline", "HTTP", "JSON", "JSONSchema", "Realtime",
                "Server", "SwitchboardClient", "Tokens", "Transport", nioCore, nioHTTP1, nioPosix, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "EchoServer",
            dependencies: ["Connections", "HTTP", "Transport", "WebSocketProtocol", nioCore, nioPosix],
            path: "Examples/EchoServer",
            swiftSettings: strict),
        // From the public API alone: what a program outside this package could be.
        .executableTarget(
            name: "SocketIOEcho", dependencies: ["SocketIO"], path: "Examples/SocketIOEcho", swiftSettings: strict),
        .executableTarget(
            name: "SocketIOChat", dependencies: ["EngineIO", "SocketIO"], path: "Examples/SocketIOChat",
            swiftSettings: strict),
        .executableTarget(
            name: "JobWatch", dependencies: ["SwitchboardClient"], path: "Examples/JobWatch", swiftSettings: strict),
        .executableTarget(
            name: "Quiz",
            dependencies: ["BackendClient", "Certificates", "HTTP", "Transport", nioCore, nioPosix],
            path: "Examples/Quiz",
            exclude: ["README.md"],
            swiftSettings: strict),
        .executableTarget(
            name: "ProtocolPeer",
            dependencies: [
                "Connections", "EngineIO", "HTTP", "JSON", "SocketIO", "Transport", "WebSocketProtocol", nioCore,
                nioPosix,
            ],
            path: "Examples/ProtocolPeer",
            swiftSettings: strict),
        .executableTarget(
            name: "CoreBenchmarks",
            dependencies: [
                "BackendClient", "Certificates", "Connections", "Contract", "HTTP", "JSON", "JSONSchema", "Realtime",
                "SQLiteEngine", "Server", "SwitchboardClient", "Tokens", "Transport", "WebSocketDialect",
                "WebSocketProtocol", nioCore, nioEmbedded, nioPosix,
            ],
            path: "Benchmarks/CoreBenchmarks",
            swiftSettings: strict),

        // Certificates for tests that encrypt.
        .target(
            name: "TestCertificates", dependencies: ["Certificates"], path: "Tests/TestCertificates",
            swiftSettings: strict),
        tests(of: "JSON"),
        tests(of: "Certificates", ["TestCertificates", nioSSL]),
        tests(of: "JSONSchema", ["JSON"]),
        tests(of: "WebSocketProtocol", [nioCore]),
        tests(of: "Realtime", ["Connections", "JSON", "JSONSchema", nioCore, nioEmbedded]),
        tests(
            of: "WebSocketDialect",
            ["Connections", "JSON", "JSONSchema", "Realtime", "WebSocketProtocol", nioCore, nioEmbedded]),
        tests(
            of: "EngineIO",
            ["Connections", "HTTP", "JSON", "Transport", "WebSocketProtocol", nioCore, nioEmbedded, nioPosix]),
        tests(
            of: "SocketIO",
            [
                "Connections", "EngineIO", "HTTP", "JSON", "Transport", "WebSocketProtocol", nioCore, nioEmbedded,
                nioPosix,
            ]),
        tests(
            of: "SocketIODialect",
            [
                "Connections", "EngineIO", "HTTP", "JSON", "JSONSchema", "Realtime", "SocketIO", "WebSocketProtocol",
                nioCore,
                nioEmbedded,
            ]),
        tests(of: "Contract", ["JSON", "JSONSchema", "Realtime"]),
        tests(of: "ContractOutline", ["Contract", "JSON", "Realtime"]),
        tests(of: "ContractDocuments", ["Contract", "ContractOutline", "JSON", "Realtime"]),
        tests(of: "Tokens", ["JSON", .product(name: "Crypto", package: "swift-crypto")]),
        tests(
            of: "Transport",
            [
                "Certificates", "Connections", "HTTP", "TestCertificates", "WebSocketProtocol", nioCore, nioEmbedded,
                nioPosix, nioSSL, nioTLS,
            ]),
        tests(
            of: "BackendClient",
            [
                "Certificates", "Connections", "HTTP", "TestCertificates", "Transport", nioCore, nioPosix, logging,
            ]),
        tests(of: "Monitor", ["BackendClient", "HTTP", "Realtime", nioCore]),
        tests(
            of: "Apps",
            ["BackendClient", "Certificates", "HTTP", "JSON", "Realtime", "Transport", nioCore, nioPosix, logging]),
        tests(
            of: "SwitchboardClient",
            ["JSON", "Realtime", "Server", "TestCertificates", "WebSocketProtocol", nioCore, nioPosix, logging]),
        tests(of: "SQLiteEngine", ["Realtime", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(of: "Pages", ["HTTP", nioCore, nioEmbedded]),
        tests(of: "HTTPAPI", ["Connections", "HTTP", "JSON", "Realtime", nioCore, nioEmbedded]),
        tests(
            of: "Server",
            [
                "BackendClient", "Certificates", "Contract", "HTTP", "JSON", "Realtime", "Tokens", "Transport", nioCore,
                nioEmbedded, nioPosix, logging,
            ]),
    ]
)
