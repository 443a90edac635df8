import Foundation
import Testing

@testable import Generator

/// Compiles the text of .proto files with protoc-c, in a folder of its own.
func descriptorSet(_ files: [String: String]) throws -> DescriptorSet {
  let folder = FileManager.default.temporaryDirectory.appending(path: "generator-tests-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  for (path, text) in files {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
  let output = folder.appending(path: "set")
  let compiler = Process()
  compiler.executableURL = URL(filePath: "/usr/bin/env")
  compiler.arguments =
    ["protoc-c", "-I", folder.path, "--include_source_info", "--include_imports"]
    + ["--descriptor_set_out=\(output.path)"] + files.keys.sorted()
  try compiler.run()
  compiler.waitUntilExit()
  try #require(compiler.terminationStatus == 0, "protoc-c refused the test's own .proto")
  return try DescriptorSet(decoding: [UInt8](Data(contentsOf: output)))
}

/// The generated Swift files of one .proto with the package `shop.test.v1`, by name.
func generate(_ body: String) throws -> [String: String] {
  let set = try descriptorSet(["t.proto": "syntax = \"proto3\";\npackage shop.test.v1;\n" + body])
  let files = try Generator(set, paths: ["t.proto"]).swiftFiles()
  return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.content) })
}
