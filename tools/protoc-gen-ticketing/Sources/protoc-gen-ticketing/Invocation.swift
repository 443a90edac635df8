import Foundation
import Generator

/// Arguments that do not make sense.
struct UsageError: Error {
  let description: String
}

/// The command line: reads a descriptor set, writes Swift, the C header and the descriptor set for protoc-c.
struct Invocation {
  static let usage = """
    usage: protoc-gen-ticketing --descriptor-set FILE [option ...] PATH.proto ...

      --descriptor-set FILE    made by protoc-c --descriptor_set_out --include_source_info --include_imports
      --swift-out DIR          writes the Swift files there
      --c-out DIR              writes the C module's header there
      --c-descriptor-set FILE  writes what protoc-c --descriptor_set_in shall read
      --c-module NAME          the C module with protoc-c's output (CTicketingProto)
      --import DECLARATION     an import that codec files need; may be repeated
      --internal               types for one module instead of the package
      --proto-folder PATH      the folder that header lines name the .proto files in (proto)

    Without arguments: a plugin of protoc, with the options c_module=, import=, access=internal and proto_folder=.
    """

  private var values: [String: String] = [:]
  private var options = GeneratorOptions()
  private var paths: [String] = []

  init(_ arguments: some Sequence<String>) throws {
    var iterator = arguments.makeIterator()
    while let argument = iterator.next() {
      if argument == "--help" {
        print(Self.usage)
        exit(0)
      }
      if argument == "--internal" {
        options.isInternal = true
        continue
      }
      guard argument.hasPrefix("--") else {
        paths.append(argument)
        continue
      }
      guard let value = iterator.next() else { throw UsageError(description: "\(argument) needs a value.") }
      switch argument {
      case "--c-module": options.cModule = value
      case "--import": options.imports.append(value)
      case "--proto-folder": options.protoFolder = value
      case "--descriptor-set", "--swift-out", "--c-out", "--c-descriptor-set": values[argument] = value
      default: throw UsageError(description: "\(argument) is no option.")
      }
    }
  }

  func run() throws {
    guard let input = values["--descriptor-set"] else { throw UsageError(description: "--descriptor-set is missing.") }
    let set = try DescriptorSet(decoding: [UInt8](Data(contentsOf: URL(filePath: input))))
    let generator = try Generator(set, paths: paths, options: options)
    if let folder = values["--swift-out"] {
      for file in try generator.swiftFiles() { try write(Data(file.content.utf8), to: folder + "/" + file.path) }
    }
    if let folder = values["--c-out"] {
      let header = generator.cHeader()
      try write(Data(header.content.utf8), to: folder + "/" + header.path)
    }
    if let path = values["--c-descriptor-set"] { try write(Data(set.encodeForC()), to: path) }
  }

  private func write(_ data: Data, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }
}
