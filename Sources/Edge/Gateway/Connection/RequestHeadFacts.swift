import NIOHTTP1

/// What a connection needs to know of a request's header, found in one pass over it.
struct RequestHeadFacts {
  private(set) var isLastRequest: Bool
  /// The client waits for a word before it sends the body.
  private(set) var expectsContinue = false
  /// 0 where it is not given; the decoder has seen to it that it is a number.
  private(set) var contentLength = 0
  private var hosts = 0
  private let isCurrentVersion: Bool

  /// RFC 9112, 3.2: HTTP/1.1 has exactly one Host, and no version has two.
  var namesOneHost: Bool { hosts == 1 || (hosts == 0 && !isCurrentVersion) }

  init(_ head: HTTPRequestHead) {
    isCurrentVersion = head.version == .http1_1
    // RFC 9112, 9.3. An HTTP/1.0 client that asks to keep the connection gets a new one for each request. After
    // CONNECT and Upgrade the decoder reads nothing more, because the next bytes might not be HTTP.
    isLastRequest = !head.isKeepAlive || !isCurrentVersion || head.method == .CONNECT
    for (name, value) in head.headers {
      // The length spares nearly all comparisons.
      switch name.utf8.count {
      case 4 where name.isHeader("host"): hosts += 1
      case 6 where name.isHeader("expect"): expectsContinue = value.isHeader("100-continue")
      case 7 where name.isHeader("upgrade"): isLastRequest = true
      case 14 where name.isHeader("content-length"): contentLength = Int(value) ?? .max
      default: break
      }
    }
  }
}

extension String {
  /// Compares without case; `other` is in lower case.
  fileprivate func isHeader(_ other: StaticString) -> Bool {
    other.withUTF8Buffer { other in
      utf8.elementsEqual(other) { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 == $1 : $0 == $1 }
    }
  }
}
