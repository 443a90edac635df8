import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Every address that a name stands for, where NIO's own connect uses the first that answers: connections spread
/// over all of them.
enum AddressResolver {
  struct NotFound: Error, CustomStringConvertible {
    let description: String
  }

  /// One address of one target.
  struct Endpoint: Sendable {
    let target: RPCTarget
    let address: SocketAddress
  }

  /// Those of all targets, without the targets that stand for nothing at the moment; throws where that is all of them.
  static func endpoints(of list: TargetList, on eventLoop: any EventLoop, timeout: Duration) async throws -> [Endpoint]
  {
    var endpoints: [Endpoint] = []
    var failure: (any Error)?
    for target in list.targets {
      do {
        let addresses = try await addresses(of: target, on: eventLoop, timeout: timeout)
        endpoints += addresses.map { Endpoint(target: target, address: $0) }
      } catch {
        failure = error
      }
    }
    if let failure, endpoints.isEmpty { throw failure }
    return endpoints
  }

  /// Resolves on a pool of threads; gives up waiting after `timeout`.
  static func addresses(of target: RPCTarget, on eventLoop: any EventLoop, timeout: Duration) async throws
    -> [SocketAddress]
  {
    switch target {
    case .unix(let path):
      return [try SocketAddress(unixDomainSocketPath: path)]
    case .host(let host, let port):
      if let address = try? SocketAddress(ipAddress: host, port: port) { return [address] }
      let promise = eventLoop.makePromise(of: [SocketAddress].self)
      let limit = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        promise.fail(NotFound(description: "resolving \(host) took too long"))
      }
      NIOThreadPool.singleton.submit { _ in
        promise.completeWith(Result { try lookUp(host: host, port: port) })
      }
      defer { limit.cancel() }
      return try await promise.futureResult.get()
    }
  }

  private static func lookUp(host: String, port: Int) throws -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = socketType
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else {
      throw NotFound(description: "\(host): \(gai_strerror(status).map { String(cString: $0) } ?? "not found")")
    }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = address(of: entry.pointee) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw NotFound(description: "\(host) has no address") }
    return addresses
  }

  private static func address(of entry: addrinfo) -> SocketAddress? {
    guard let address = entry.ai_addr else { return nil }
    switch entry.ai_family {
    case AF_INET:
      return UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self).withMemory { SocketAddress($0) }
    case AF_INET6:
      return UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in6.self).withMemory { SocketAddress($0) }
    default:
      return nil
    }
  }

  private static var socketType: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }
}

extension UnsafePointer {
  fileprivate func withMemory<Result>(_ body: (Pointee) -> Result) -> Result { body(pointee) }
}
