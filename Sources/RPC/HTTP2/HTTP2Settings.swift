import NIOCore
import NIOHTTP2

/// How swift-nio-http2's handler is set up, with every limit named.
enum HTTP2Settings {
  static func handler<Connection>(
    mode: NIOHTTP2Handler.ParserMode,
    maxConcurrentStreams: Int,
    _ engine: HTTP2Engine<Connection>
  ) -> NIOHTTP2Handler {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: mode == .server ? maxConcurrentStreams : 0),
      HTTP2Setting(parameter: .initialWindowSize, value: InboundBudget.initialWindow),
      HTTP2Setting(parameter: .maxHeaderListSize, value: HeaderFields.maximumListSize),
    ]
    // Ours to do: RequestHead validates requests in the one pass that it makes anyway, FieldSyntax trailers and
    // answers; ServerConnection compares a request's content-length. An answer's has no use: its messages tell their
    // lengths, and nothing forwards it. What we send is ours, or was checked (RequestHeaders, StatusTrailers).
    connection.headerBlockValidation = .disabled
    connection.contentLengthValidation = .disabled
    if mode == .client {
      connection.initialSettings.append(HTTP2Setting(parameter: .enablePush, value: 0))
    }
    // Frames may cross a reset of ours; the library takes them for a connection error once it has forgotten it.
    connection.maximumRecentlyResetStreams = 1000
    // Counted over the life of a connection; `streamErrorRateLimit` is the one that tells an attack.
    connection.maximumConnectionGlitches = 100_000
    // These two are bounded more sharply by FrameFloodGuard and ResetGuard, which know honest use from attack;
    // the library's defaults (200 in 30 s) closed honest connections.
    connection.controlFrameRateLimit.maximumCount = 4000
    connection.controlFrameRateLimit.windowLength = .seconds(1)
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.streamResetFrameRateLimit.maximumCount = 10_000
    stream.streamResetFrameRateLimit.windowLength = .seconds(1)
    // Errors that a peer makes us answer by RST_STREAM (CVE-2025-8671): no honest peer makes one.
    stream.streamErrorRateLimit.maximumCount = 200
    stream.streamErrorRateLimit.windowLength = .seconds(10)
    return NIOHTTP2Handler(
      mode: mode, frameDelegate: engine, connectionConfiguration: connection, streamConfiguration: stream)
  }
}
