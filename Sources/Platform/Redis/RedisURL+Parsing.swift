extension RedisURL {
  /// Throws `RedisError` of kind `invalidURL` with a sentence that names the mistake, never the password.
  package init(_ text: String) throws {
    let parts = try Parts(text)
    switch parts.scheme {
    case "redis", "rediss":
      var path = parts.path
      if path.hasPrefix("/") { path.removeFirst() }
      self.init(
        address: try Self.tcpAddress(parts.authority), usesTLS: parts.scheme == "rediss", user: parts.user,
        password: parts.password, database: try Self.database(path.isEmpty ? parts.query["db"] ?? "" : path))
    case "unix":
      guard parts.authority.isEmpty, parts.path.count > 1 else {
        throw RedisError.invalidURL(
          "a unix:// URL has a socket's absolute path after the slashes: unix:///run/redis.sock")
      }
      guard parts.path.utf8.count < 104 else {
        throw RedisError.invalidURL("a socket's path has at most 103 bytes, this one has \(parts.path.utf8.count)")
      }
      self.init(
        address: .unixSocket(path: parts.path), user: parts.user, password: parts.password,
        database: try Self.database(parts.query["db"] ?? ""))
    default:
      throw RedisError.invalidURL("not a redis://, rediss:// or unix:// URL")
    }
  }

  private static func tcpAddress(_ authority: String) throws -> Address {
    var host = authority[...]
    var port = 6379
    let colon: Substring.Index?
    if host.hasPrefix("[") {
      guard let bracket = host.firstIndex(of: "]") else {
        throw RedisError.invalidURL("an IPv6 address ends with ]")
      }
      let rest = host[host.index(after: bracket)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw RedisError.invalidURL("only :port may follow an IPv6 address")
      }
      colon = rest.isEmpty ? nil : rest.startIndex
    } else {
      colon = host.firstIndex(of: ":")
    }
    if let colon {
      let digits = host[host.index(after: colon)...]
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), (1...65535).contains(number)
      else {
        throw RedisError.invalidURL("a port is a number from 1 to 65535")
      }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("[") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw RedisError.invalidURL("the host is missing") }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw RedisError.invalidURL("a host has no spaces and no control characters")
    }
    return .tcp(host: String(host), port: port)
  }

  private static func database(_ text: String) throws -> Int {
    if text.isEmpty { return 0 }
    guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text), number <= 1_000_000 else {
      throw RedisError.invalidURL("the database is a number, as in redis://host:6379/0 or unix:///path?db=0")
    }
    return number
  }
}

/// `scheme://user:password@authority/path?query`, percent-decoded.
private struct Parts {
  let scheme: String
  var user: String?
  var password: String?
  let authority: String
  let path: String
  var query: [String: String] = [:]

  init(_ text: String) throws {
    guard !text.utf8.contains(0), let colon = text.firstRange(of: "://") else {
      throw RedisError.invalidURL("not a redis://, rediss:// or unix:// URL")
    }
    scheme = text[..<colon.lowerBound].lowercased()
    var rest = text[colon.upperBound...]
    guard !rest.contains("#") else {
      throw RedisError.invalidURL("a # in a password is written as %23; there is no fragment")
    }
    if let mark = rest.firstIndex(of: "?") {
      for pair in rest[rest.index(after: mark)...].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, sides[0] == "db" else {
          throw RedisError.invalidURL("the only parameter is db, as in unix:///path?db=0")
        }
        query["db"] = String(sides[1])
      }
      rest = rest[..<mark]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = rest[..<slash]
    path = try Self.decoded(rest[slash...])
    if let at = authority.lastIndex(of: "@") {
      let credentials = authority[..<at]
      authority = authority[authority.index(after: at)...]
      guard let colon = credentials.firstIndex(of: ":") else {
        throw RedisError.invalidURL(
          "a password follows the user name, as in redis://user:password@host or redis://:password@host")
      }
      let user = try Self.decoded(credentials[..<colon])
      self.user = user.isEmpty ? nil : user
      password = try Self.decoded(credentials[credentials.index(after: colon)...])
    }
    self.authority = String(authority)
  }

  private static func decoded(_ text: Substring) throws -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      if byte != UInt8(ascii: "%") {
        bytes.append(byte)
        continue
      }
      let digits = String(Substring(rest.prefix(2)))
      guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
        throw RedisError.invalidURL("a % in a URL is followed by two hexadecimal digits; a % itself is %25")
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw RedisError.invalidURL("the percent-encoded bytes are not UTF-8 text")
    }
    return decoded
  }
}
