import NIOHPACK

/// Which names and values HTTP/2 and gRPC carry as metadata.
enum HeaderFields {
  /// Room that metadata leaves to the fields of the protocol itself.
  static let maximumMetadataSize = 12 * 1024

  /// What may be sent: lower-case letters, digits and `_-.` (gRPC allows fewer characters than HTTP/2, and its peers
  /// refuse the others), and no name that belongs to HTTP/2 or gRPC.
  static func isMetadataName(_ name: String) -> Bool {
    guard !isReserved(name) else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
      default: false
      }
    }
  }

  /// Printable ASCII without white space at the ends: nothing that could become a line of its own.
  static func isMetadataValue(_ value: String) -> Bool {
    let bytes = value.utf8
    guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return false }
    return bytes.first != UInt8(ascii: " ") && bytes.last != UInt8(ascii: " ")
  }

  static func size(_ name: String, _ value: String) -> Int {
    name.utf8.count + value.utf8.count + 32
  }

  /// Names that carry the protocol itself; they are not metadata, and metadata cannot set them.
  static func isReserved(_ name: String) -> Bool {
    switch name.utf8.first {
    case UInt8(ascii: ":"), nil: return true
    case UInt8(ascii: "g"): return name.hasPrefix("grpc-")
    case UInt8(ascii: "c"): return name == HeaderName.contentType || name == "connection" || name == "content-length"
    case UInt8(ascii: "t"): return name == HeaderName.te || name == "transfer-encoding"
    case UInt8(ascii: "h"): return name == "host"
    case UInt8(ascii: "k"): return name == "keep-alive"
    case UInt8(ascii: "p"): return name == "proxy-connection"
    case UInt8(ascii: "u"): return name == "upgrade"
    default: return false
    }
  }
}
