import HTTPTypes
import NIOCore
import Testing

@testable import Gateway

@Suite struct `The address of a client` {
  private func address(
    peer: String, forwarded: [String], trusted: [String] = ["10.0.0.0/8", "fd00::/8", "::1"]
  ) throws -> String {
    var fields = HTTPFields()
    for value in forwarded { fields.append(HTTPField(name: .xForwardedFor, value: value)) }
    let networks = try trusted.map { try #require(IPNetwork($0)) }
    return ClientAddresses(trustedProxies: networks)
      .address(peer: try SocketAddress(ipAddress: peer, port: 4711), fields: fields)
  }

  @Test(
    arguments: [
      ("192.0.2.7", [], "192.0.2.7"),
      ("192.0.2.7", ["203.0.113.1"], "192.0.2.7"),
      ("10.1.2.3", [], "10.1.2.3"),
      ("10.1.2.3", ["203.0.113.1"], "203.0.113.1"),
      ("10.1.2.3", ["198.51.100.1, 203.0.113.1"], "203.0.113.1"),
      ("10.1.2.3", ["203.0.113.1, 10.9.9.9"], "203.0.113.1"),
      ("10.1.2.3", ["203.0.113.1", "10.9.9.9"], "203.0.113.1"),
      ("10.1.2.3", ["10.8.8.8, 10.9.9.9"], "10.8.8.8"),
      ("10.1.2.3", ["203.0.113.1:1234"], "203.0.113.1"),
      ("10.1.2.3", [" 203.0.113.1 ,\t10.9.9.9"], "203.0.113.1"),
      ("10.1.2.3", ["203.0.113.1, evil"], "10.1.2.3"),
      ("10.1.2.3", ["203.0.113.1, unknown, 10.9.9.9"], "10.9.9.9"),
      ("10.1.2.3", [""], "10.1.2.3"),
      ("10.1.2.3", [",,,"], "10.1.2.3"),
      ("10.1.2.3", ["999.1.1.1"], "10.1.2.3"),
      ("::ffff:10.1.2.3", ["203.0.113.1"], "203.0.113.1"),
      ("10.1.2.3", ["::ffff:203.0.113.1"], "203.0.113.1"),
      ("fd00::1", ["[2001:db8::5]:443"], "2001:db8:0:0:0:0:0:5"),
      ("::1", ["2001:db8::5"], "2001:db8:0:0:0:0:0:5"),
      ("fe80::1", ["203.0.113.1"], "fe80:0:0:0:0:0:0:1"),
    ] as [(String, [String], String)])
  func `is the nearest hop that no proxy of ours vouches past`(peer: String, forwarded: [String], expected: String)
    throws
  {
    #expect(try address(peer: peer, forwarded: forwarded) == expected)
  }

  @Test func `survives a header of thousands of hops`() throws {
    let hops = String(repeating: "10.0.0.1,", count: 5_000) + "10.0.0.2"
    #expect(try address(peer: "10.1.2.3", forwarded: ["203.0.113.1,\(hops)"]) == "203.0.113.1")
  }

  @Test func `is empty for a peer without an address`() throws {
    let peer = try SocketAddress(unixDomainSocketPath: "/tmp/socket")
    #expect(ClientAddresses(trustedProxies: []).address(peer: peer, fields: [:]) == "")
    #expect(ClientAddresses(trustedProxies: []).address(peer: nil, fields: [:]) == "")
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("192.0.2.128/25", "192.0.2.128", true),
    ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
    ("::/0", "2001:db8::1", true), ("2001:db8::/33", "2001:db8:7fff::1", true),
    ("2001:db8::/33", "2001:db8:8000::1", false), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
    ("192.0.2.1/32", "192.0.2.1", true), ("::ffff:10.0.0.1", "10.0.0.1", true),
  ])
  func `is matched against blocks bit by bit`(block: String, address: String, expected: Bool) throws {
    let network = try #require(IPNetwork(block))
    #expect(network.contains(try #require(IPAddress(address))) == expected)
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129", "host", "10.0.0",
    "10.0.0.0/99999999999999999999", "fe80::1%eth0/64",
  ])
  func `is compared only with blocks that are well-formed`(text: String) {
    #expect(IPNetwork(text) == nil)
  }
}
