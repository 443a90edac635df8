import Foundation

/// The program under test, beside the test bundle that was built with it.
let ticketing: URL =
  Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
  .map { $0.deletingLastPathComponent().appendingPathComponent("ticketing") }
  ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("ticketing")

/// A folder for one test, removed after it.
func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ticketing-\(UUID().uuidString.prefix(8))")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
