// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "protoc-gen-ticketing",
  platforms: [.macOS(.v26)],
  targets: [
    .systemLibrary(
      name: "CProtobufC",
      pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"]), .brew(["protobuf-c"])]
    ),
    .target(name: "CDescriptor", dependencies: ["CProtobufC"]),
    .target(name: "Generator", dependencies: ["CDescriptor", "CProtobufC"], swiftSettings: strict),
    .executableTarget(name: "protoc-gen-ticketing", dependencies: ["Generator"], swiftSettings: strict),
    .testTarget(
      name: "GeneratorTests",
      dependencies: ["Generator"],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)
