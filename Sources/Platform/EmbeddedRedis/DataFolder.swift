#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
  import System
#else
  import Glibc
  import SystemPackage
#endif

/// The folder that keeps everything of one `ticketing up`: Redis' data, its socket and log, the signing key.
/// One process at a time has it, by a lock that the kernel gives back when that process ends, however it ends.
package final class DataFolder: Sendable {
  package let path: FilePath
  private let lock: FileDescriptor

  /// Makes the folder where it is missing and takes its lock.
  package init(_ path: String) throws(EmbeddedRedisError) {
    guard let absolute = Self.absolute(path) else { throw EmbeddedRedisError("the data folder needs a name") }
    self.path = absolute
    if mkdir(absolute.string, 0o700) != 0, errno != EEXIST {
      throw EmbeddedRedisError("the data folder \(path) cannot be made: \(Errno(rawValue: errno))")
    }
    do {
      lock = try FileDescriptor.open(
        absolute.appending("lock"), .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
    } catch {
      throw EmbeddedRedisError("the data folder \(path) cannot be written to: \(error)")
    }
    guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      try? lock.close()
      throw EmbeddedRedisError(
        "the data folder \(path) is in use by another ticketing: stop that one, or name another with --data")
    }
  }

  deinit {
    try? lock.close()
  }

  /// The secret kept in the file `name`, made by `make` when there is none yet. Only its owner may read it.
  package func secret(_ name: String, make: () throws -> String) throws -> String {
    let file = path.appending(name)
    if let text = try? String(contentsOfFile: file.string, encoding: .utf8), !text.isEmpty { return text }
    let text = try make()
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
    return text
  }

  /// Relative names are taken from the working directory now, wherever the process goes later.
  static func absolute(_ path: String) -> FilePath? {
    path.isEmpty
      ? nil : FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path)).lexicallyNormalized()
  }
}

/// Why Redis cannot be had: one sentence for the person who started the program.
package struct EmbeddedRedisError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
