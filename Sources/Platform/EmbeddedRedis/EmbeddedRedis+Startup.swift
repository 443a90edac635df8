import NIOCore
import NIOPosix
import Subprocess

#if canImport(Darwin)
  import Darwin
  import System
#else
  import Glibc
  import SystemPackage
#endif

extension EmbeddedRedis {
  /// The longest path of a unix socket that all systems take, in bytes.
  private static let maximumSocketPathBytes = 100
  /// How many ports are tried before giving up.
  private static let portsToTry = 100

  /// Looks `name` up as a shell would.
  static func find(_ name: String) -> FilePath? {
    guard let path = getenv("PATH") else { return nil }
    return String(cString: path).split(separator: ":").map { FilePath(String($0)).appending(name) }
      .first { access($0.string, X_OK) == 0 }
  }

  static func socketPath(in folder: FilePath) -> String {
    let own = folder.appending("redis.sock").string
    guard own.utf8.count > maximumSocketPathBytes else { return own }
    // Stable for a folder, so that the next run finds a server that this one left behind.
    var hash: UInt64 = 14_695_981_039_346_656_037  // FNV-1a
    for byte in own.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return "/tmp/ticketing-\(getuid())-\(String(hash, radix: 36)).sock"
  }

  /// Where the server of a platform is that keeps its data in `folder`, for a process that looks into it from outside.
  /// Throws where there is no such folder.
  package static func url(inFolder path: String) throws(EmbeddedRedisError) -> String {
    guard let folder = DataFolder.absolute(path), access(folder.string, F_OK) == 0 else {
      throw EmbeddedRedisError(
        "there is no folder \(path) with a platform's data: name it with --data, or set REDIS_URL")
    }
    return "unix://\(socketPath(in: folder))"
  }

  /// We have the folder's lock, so whoever answers at its socket was left behind by a run that was killed.
  static func stopOrphan(at socket: String) async throws {
    guard access(socket, F_OK) == 0, let client = find("redis-cli") else { return }
    let arguments: Arguments = ["-s", socket, "shutdown"]
    let result = try await Subprocess.run(
      .path(client), arguments: arguments, output: .string(limit: 4096), error: .string(limit: 4096))
    // Silence is success, or a socket that nobody listens at any more.
    guard result.standardOutput.isEmpty else {
      throw EmbeddedRedisError(
        "a redis-server that an earlier run left behind does not stop: \(result.standardOutput)")
    }
  }

  /// The first port from `first` on that nobody has on the loopback address.
  static func freePort(from first: Int) async throws -> Int {
    let last = min(first + portsToTry, 65_535)
    for port in first...max(first, last) where await isFree(port) { return port }
    throw EmbeddedRedisError("no port from \(first) to \(last) is free for Redis: name another with --redis-port")
  }

  static func isFree(_ port: Int) async -> Bool {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { return false }
    try? await channel.close()
    return true
  }
}
