import NIOCore
import NIOHPACK
import Testing

@testable import HTTP2
@testable import RPC

@Suite struct FrameTests {
  private static let settings = RawPeer.frame(RawPeer.Frame.settings)

  /// Everything that `bytes` bring, cut into pieces of `size`.
  private func read(_ bytes: ByteBuffer, size: Int = .max, expectsPreface: Bool = false) throws -> [Frame] {
    var reader = FrameReader(expectsPreface: expectsPreface)
    var bytes = bytes
    var frames: [Frame] = []
    while bytes.readableBytes > 0, let piece = bytes.readSlice(length: min(size, bytes.readableBytes)) {
      reader.append(piece)
      while let frame = try reader.next() { frames.append(frame) }
    }
    return frames
  }

  @Test func `frames are the same whatever way the bytes are cut`() throws {
    var bytes = ByteBuffer(bytes: FrameReader.preface)
    bytes.writeImmutableBuffer(Self.settings)
    for number in 0..<20 {
      bytes.writeImmutableBuffer(
        RawPeer.frame(
          UInt8(number), flags: 0xf5, on: 0x7fff_ffff, payload: ByteBuffer(repeating: UInt8(number), count: number * 7))
      )
    }
    for size in [1, 2, 3, 8, 9, 10, 23, 24, 25, 100, .max] {
      let frames = try read(bytes, size: size, expectsPreface: true)
      #expect(frames.count == 21)
      for (number, frame) in frames.dropFirst().enumerated() {
        let expected = FrameHeader(length: number * 7, type: UInt8(number), flags: 0xf5, streamID: 0x7fff_ffff)
        #expect(frame.header == expected)
        #expect(frame.payload == ByteBuffer(repeating: UInt8(number), count: number * 7))
      }
    }
  }

  @Test func `the highest bit of a stream's number is ignored`() throws {
    let frames = try read(Self.settings + RawPeer.frame(0x8, on: 0x8000_0001))
    #expect(frames.last?.header.streamID == 1)
  }

  @Test(arguments: [
    RawPeer.frame(0x6), RawPeer.frame(0x4, flags: 1), ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n"),
  ])
  func `a peer that does not begin with SETTINGS is told apart`(bytes: ByteBuffer) {
    #expect(throws: HTTP2ConnectionError.self) { try read(bytes) }
    #expect(throws: HTTP2ConnectionError.self) {
      try read(ByteBuffer(bytes: FrameReader.preface) + bytes, expectsPreface: true)
    }
  }

  @Test func `a wrong preface is noticed at its first wrong byte`() {
    for length in 0..<FrameReader.preface.count {
      var bytes = ByteBuffer(bytes: FrameReader.preface.prefix(length))
      #expect(throws: Never.self) { try read(bytes, expectsPreface: true) }
      bytes.writeInteger(UInt8(ascii: "~"))
      #expect(throws: HTTP2ConnectionError.self) { try read(bytes, expectsPreface: true) }
    }
  }

  @Test func `a frame above the limit is refused by its header`() throws {
    let longest = Self.settings + RawPeer.frame(0x0, on: 1, payload: ByteBuffer(repeating: 0, count: 16_384))
    #expect(try read(longest).count == 2)
    var tooLong = longest
    tooLong.writeFrameHeader(length: 16_385, 0x0, on: 1)
    let error = #expect(throws: HTTP2ConnectionError.self) { try read(tooLong) }
    #expect(error?.code == .frameSizeError)
  }

  @Test(arguments: 0...255) func `padding is removed, or refused where it is too long`(length: Int) throws {
    let header = FrameHeader(length: 101, type: 0x0, flags: FrameFlag.padded, streamID: 1)
    var payload = ByteBuffer(bytes: [UInt8(length)])
    payload.writeRepeatingByte(7, count: 100)
    if length > 100 {
      #expect(throws: HTTP2ConnectionError.self) { try payload.removePadding(of: header) }
    } else {
      try payload.removePadding(of: header)
      #expect(payload == ByteBuffer(repeating: 7, count: 100 - length))
    }
  }

  @Test(arguments: [16_384, 100, 7, 1]) func `a long field block is split into frames`(limit: Int) throws {
    var headers: HPACKHeaders = [:]
    for number in 0..<20 { headers.add(name: "name-\(number)", value: String(repeating: "v", count: number * 20)) }
    var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
    var bytes = Self.settings
    try bytes.writeHeaders(headers, on: 5, endStream: true, maximumLength: limit, &encoder)
    let frames = try read(bytes).dropFirst()
    #expect(frames.first?.header.type == FrameType.headers)
    #expect(frames.dropFirst().allSatisfy { $0.header.type == FrameType.continuation })
    #expect(frames.allSatisfy { $0.header.streamID == 5 && $0.header.length <= limit })
    #expect(frames.map { $0.header.has(FrameFlag.endHeaders) } == frames.indices.map { $0 == frames.endIndex - 1 })
    #expect(frames.first?.header.has(FrameFlag.endStream) == true)
    var block = frames.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1.payload) }
    var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    #expect(try decoder.decodeHeaders(from: &block) == headers)
  }

  @Test(
    arguments: [
      (4, 0x8000_0000, .flowControlError), (4, .max, .flowControlError), (5, 16_383, .protocolError),
      (5, 0x100_0000, .protocolError), (2, 2, .protocolError), (0xffff, .max, nil), (4, 0x7fff_ffff, nil),
      (5, 16_384, nil),
      (6, 0, nil), (1, .max, nil), (3, 0, nil),
    ] as [(UInt16, UInt32, HTTP2ErrorCode?)])
  func `settings are in their ranges`(name: UInt16, value: UInt32, code: HTTP2ErrorCode?) {
    var payload = ByteBuffer()
    payload.writeMultipleIntegers(name, value)
    var settings = HTTP2Settings()
    do {
      try settings.apply(payload)
      #expect(code == nil)
    } catch {
      #expect(error.code == code)
    }
  }

  @Test func `the streams that were reset last are known, and no more`() {
    var recent = RecentStreams(limit: 3)
    for id in [1, 3, 3, 5, 7] { recent.insert(id) }
    #expect([1, 3, 5, 7, 9].map { recent.contains($0) } == [false, true, true, true, false])
  }
}
