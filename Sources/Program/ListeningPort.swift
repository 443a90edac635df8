import NIOCore
import NIOPosix
import ServiceHost

/// Finds out before anything starts whether a port can be listened at, for a sentence instead of a stack of errors.
enum ListeningPort {
  static func check(host: String, port: Int, option: String) async throws {
    guard (0...65_535).contains(port) else { throw ConfigurationError("\(option) must be from 0 to 65535") }
    guard port > 0 else { return }
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
      try await channel.close()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw ConfigurationError("port \(port) is in use: choose another with \(option)")
    } catch let error as IOError where error.errnoCode == EACCES {
      throw ConfigurationError("port \(port) needs more rights than this user has: choose another with \(option)")
    } catch {
      throw ConfigurationError("\(host):\(port) cannot be listened at (\(error)): choose another with \(option)")
    }
  }
}
