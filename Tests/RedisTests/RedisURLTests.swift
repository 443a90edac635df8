import Redis
import Testing

@Suite struct RedisURLTests {
  static let valid: [(String, RedisURL)] = [
    ("redis://localhost", RedisURL(address: .tcp(host: "localhost", port: 6379))),
    ("redis://h:7000/3", RedisURL(address: .tcp(host: "h", port: 7000), database: 3)),
    ("REDIS://h/?db=2", RedisURL(address: .tcp(host: "h", port: 6379), database: 2)),
    ("rediss://h", RedisURL(address: .tcp(host: "h", port: 6379), usesTLS: true)),
    ("redis://[::1]:7000", RedisURL(address: .tcp(host: "::1", port: 7000))),
    ("redis://u:p%40%2F%25@h", RedisURL(address: .tcp(host: "h", port: 6379), user: "u", password: "p@/%")),
    ("redis://:p@h", RedisURL(address: .tcp(host: "h", port: 6379), password: "p")),
    ("redis://u:a:b@c@h", RedisURL(address: .tcp(host: "h", port: 6379), user: "u", password: "a:b@c")),
    ("unix:///run/r.sock", RedisURL(address: .unixSocket(path: "/run/r.sock"))),
    ("unix:///run/r.sock?db=4", RedisURL(address: .unixSocket(path: "/run/r.sock"), database: 4)),
    ("unix://u:p@/r", RedisURL(address: .unixSocket(path: "/r"), user: "u", password: "p")),
  ]

  @Test(arguments: valid.indices) func `a URL says address, credentials and database`(index: Int) throws {
    let (text, url) = Self.valid[index]
    #expect(try RedisURL(text) == url)
  }

  static let invalid = [
    "", "localhost:6379", "http://h", "redis:/h", "redis://", "redis://:6379", "redis://h:", "redis://h:0",
    "redis://h:65536", "redis://h:x", "redis://h:+1", "redis://h/x", "redis://h/-1", "redis://h/99999999999999999999",
    "redis://h/0?x=1", "redis://h/0#f", "redis://user@h", "redis://[::1", "redis://[::1]x", "redis://u:%zz@h",
    "redis://u:%ff@h", "redis://u:%00@h", "redis://u:%4@h", "redis://a b", "unix://", "unix:///", "unix://host/path",
    "unix:///r?db=x", "redis://h\0", "unix:///" + String(repeating: "x", count: 110),
  ]

  @Test(arguments: invalid) func `what is no such URL is refused with a sentence`(text: String) {
    let error = #expect(throws: RedisError.self) { try RedisURL(text) }
    #expect(error?.kind == .invalidURL)
    #expect((error?.message.count ?? 0) > 10)
  }

  @Test func `no description shows the password`() throws {
    for text in ["redis://u:s3cret@h:1/2", "redis://:s3cret@h", "unix://u:s3cret@/r?db=1"] {
      let url = try RedisURL(text)
      var dumped = ""
      dump(url, to: &dumped)
      for shown in ["\(url)", String(reflecting: url), dumped, "\([url])", "\(RedisCommand("AUTH", "s3cret"))"] {
        #expect(!shown.contains("s3cret"))
      }
    }
    #expect(try "\(RedisURL("redis://u:p@[::1]:1/2"))" == "redis://u:***@[::1]:1/2")
  }
}
