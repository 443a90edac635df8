import Foundation
import Logging
import NIOPosix
import RPC
import ServiceLifecycle
import TicketingProto

/// Our side of `tools/bench rpc`: the counterparts of `grpc_server.cc` and `grpc_client.cc`, with their arguments.
@main
enum BenchPeer {
  private static let usage = """
    rpc-bench-peer server ADDRESS [THREADS]
        prints the address once it serves; ends on SIGTERM
    rpc-bench-peer client ADDRESS SECONDS [CONNECTIONS] [IN_FLIGHT] [THREADS]
        prints: calls, failed calls, seconds, microseconds of CPU time a call
    """

  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
    switch (arguments.first, arguments.dropFirst().first) {
    case ("server", let address?):
      try await BenchServer(address: address, threads: numbers.first ?? 2).run()
    case ("client", let address?) where !numbers.isEmpty:
      try await BenchClient(
        target: address, seconds: numbers[0], connections: numbers.count > 1 ? numbers[1] : 4,
        inFlight: numbers.count > 2 ? numbers[2] : 64, threads: numbers.count > 3 ? numbers[3] : 2
      ).run()
    default:
      FileHandle.standardError.write(Data((usage + "\n").utf8))
      exit(2)
    }
  }
}

/// Errors only: neither side of the comparison logs.
func quietLogger() -> Logger {
  var logger = Logger(label: "rpc-bench-peer") { StreamLogHandler.standardError(label: $0) }
  logger.logLevel = .error
  return logger
}

/// One line on stdout, unbuffered.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
