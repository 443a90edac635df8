import NIOCore
import NIOEmbedded
import NIOHPACK
import RandomTestSupport
import Testing

@testable import HTTP2
@testable import RPC

@Suite struct EngineTests {
  @Test(arguments: 0..<40) func `every byte arrives in order, whatever the windows and the pace`(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let client = Side(.client)
    let server = Side(.server(maxConcurrentStreams: 100))
    server.answersWithRequest = true
    try exchange(client, server, &random)

    var requests: [Int: ByteBuffer] = [:]
    for number in 0..<20 {
      let streamID = 2 * number + 1
      let size = Int.random(in: 0...Int.random(in: 0...200_000, using: &random), using: &random)
      let request = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) })
      requests[streamID] = request
      client.engine.send(headers: [":path": "/\(number)"], on: streamID, endStream: false)
      var rest = request
      while rest.readableBytes > 0 {
        let length = Int.random(in: 1...min(rest.readableBytes, 50_000), using: &random)
        guard let piece = rest.readSlice(length: length) else { break }
        let isLast = rest.readableBytes == 0 && Bool.random(using: &random)
        client.engine.send(data: piece, on: streamID, endStream: isLast)
      }
      // Nothing happens where the last piece has ended it.
      client.engine.send(data: ByteBuffer(), on: streamID, endStream: true)
      if Bool.random(using: &random) { try exchange(client, server, &random) }
    }
    for _ in 0..<2000 where !(client.engine.streams.isEmpty && server.engine.streams.isEmpty) {
      try exchange(client, server, &random)
    }
    #expect(server.received.data == requests.filter { $0.value.readableBytes > 0 })
    #expect(client.received.data == server.received.data)
    for side in [client, server] {
      #expect(side.received.ended == requests.mapValues { _ in nil })
      #expect(side.engine.line.isEmpty)
      #expect(side.received.failure == nil)
      #expect(side.received.written == requests.values.reduce(0) { $0 + $1.readableBytes })
    }
  }

  @Test func `a stream that is reset takes what was queued on it along`() throws {
    let server = Side(.server(maxConcurrentStreams: 100))
    try server.read(.init(bytes: FrameReader.preface))
    // No window at all.
    var settings = ByteBuffer()
    settings.writeSettings([(.initialWindowSize, 0)])
    try server.read(settings)
    for number in 0..<100 {
      let streamID = 2 * number + 1
      try server.read(RawPeer.request(on: UInt32(streamID), path: "/", endStream: true))
      server.engine.send(headers: [":status": "200"], on: streamID, endStream: false)
      server.engine.send(data: ByteBuffer(repeating: 1, count: 1000), on: streamID, endStream: false)
      server.engine.send(headers: ["grpc-status": "0"], on: streamID, endStream: true)
      try server.read(
        RawPeer.frame(RawPeer.Frame.windowUpdate, on: UInt32(streamID), payload: .init(bytes: [0, 0, 0, 1])))
      #expect(server.received.ended[streamID] == nil)
      try server.read(RawPeer.frame(RawPeer.Frame.reset, on: UInt32(streamID), payload: .init(bytes: [0, 0, 0, 8])))
      #expect(server.received.ended[streamID] == .some(.cancel))
    }
    #expect(server.engine.streams.isEmpty && server.engine.line.isEmpty)
    #expect(server.received.written == 100)
  }

  @Test func `an answer that is complete ends its request`() throws {
    let client = Side(.client)
    var bytes = RawPeer.frame(RawPeer.Frame.settings)
    try client.read(bytes)
    client.engine.send(headers: [":path": "/"], on: 1, endStream: false)
    client.engine.send(data: ByteBuffer(repeating: 1, count: 100_000), on: 1, endStream: true)
    bytes = RawPeer.frame(0x1, flags: 0x5, on: 1, payload: RawPeer.block([(":status", "200"), ("grpc-status", "8")]))
    try client.read(bytes)
    #expect(client.received.ended == [1: .cancel])
    #expect(client.engine.streams.isEmpty && client.engine.line.isEmpty)
  }

  @Test(arguments: 0..<300) func `no sequence of frames harms it`(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let server = Side(.server(maxConcurrentStreams: 5))
    server.answersWithRequest = true
    try server.read(.init(bytes: FrameReader.preface) + RawPeer.frame(RawPeer.Frame.settings))
    for _ in 0..<200 {
      var bytes = Self.anyFrame(&random)
      while bytes.readableBytes > 0,
        let piece = bytes.readSlice(length: .random(in: 1...bytes.readableBytes, using: &random))
      {
        try server.read(piece)
      }
      server.setWritable(Int.random(in: 0..<4, using: &random) > 0)
      if let streamID = server.engine.streams.keys.randomElement(using: &random), Bool.random(using: &random) {
        server.engine.send(data: ByteBuffer(repeating: 7, count: 30_000), on: streamID, endStream: false)
        server.engine.flush()
      }
      #expect(server.engine.streams.count <= 5)
      #expect(server.engine.line.allSatisfy { server.engine.streams[$0.id] === $0 })
      #expect(server.engine.pending.readableBytes <= 256 * 1024)
      if server.engine.isClosing { break }
    }
    // Whatever it has become: the connection's end leaves nothing behind.
    server.engine.close()
    server.channel.embeddedEventLoop.run()
    #expect(!server.channel.isActive)
  }

  /// Mostly of the right shape, and mostly wrong.
  private static func anyFrame(_ random: inout SplitMix) -> ByteBuffer {
    let streamID = UInt32([0, 1, 1, 3, 3, 5, 7, 9, 2, 0x7fff_ffff].randomElement(using: &random) ?? 0)
    let flags = UInt8([0, 1, 4, 5, 8, 0x2d, 0xff].randomElement(using: &random) ?? 0)
    let length = Int.random(in: 0...20, using: &random)
    let noise = ByteBuffer(bytes: (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<5: return RawPeer.request(on: streamID, path: "/a", endStream: Bool.random(using: &random))
    case 5..<8: return RawPeer.frame(RawPeer.Frame.data, flags: flags & 1, on: streamID, payload: noise)
    case 8: return RawPeer.frame(RawPeer.Frame.windowUpdate, on: streamID, payload: .init(bytes: [0, 0, 1, 0]))
    case 9: return RawPeer.frame(RawPeer.Frame.reset, on: streamID, payload: .init(bytes: [0, 0, 0, 8]))
    case 10:
      var settings = ByteBuffer()
      settings.writeSettings([(.initialWindowSize, .random(in: 0...100_000, using: &random))])
      return settings
    default: return RawPeer.frame(.random(in: 0...11, using: &random), flags: flags, on: streamID, payload: noise)
    }
  }
}

/// An engine with its channel, and what it told its connection.
private final class Side {
  let received = Received()
  let channel = EmbeddedChannel()
  let engine: HTTP2Engine
  var answersWithRequest: Bool {
    get { received.answersWithRequest }
    set { received.answersWithRequest = newValue }
  }

  init(_ side: HTTP2Engine.Side) {
    engine = HTTP2Engine(received, side: side, channel: channel)
    received.engine = engine
    try? channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try? channel.pipeline.syncOperations.addHandler(engine)
  }

  func read(_ bytes: ByteBuffer) throws {
    try channel.writeInbound(bytes)
    channel.embeddedEventLoop.run()
  }

  func setWritable(_ isWritable: Bool) {
    guard channel.isWritable != isWritable else { return }
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }

  /// What it has sent since.
  func takeWritten() throws -> ByteBuffer {
    var bytes = ByteBuffer()
    while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
    return bytes
  }
}

/// Lets each side say what it has to say, in pieces, while they stop reading now and then.
private func exchange(_ client: Side, _ server: Side, _ random: inout SplitMix) throws {
  for (from, to) in [(client, server), (server, client)] {
    from.setWritable(Bool.random(using: &random))
    from.engine.flush()
    var bytes = try from.takeWritten()
    while bytes.readableBytes > 0 {
      let length = Int.random(in: 1...min(bytes.readableBytes, 30_000), using: &random)
      guard let piece = bytes.readSlice(length: length) else { return }
      try to.read(piece)
    }
    to.received.openWindows(&random)
  }
}

private final class Received: HTTP2Connection {
  weak var engine: HTTP2Engine?
  var answersWithRequest = false
  private(set) var data: [Int: ByteBuffer] = [:]
  private(set) var ended: [Int: HTTP2ErrorCode?] = [:]
  private(set) var failure: (any Error)?
  private(set) var written = 0
  private var windows: [Int: Int] = [:]

  func openWindows(_ random: inout SplitMix) {
    for (streamID, window) in windows.sorted(by: { $0.key < $1.key }) where Bool.random(using: &random) {
      let missing = InboundBudget.initialWindow - window
      guard missing > 0 else { continue }
      let bytes = Int.random(in: 1...missing, using: &random)
      engine?.openWindow(of: streamID, by: bytes)
      windows[streamID] = window + bytes
    }
    engine?.flush()
  }

  func received(headers: HPACKHeaders, on streamID: Int, endStream: Bool) {
    if endStream { answer(streamID) }
  }

  func received(data bytes: ByteBuffer, on streamID: Int, endStream: Bool) {
    if bytes.readableBytes > 0 { data[streamID, default: ByteBuffer()].writeImmutableBuffer(bytes) }
    if endStream { answer(streamID) }
  }

  private func answer(_ streamID: Int) {
    guard answersWithRequest else { return }
    engine?.send(headers: [":status": "200"], on: streamID, endStream: false)
    engine?.send(data: data[streamID] ?? ByteBuffer(), on: streamID, endStream: false)
    engine?.send(headers: ["grpc-status": "0"], on: streamID, endStream: true)
    engine?.flush()
  }

  func inboundWindow(of streamID: Int, is bytes: Int) { windows[streamID] = bytes }
  func closed(streamID: Int, reason: HTTP2ErrorCode?) {
    ended[streamID] = .some(reason)
    windows[streamID] = nil
  }
  func wroteData(_ bytes: Int, on streamID: Int) { written += bytes }
  func failed(_ error: any Error) { failure = error }
  func opened() {}
  func receivedReset(of streamID: Int) {}
  func receivedSettings(maxConcurrentStreams: Int?) {}
  func receivedGoAway(lastStreamID: Int, reason: HTTP2ErrorCode) {}
  func receivedPingAcknowledgement(_ data: UInt64) {}
  func heardFromPeer() {}
  func closed() {}
}
