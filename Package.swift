// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in our targets, and only in ours.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Debian's hiredis.pc defines _FILE_OFFSET_BITS, which SwiftPM prohibits and warns of at each build. Its headers are
/// where the compiler looks anyway; brew's are not.
#if os(macOS)
  let hiredisPackage: String? = "hiredis"
#else
  let hiredisPackage: String? = nil
#endif

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

/// A target whose name is its folder's. Its dependencies are just what its files import: a test holds both together.
func target(
  _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name(of: path), dependencies: dependencies, path: path, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

func tests(_ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name(of: path), dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
}

func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

let package = Package(
  name: "ticketing",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "ticketing", targets: ["ticketing"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.90.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.40.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    // The program: subcommands and composition, nothing else.
    .executableTarget(
      name: "ticketing",
      dependencies: [
        "AuthService", "Cryptography", "EmbeddedRedis", "EventBus", "ExpirationService", "Gateway", "Identifiers",
        "Inspection", "Operations", "OrdersService", "PaymentsService", "Redis", "RPC", "ServiceHost",
        "SessionToken", "Storefront", "Telemetry", "TicketingProto", "TicketsService", logging, lifecycle, nioCore,
        nioPosix, .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Program", exclude: ["README.md"], swiftSettings: strict),

    // The edge. The pages are mounted in the gateway; templates, stylesheet and modules are compiled in, for the program is
    // shipped as one file.
    target(
      "Sources/Edge/Gateway",
      [
        "Identifiers", "JSONWriting", "Money", "Operations", "RPC", "SessionToken", "Telemetry", "TicketingProto",
        logging, lifecycle, nioCore, nioPosix, nioHTTP1, httpTypes, hummingbird,
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ]),
    target(
      "Sources/Edge/Storefront",
      [
        "Cryptography", "CZlib", "Gateway", "Identifiers", "Money", "RPC", "TicketingProto", nioCore, httpTypes,
        hummingbird, .product(name: "Mustache", package: "swift-mustache"),
      ],
      exclude: ["Docs"], resources: [.embedInCode("Templates"), .embedInCode("Assets")]),

    // Looks into the Redis of all services: their events, stories of orders, and whether the promises are kept.
    target(
      "Sources/Inspection",
      [
        "EventBus", "ExpirationService", "Identifiers", "OrdersService", "PaymentsService", "Redis", "RPC",
        "TicketingProto", "TicketsService", logging, nioCore,
      ], exclude: ["README.md"]),

    // The services. None imports another.
    target(
      "Sources/Services/AuthService",
      [
        "Cryptography", "Identifiers", "Records", "Redis", "RPC", "ServiceHost", "SessionToken", "Telemetry",
        "TicketingProto", logging, lifecycle, nioCore, nioPosix,
      ]),
    target(
      "Sources/Services/ExpirationService",
      [
        "EventBus", "EventMessages", "Identifiers", "Records", "Redis", "ServiceHost", "Telemetry", "TicketingProto",
        logging, lifecycle,
      ]),
    target(
      "Sources/Services/OrdersService",
      [
        "EventBus", "EventMessages", "Identifiers", "Records", "Redis", "RPC", "ServiceHost", "Telemetry",
        "TicketingProto", logging, lifecycle,
      ]),
    target(
      "Sources/Services/PaymentsService",
      [
        "Cryptography", "EventBus", "EventMessages", "Identifiers", "Money", "Records", "Redis", "RPC",
        "ServiceHost", "Telemetry", "TicketingProto", logging, lifecycle, nioCore, nioHTTP1, httpClient,
      ]),
    target(
      "Sources/Services/TicketsService",
      [
        "EventBus", "EventMessages", "Identifiers", "Money", "Records", "Redis", "RPC", "ServiceHost",
        "TicketingProto", logging,
      ]),

    // What all of it stands on.
    target("Sources/Platform/Cryptography", ["COpenSSL", "Identifiers"]),
    target(
      "Sources/Platform/EmbeddedRedis",
      [
        logging, lifecycle, nioCore, nioPosix, .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    target(
      "Sources/Platform/EventBus",
      [
        "Identifiers", "Redis", "RPC", "Telemetry", logging, lifecycle, nioCore,
      ], exclude: ["README.md"]),
    target("Sources/Platform/EventMessages", ["EventBus", "TicketingProto"]),
    target(
      "Sources/Platform/HTTP2",
      [
        nioCore, nioSSL, .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
      ]),
    target("Sources/Platform/Identifiers", []),
    target("Sources/Platform/JSONWriting", [nioCore, httpTypes, hummingbird]),
    target("Sources/Platform/Money", ["Identifiers"]),
    target(
      "Sources/Platform/Operations",
      [
        "JSONWriting", "Telemetry", logging, lifecycle, nioCore, nioPosix, httpTypes, hummingbird,
      ]),
    target(
      "Sources/Platform/RPC",
      [
        "HTTP2", "Identifiers", "Telemetry", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL,
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
      ]),
    target("Sources/Platform/Records", ["EventBus", "Identifiers", "Redis", "RPC", logging, nioCore]),
    target(
      "Sources/Platform/Redis",
      [
        "CHiredis", "Cryptography", "Telemetry", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL,
      ]),
    target(
      "Sources/Platform/ServiceHost",
      [
        "Identifiers", "JSONWriting", "Money", "Operations", "Records", "Redis", "RPC", "SessionToken", "Telemetry",
        "TicketingProto", "TLSFiles", logging, lifecycle, nioCore,
      ]),
    target("Sources/Platform/SessionToken", ["Cryptography", "Identifiers"]),
    target("Sources/Platform/TLSFiles", [logging, nioSSL]),
    target("Sources/Platform/Telemetry", []),
    target("Sources/Platform/TicketingProto", ["CProtobufC", "CTicketingProto", "RPC", nioCore]),
    .target(name: "CTicketingProto", dependencies: ["CProtobufC"], path: "Sources/Platform/CTicketingProto"),

    // Tests: units in process, stores and handlers on a real redis-server, the program as real processes.
    target(
      "Tests/EventBusTestSupport",
      [
        "EventBus", "Identifiers", "Records", "Redis", "RPC", "TicketingProto", nioCore,
      ]),
    target("Tests/ProcessTestSupport", []),
    target("Tests/RandomTestSupport", []),
    target("Tests/RedisTestSupport", ["ProcessTestSupport", "Redis", logging, nioCore, nioPosix]),
    target("Tests/ServiceDoubles", ["Money", "RPC", "TicketingProto"]),
    target(
      "Tests/ServiceTestSupport",
      [
        "EventBus", "Identifiers", "Redis", "RedisTestSupport", "RPC", "ServiceHost", "SessionToken", logging,
        lifecycle, nioPosix,
      ]),
    target("Tests/StripeTestSupport", [nioCore, nioPosix, nioHTTP1]),
    tests(
      "Tests/AuthServiceTests",
      [
        "AuthService", "Redis", "RPC", "ServiceHost", "ServiceTestSupport", "TicketingProto",
      ]),
    tests("Tests/CryptographyTests", ["Cryptography"]),
    tests(
      "Tests/EndToEndTests",
      [
        "ticketing", "Cryptography", "ProcessTestSupport", "Redis", "RedisTestSupport", "StripeTestSupport", nioCore,
        nioPosix, httpClient,
      ]),
    tests(
      "Tests/EventBusTests",
      [
        "EventBus", "EventBusTestSupport", "Identifiers", "ProcessTestSupport", "Redis", "RedisTestSupport", "RPC",
        "Telemetry", "TicketingProto", "event-bus-test-consumer", logging, lifecycle, nioCore,
      ]),
    tests(
      "Tests/ExpirationServiceTests",
      [
        "EventBus", "ExpirationService", "Identifiers", "Records", "Redis", "RedisTestSupport", "ServiceHost",
        "ServiceTestSupport", "TicketingProto", logging,
      ]),
    tests(
      "Tests/GatewayTests",
      [
        "Gateway", "JSONWriting", "Money", "Operations", "RPC", "ServiceDoubles", "Telemetry", "TicketingProto",
        logging, lifecycle, nioCore, nioPosix, httpTypes, hummingbird,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    tests("Tests/IdentifiersTests", ["Identifiers"]),
    tests(
      "Tests/InspectionTests",
      [
        "EventBus", "EventBusTestSupport", "Identifiers", "Inspection", "Redis", "RedisTestSupport",
        "TicketingProto", logging, nioPosix,
      ]),
    tests("Tests/MoneyTests", ["Money"]),
    tests(
      "Tests/OperationsTests",
      [
        "Operations", "Telemetry", logging, httpTypes, hummingbird,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    tests(
      "Tests/OrdersServiceTests",
      [
        "EventBus", "EventBusTestSupport", "Identifiers", "OrdersService", "RandomTestSupport", "Records", "Redis",
        "RedisTestSupport", "RPC", "ServiceHost", "ServiceTestSupport", "TicketingProto", logging, lifecycle,
        nioPosix,
      ]),
    tests(
      "Tests/PaymentsServiceTests",
      [
        "Cryptography", "EventBus", "EventBusTestSupport", "Identifiers", "PaymentsService", "ProcessTestSupport",
        "Records", "Redis", "RedisTestSupport", "RPC", "ServiceHost", "ServiceTestSupport", "StripeTestSupport",
        "TicketingProto", logging,
      ]),
    tests(
      "Tests/RPCTests",
      [
        "HTTP2", "RandomTestSupport", "RPC", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL,
        .product(name: "NIOHPACK", package: "swift-nio-http2"), .product(name: "NIOEmbedded", package: "swift-nio"),
      ]),
    tests("Tests/RecordsTests", ["EventBus", "Identifiers", "Records", "Redis", "RedisTestSupport"]),
    tests("Tests/RedisTests", ["RandomTestSupport", "Redis", "RedisTestSupport", "TLSFiles", nioCore, nioPosix]),
    tests(
      "Tests/ServiceHostTests",
      [
        "Identifiers", "Money", "Records", "Redis", "RPC", "ServiceHost", "ServiceTestSupport", "SessionToken",
        "TicketingProto",
      ]),
    tests("Tests/SessionTokenTests", ["SessionToken"]),
    tests(
      "Tests/SimulationTests",
      [
        "EventBus", "ExpirationService", "Identifiers", "OrdersService", "PaymentsService", "RandomTestSupport",
        "Records", "TicketsService",
      ]),
    tests(
      "Tests/StorefrontTests",
      [
        "Gateway", "Money", "RPC", "ServiceDoubles", "Storefront", "TicketingProto", logging, nioCore, nioPosix,
        httpTypes, hummingbird, .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    tests("Tests/TelemetryTests", ["Telemetry"]),
    tests(
      "Tests/TicketingProtoTests",
      [
        "CProtobufC", "CTicketingTestProto", "RandomTestSupport", "RPC", "TicketingProto", nioCore,
      ], exclude: ["Golden", "proto"]),
    tests(
      "Tests/TicketsServiceTests",
      [
        "EventBus", "EventBusTestSupport", "EventMessages", "Identifiers", "Money", "Records", "Redis",
        "RedisTestSupport", "RPC", "ServiceHost", "ServiceTestSupport", "TicketingProto", "TicketsService", logging,
      ]),
    // The C code of the test messages, generated like the product's.
    .target(name: "CTicketingTestProto", dependencies: ["CProtobufC"], path: "Tests/CTicketingTestProto"),
    // Our two ends of the wire, which Tests/Peers has foreign peers talk to, and a consumer that a test can kill and stop.
    .executableTarget(
      name: "rpc-test-server",
      dependencies: [
        "RPC", logging, lifecycle, nioCore, nioSSL,
      ], path: "Tests/RPCTestServer", swiftSettings: strict),
    .executableTarget(
      name: "rpc-test-client",
      dependencies: [
        "RPC", logging, lifecycle, nioCore, nioPosix, nioSSL,
      ], path: "Tests/RPCTestClient", swiftSettings: strict),
    .executableTarget(
      name: "event-bus-test-consumer",
      dependencies: [
        "EventBus", "EventBusTestSupport", "Redis", "TicketingProto", logging, nioPosix,
      ], path: "Tests/EventBusTestConsumer", swiftSettings: strict),

    // Our sides of the benchmarks in tools/bench.
    .executableTarget(
      name: "rpc-bench-peer",
      dependencies: [
        "RPC", "TicketingProto", logging, lifecycle, nioPosix,
      ], path: "tools/bench/peer", swiftSettings: strict),
    .executableTarget(
      name: "bench-constant-route",
      dependencies: [
        hummingbird
      ], path: "tools/bench/constant-route", swiftSettings: strict),

    // System libraries.
    .systemLibrary(
      name: "CHiredis", path: "Sources/Platform/CHiredis", pkgConfig: hiredisPackage,
      providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/Platform/COpenSSL", pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CProtobufC", path: "Sources/Platform/CProtobufC", pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"]), .brew(["protobuf-c"])]),
    // A part of macOS.
    .systemLibrary(name: "CZlib", path: "Sources/Platform/CZlib", providers: [.apt(["zlib1g-dev"])]),
  ]
)
