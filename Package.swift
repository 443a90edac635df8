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
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

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
        "AuthService", "COpenSSL", "EmbeddedRedis", "EventBus", "ExpirationService", "Gateway", "Identifiers",
        "Inspection", "Money", "OrdersService", "PaymentsService", "RPC", "Redis", "ServiceHost", "SessionToken",
        "Storefront",
        "TLSFiles", "Telemetry", "TicketingProto", "TicketsService", logging, lifecycle, nioCore, nioPosix,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ], path: "Sources/Program",
      exclude: ["README.md"],
      swiftSettings: strict),

    // The edge.
    .target(
      name: "Gateway",
      dependencies: [
        "Identifiers", "Money", "RPC", "SessionToken", "Telemetry", "TicketingProto", logging, lifecycle, nioCore,
        nioPosix,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ], path: "Sources/Edge/Gateway",
      swiftSettings: strict),

    // The pages, mounted in the gateway by `ticketing`. Templates, stylesheet and modules are compiled in: the program
    // is shipped as one file.
    .target(
      name: "Storefront",
      dependencies: [
        "CZlib", "Gateway", "Identifiers", "Money", "RPC", "TicketingProto", nioCore,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
      ], path: "Sources/Edge/Storefront",
      exclude: ["Docs"], resources: [.embedInCode("Templates"), .embedInCode("Assets")],
      swiftSettings: strict),

    // Looks into the Redis of all services: their events, stories of orders, and whether the promises are kept.
    .target(
      name: "Inspection",
      dependencies: [
        "EventBus", "ExpirationService", "Identifiers", "OrdersService", "PaymentsService", "RPC", "Redis",
        "TicketingProto", "TicketsService", logging, nioCore,
      ],
      exclude: ["README.md"],
      swiftSettings: strict),

    // The services. None imports another.
    .target(
      name: "AuthService",
      dependencies: [
        "COpenSSL", "Identifiers", "RPC", "Records", "Redis", "ServiceHost", "SessionToken", "Telemetry",
        "TicketingProto",
        logging, lifecycle,
        nioCore, nioPosix,
      ], path: "Sources/Services/AuthService",
      swiftSettings: strict),
    .target(
      name: "TicketsService",
      dependencies: [
        "EventBus", "EventMessages", "Identifiers", "Money", "RPC", "Records", "Redis", "ServiceHost", "TicketingProto",
        logging,
        lifecycle,
        nioCore,
      ], path: "Sources/Services/TicketsService",
      swiftSettings: strict),
    .target(
      name: "OrdersService",
      dependencies: [
        "EventBus", "EventMessages", "Identifiers", "RPC", "Records", "Redis", "ServiceHost", "Telemetry",
        "TicketingProto",
        logging, lifecycle,
        nioCore,
      ], path: "Sources/Services/OrdersService",
      swiftSettings: strict),
    .target(
      name: "PaymentsService",
      dependencies: [
        "COpenSSL", "EventBus", "EventMessages", "Identifiers", "Money", "RPC", "Records", "Redis", "ServiceHost",
        "Telemetry",
        "TicketingProto", logging,
        lifecycle,
        nioCore, nioPosix, nioSSL,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], path: "Sources/Services/PaymentsService",
      swiftSettings: strict),
    .target(
      name: "ExpirationService",
      dependencies: [
        "EventBus", "EventMessages", "Identifiers", "RPC", "Records", "Redis", "ServiceHost", "Telemetry",
        "TicketingProto",
        logging, lifecycle,
        nioCore,
      ], path: "Sources/Services/ExpirationService",
      swiftSettings: strict),

    // What the services stand on.
    .target(
      name: "ServiceHost",
      dependencies: [
        "Identifiers", "Money", "RPC", "Records", "Redis", "SessionToken", "TLSFiles", "Telemetry", "TicketingProto",
        logging,
        lifecycle, nioCore, nioPosix,
      ], path: "Sources/Platform/ServiceHost",
      swiftSettings: strict),
    .target(
      name: "EventBus", dependencies: ["Identifiers", "RPC", "Redis", "Telemetry", logging, lifecycle, nioCore],
      path: "Sources/Platform/EventBus",
      exclude: ["README.md"],
      swiftSettings: strict),
    // What the messages of each subject say of themselves to those who hear them.
    .target(
      name: "EventMessages", dependencies: ["EventBus", "Identifiers", "RPC", "TicketingProto"],
      path: "Sources/Platform/EventMessages", swiftSettings: strict),
    // How services keep what they know in Redis: read, apply once, create once, decide.
    .target(
      name: "Records", dependencies: ["EventBus", "Identifiers", "RPC", "Redis", logging, nioCore],
      path: "Sources/Platform/Records", swiftSettings: strict),
    // TLS from PEM files that may be replaced under way.
    .target(
      name: "TLSFiles", dependencies: [logging, nioSSL], path: "Sources/Platform/TLSFiles", swiftSettings: strict),
    .target(
      name: "SessionToken", dependencies: ["COpenSSL"], path: "Sources/Platform/SessionToken", swiftSettings: strict),
    .target(
      name: "EmbeddedRedis",
      dependencies: [
        logging, lifecycle, nioCore, nioPosix, .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], path: "Sources/Platform/EmbeddedRedis",
      swiftSettings: strict),
    // Instruments, and how Prometheus reads them.
    .target(name: "Telemetry", path: "Sources/Platform/Telemetry", swiftSettings: strict),
    // What amounts are in, and how they are written.
    .target(name: "Money", path: "Sources/Platform/Money", swiftSettings: strict),
    // Names and times that every part exchanges.
    .target(name: "Identifiers", path: "Sources/Platform/Identifiers", swiftSettings: strict),

    // Messages and RPC.
    .target(
      name: "TicketingProto", dependencies: ["CProtobufC", "CTicketingProto", "RPC", nioCore],
      path: "Sources/Platform/TicketingProto", swiftSettings: strict),
    .target(name: "CTicketingProto", dependencies: ["CProtobufC"], path: "Sources/Platform/CTicketingProto"),
    .target(
      name: "RPC",
      dependencies: [
        "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL,
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOTLS", package: "swift-nio"),
      ], path: "Sources/Platform/RPC",
      swiftSettings: strict),

    // Redis.
    .target(
      name: "Redis",
      dependencies: [
        "CHiredis", "COpenSSL", "TLSFiles", "Telemetry", logging, lifecycle, nioCore, nioPosix, nioSSL,
      ], path: "Sources/Platform/Redis",
      swiftSettings: strict),

    // Tests: units in process, stores and handlers on a real redis-server, the program as real processes.
    .target(name: "ProcessTestSupport", path: "Tests/ProcessTestSupport", swiftSettings: strict),
    .target(
      name: "RedisTestSupport", dependencies: ["ProcessTestSupport", "Redis", logging, nioCore, nioPosix],
      path: "Tests/RedisTestSupport",
      swiftSettings: strict),
    .target(
      name: "ServiceTestSupport",
      dependencies: [
        "EventBus", "Identifiers", "RPC", "Redis", "RedisTestSupport", "ServiceHost", "SessionToken", logging,
        lifecycle, nioPosix,
      ], path: "Tests/ServiceTestSupport", swiftSettings: strict),
    .target(
      name: "StripeTestSupport",
      dependencies: [nioCore, nioPosix, .product(name: "NIOHTTP1", package: "swift-nio")],
      path: "Tests/StripeTestSupport", swiftSettings: strict),
    .target(name: "RandomTestSupport", path: "Tests/RandomTestSupport", swiftSettings: strict),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: strict),
    .testTarget(name: "MoneyTests", dependencies: ["Money"], swiftSettings: strict),
    .testTarget(name: "IdentifiersTests", dependencies: ["Identifiers"], swiftSettings: strict),
    .testTarget(name: "SessionTokenTests", dependencies: ["SessionToken"], swiftSettings: strict),
    .testTarget(
      name: "RedisTests",
      dependencies: ["RandomTestSupport", "Redis", "RedisTestSupport", "TLSFiles", logging, nioCore, nioPosix, nioSSL],
      swiftSettings: strict),
    .testTarget(
      name: "RPCTests",
      dependencies: [
        "RPC", "RandomTestSupport", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL,
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
      ],
      swiftSettings: strict),
    // The C code of the test messages, generated like the product's.
    .target(name: "CTicketingTestProto", dependencies: ["CProtobufC"], path: "Tests/CTicketingTestProto"),
    .testTarget(
      name: "TicketingProtoTests",
      dependencies: ["CProtobufC", "CTicketingTestProto", "RPC", "RandomTestSupport", "TicketingProto", nioCore],
      exclude: ["Golden", "proto"], swiftSettings: strict),
    // Our two ends of the wire, which Tests/Peers has foreign peers talk to.
    .executableTarget(
      name: "rpc-test-server", dependencies: ["RPC", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL],
      path: "Tests/RPCTestServer", swiftSettings: strict),
    .executableTarget(
      name: "rpc-test-client", dependencies: ["RPC", "TLSFiles", logging, lifecycle, nioCore, nioPosix, nioSSL],
      path: "Tests/RPCTestClient", swiftSettings: strict),
    .testTarget(
      name: "ServiceHostTests",
      dependencies: [
        "Identifiers", "Money", "RPC", "Records", "Redis", "RedisTestSupport", "ServiceHost", "ServiceTestSupport",
        "SessionToken",
        "TicketingProto", logging,
      ],
      swiftSettings: strict),
    // The services' protocols with their rules in memory, behind which the gateway and its pages are tested.
    .target(
      name: "ServiceDoubles", dependencies: ["Money", "RPC", "TicketingProto"], path: "Tests/ServiceDoubles",
      swiftSettings: strict),
    .testTarget(
      name: "StorefrontTests",
      dependencies: [
        "Gateway", "Money", "RPC", "ServiceDoubles", "Storefront", "TicketingProto", logging, nioCore, nioPosix,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "Money", "RPC", "ServiceDoubles", "Telemetry", "TicketingProto", logging, lifecycle, nioCore,
        nioPosix,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "AuthServiceTests",
      dependencies: ["AuthService", "RPC", "Records", "Redis", "ServiceHost", "ServiceTestSupport", "TicketingProto"],
      swiftSettings: strict),
    .testTarget(
      name: "TicketsServiceTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "Money", "RPC", "Records", "Redis", "RedisTestSupport", "ServiceHost",
        "ServiceTestSupport",
        "TicketingProto",
        "TicketsService", logging,
      ],
      swiftSettings: strict),
    .target(
      name: "EventBusTestSupport",
      dependencies: ["EventBus", "EventMessages", "Identifiers", "Records", "Redis", "TicketingProto"],
      path: "Tests/EventBusTestSupport", swiftSettings: strict),
    // A consumer that a test can kill and stop.
    .executableTarget(
      name: "event-bus-test-consumer",
      dependencies: ["EventBus", "EventBusTestSupport", "Redis", "TicketingProto", logging, nioPosix],
      path: "Tests/EventBusTestConsumer", swiftSettings: strict),
    .testTarget(
      name: "EventBusTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "event-bus-test-consumer", "Identifiers", "ProcessTestSupport", "RPC",
        "Redis", "RedisTestSupport", "Telemetry", "TicketingProto", logging, lifecycle, nioCore, nioPosix,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RecordsTests",
      dependencies: ["EventBus", "Identifiers", "Records", "Redis", "RedisTestSupport", logging],
      swiftSettings: strict),
    .testTarget(
      name: "InspectionTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "Identifiers", "Inspection", "RPC", "Redis", "RedisTestSupport",
        "TicketingProto", logging, nioPosix,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "OrdersServiceTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "Identifiers", "OrdersService", "RPC", "RandomTestSupport", "Records",
        "Redis", "RedisTestSupport",
        "ServiceHost", "ServiceTestSupport", "SessionToken", "TicketingProto", logging, lifecycle,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PaymentsServiceTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "Identifiers", "PaymentsService", "ProcessTestSupport", "RPC", "Records",
        "Redis",
        "RedisTestSupport",
        "ServiceHost", "ServiceTestSupport", "SessionToken", "StripeTestSupport", "TicketingProto", logging, lifecycle,
        nioCore, nioPosix, .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ExpirationServiceTests",
      dependencies: [
        "EventBus", "EventBusTestSupport", "ExpirationService", "Identifiers", "RPC", "Records", "Redis",
        "RedisTestSupport", "ServiceHost",
        "ServiceTestSupport", "TicketingProto", logging, lifecycle,
      ],
      swiftSettings: strict),
    // Orders, payments, tickets and expiration as one seeded simulation of their models.
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "EventBus", "ExpirationService", "Identifiers", "OrdersService", "PaymentsService", "RPC", "RandomTestSupport",
        "Records", "TicketsService",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "ticketing", "COpenSSL", "ProcessTestSupport", "Redis", "RedisTestSupport", "StripeTestSupport", nioCore,
        nioPosix,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ],
      swiftSettings: strict),

    // Our sides of the benchmarks in tools/bench.
    .executableTarget(
      name: "rpc-bench-peer", dependencies: ["RPC", "TicketingProto", logging, lifecycle, nioCore, nioPosix],
      path: "tools/bench/peer", swiftSettings: strict),
    .executableTarget(
      name: "bench-constant-route", dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
      path: "tools/bench/constant-route", swiftSettings: strict),

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
