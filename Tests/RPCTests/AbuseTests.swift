import NIOCore
import NIOPosix
import RPC
import Testing

@testable import HTTP2

/// What a server does with a peer that breaks rules or exhausts it: ends it, and serves the others.
@Suite(.serialized) struct AbuseTests {
  private typealias Frame = RawPeer.Frame
  private static let echo = "/\(TestService.name)/Echo"

  /// Floods that have to close the connection. Each is one step, sent over and over.
  enum Flood: String, CaseIterable, Sendable {
    case settings, ping, windowUpdate, emptyData, continuation, unknownType, rapidReset, malformed

    func step(_ number: Int) -> ByteBuffer {
      let streamID = UInt32(2 * number + 1)
      switch self {
      case .settings: return RawPeer.frame(Frame.settings)
      case .ping: return RawPeer.frame(Frame.ping, payload: ByteBuffer(repeating: 0, count: 8))
      case .windowUpdate: return RawPeer.frame(Frame.windowUpdate, payload: ByteBuffer(bytes: [0, 0, 0, 1]))
      case .unknownType: return RawPeer.frame(0xee)
      case .emptyData:
        return number == 0
          ? RawPeer.request(on: 1, path: AbuseTests.echo) : RawPeer.frame(Frame.data, on: 1)
      case .continuation:
        return number == 0
          ? RawPeer.frame(Frame.headers, on: 1, payload: RawPeer.block([(":method", "POST")]))
          : RawPeer.frame(Frame.continuation, on: 1, payload: RawPeer.block([("x-\(number)", "1")]))
      case .malformed:
        return RawPeer.request(on: streamID, path: AbuseTests.echo, extra: [("connection", "close")], endStream: true)
      case .rapidReset:
        var bytes = RawPeer.request(on: streamID, path: AbuseTests.echo)
        bytes.writeImmutableBuffer(
          RawPeer.frame(Frame.reset, on: streamID, payload: ByteBuffer(bytes: [0, 0, 0, 8])))
        return bytes
      }
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: Flood.allCases)
  func `a flood closes its connection and no other`(flood: Flood) async throws {
    // Threads of its own: the others' tests need theirs.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await withServer(TestService().table(), group: group) { target in
      try await withClient(of: target) { client in
        let patient = CallOptions(timeout: .seconds(60))
        _ = try await client.unary(TestService.echo, "before", options: patient)
        let peer = try await RawPeer.connect(to: target)
        var bytes = ByteBuffer()
        for number in 0..<10_000 { bytes.writeImmutableBuffer(flood.step(number)) }
        // The server may close before it has read all of it.
        try? await peer.send(bytes)
        await peer.closed()
        let answer = try await client.unary(TestService.echo, "after", options: patient)
        #expect(answer == "after")
      }
    }
    try await group.shutdownGracefully()
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      RawPeer.request(on: 1, path: echo, extra: [("Upper", "x")], endStream: true),
      RawPeer.request(on: 1, path: echo, extra: [("content-length", "5")], endStream: true),
      RawPeer.request(on: 1, path: echo, extra: [("content-length", "11")]) + RawPeer.message("hello", on: 1),
      RawPeer.request(on: 1, path: echo, extra: [("content-length", "9")]) + RawPeer.message("hello", on: 1),
      RawPeer.request(on: 1, path: echo) + RawPeer.message("hello", on: 1, endStream: false)
        + RawPeer.frame(Frame.headers, flags: 0x5, on: 1, payload: RawPeer.block([(":path", "/a")])),
    ])
  func `a malformed request is a stream error, and the connection goes on`(request: ByteBuffer) async throws {
    try await withServer(TestService().table()) { target in
      let peer = try await RawPeer.connect(to: target)
      var bytes = request
      bytes.writeImmutableBuffer(RawPeer.request(on: 3, path: Self.echo, extra: [("content-length", "10")]))
      bytes.writeImmutableBuffer(RawPeer.message("hello", on: 3))
      try await peer.send(bytes)
      let reset = try #require(await peer.next(Frame.reset, on: 1))
      #expect(reset.payload == ByteBuffer(bytes: [0, 0, 0, 1]))
      let answer = try #require(await peer.next(Frame.data, on: 3))
      #expect(answer.payload.readableBytes == 10)
      await peer.close()
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["", "PRI * HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
  func `a peer that does not begin HTTP2 is closed`(bytes: String) async throws {
    var limits = ServerLimits.patient
    limits.handshakeTimeout = .milliseconds(200)
    try await withServer(TestService().table(), limits: limits) { target in
      let peer = try await RawPeer.connect(to: target, settings: nil)
      if !bytes.isEmpty { try await peer.send(ByteBuffer(string: bytes)) }
      await peer.closed()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `connections beyond the limit are closed`() async throws {
    var limits = ServerLimits.patient
    limits.maxConnections = 2
    try await withServer(TestService().table(), limits: limits) { target in
      let first = try await RawPeer.connect(to: target)
      _ = await first.next(Frame.settings)
      let second = try await RawPeer.connect(to: target)
      _ = await second.next(Frame.settings)
      let third = try await RawPeer.connect(to: target, settings: nil)
      await third.closed()
      await first.close()
      await second.close()
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `responses that nobody reads are bounded`() async throws {
    let service = TestService()
    try await withServer(service.table()) { target in
      // A large window for every stream, none for the connection, and then the peer does not read.
      let peer = try await RawPeer.connect(to: target, settings: [(0x4, 0x7fff_ffff)])
      var bytes = RawPeer.frame(Frame.windowUpdate, payload: ByteBuffer(bytes: [0x7f, 0, 0, 0]))
      for number in 0..<95 {
        bytes.writeImmutableBuffer(RawPeer.request(on: UInt32(2 * number + 1), path: "/\(TestService.name)/Flood"))
        bytes.writeImmutableBuffer(RawPeer.message("1048576", on: UInt32(2 * number + 1)))
      }
      try await peer.stopReading()
      try await peer.send(bytes)
      // 16 MiB may be queued; the handlers that would go beyond are told so.
      var refused = 0
      for await event in service.events where event == "refused" {
        refused += 1
        if refused == 70 { break }
      }
      #expect(refused == 70)
      await peer.close()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a deadline passes where the peer gives no window`() async throws {
    try await withServer(TestService().table()) { target in
      let peer = try await RawPeer.connect(to: target, settings: [(0x4, 0)])
      var bytes = RawPeer.request(on: 1, path: Self.echo, extra: [("grpc-timeout", "200m")])
      bytes.writeImmutableBuffer(RawPeer.message("hello", on: 1))
      try await peer.send(bytes)
      let reset = try #require(await peer.next(Frame.reset, on: 1))
      #expect(reset.payload == ByteBuffer(bytes: [0, 0, 0, 8]))
      await peer.close()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a long request gets the window that it needs`() async throws {
    try await withServer(TestService().table()) { target in
      let peer = try await RawPeer.connect(to: target)
      var head = ByteBuffer(bytes: [0])
      head.writeInteger(UInt32(200_000))
      try await peer.send(RawPeer.request(on: 1, path: Self.echo))
      try await peer.send(RawPeer.frame(Frame.data, on: 1, payload: head))
      for await frame in peer.frames where frame.type == Frame.windowUpdate && frame.streamID == 1 {
        let bytes = frame.payload.getInteger(at: 0, as: UInt32.self) ?? 0
        #expect(bytes + 65_535 - 5 >= 200_000)
        break
      }
      await peer.close()
    }
  }
}
