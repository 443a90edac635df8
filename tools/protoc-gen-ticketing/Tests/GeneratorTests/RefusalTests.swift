import Testing

@testable import Generator

/// What the generator does not take is refused with a sentence that names it.
@Suite struct RefusalTests {
  @Test(arguments: [
    (
      "message M { map<string, int32> prices = 1; }",
      "t.proto: shop.test.v1.M.prices is a map: use a repeated message with a key and a value."
    ),
    (
      "message M { optional int32 count = 1; }",
      "t.proto: shop.test.v1.M.count is `optional`, which protoc-c 1.4 does not take: put it into a oneof of its own, "
        + "which has the same bytes."
    ),
    (
      "message Tree { Tree left = 1; }",
      "t.proto: shop.test.v1.Tree.left makes shop.test.v1.Tree contain itself: "
        + "decoding has no depth limit, refer to it by id or use a flat list."
    ),
    (
      "message A { repeated B bs = 1; } message B { oneof x { A a = 1; } }",
      "t.proto: shop.test.v1.A.bs makes shop.test.v1.A contain itself: "
        + "decoding has no depth limit, refer to it by id or use a flat list."
    ),
    (
      "message M {} service S { rpc Upload(stream M) returns (M); }",
      "t.proto: shop.test.v1.S.Upload streams requests: only responses can be streamed."
    ),
    (
      "message M { int32 user_id = 1; oneof userID { int32 a = 2; } }",
      "t.proto: shop.test.v1.M.userID and shop.test.v1.M.user_id would both be userID in Swift: rename one."
    ),
    (
      "message String {}",
      "t.proto: shop.test.v1.String would hide String, which generated Swift uses: rename it."
    ),
    (
      "message SClient {} service S { rpc Get(SClient) returns (SClient); }",
      "t.proto: shop.test.v1.S and shop.test.v1.SClient would both be SClient in Swift: rename one."
    ),
    (
      "enum E { E_UNSPECIFIED = 0; E_UNRECOGNIZED = 1; }",
      "t.proto: shop.test.v1.E.E_UNRECOGNIZED and the case for unknown numbers would both be unrecognized in Swift: "
        + "rename one."
    ),
  ])
  func `a construct that is not taken is named`(body: String, sentence: String) {
    #expect(throws: Refusal(sentence)) { try generate(body) }
  }

  @Test func `proto2 is refused, and a group by its name`() throws {
    let proto2 = "syntax = \"proto2\"; package shop.test.v1; message M { "
    let plain = try descriptorSet(["t.proto": proto2 + "optional int32 a = 1; }"])
    #expect(throws: Refusal("t.proto is not proto3: begin it with syntax = \"proto3\";")) {
      try Generator(plain, paths: ["t.proto"])
    }
    let group = try descriptorSet(["t.proto": proto2 + "repeated group Line = 1 { optional int32 a = 1; } }"])
    #expect(throws: Refusal("t.proto: shop.test.v1.M.line is a group: use a message.")) {
      try Generator(group, paths: ["t.proto"])
    }
  }

  @Test func `a package without a version is refused`() throws {
    let set = try descriptorSet(["t.proto": "syntax = \"proto3\"; package shop; message M {}"])
    #expect(throws: Refusal("t.proto: the package \"shop\" needs a name and a version, as in ticketing.tickets.v1.")) {
      try Generator(set, paths: ["t.proto"])
    }
  }

  @Test func `packages that meet in Swift are refused`() throws {
    let set = try descriptorSet([
      "a.proto": "syntax = \"proto3\"; package a.test.v1; message M {}",
      "b.proto": "syntax = \"proto3\"; package b.test.v1; message M {}",
    ])
    #expect(throws: Refusal("b.proto: b.test.v1 and a.test.v1 would both be TestV1 in Swift: rename one.")) {
      try Generator(set, paths: ["a.proto", "b.proto"])
    }
  }

  @Test func `a type of a file that is not generated is refused`() throws {
    let set = try descriptorSet([
      "other.proto": "syntax = \"proto3\"; package other.test.v1; message Other {}",
      "t.proto":
        "syntax = \"proto3\"; package shop.test.v1; import \"other.proto\"; message M { other.test.v1.Other o = 1; }",
    ])
    let sentence = "t.proto: the type of shop.test.v1.M.o, other.test.v1.Other, is in a file that is not generated."
    #expect(throws: Refusal(sentence)) { try Generator(set, paths: ["t.proto"]) }
  }

  @Test func `bytes that are no descriptor set are refused`() {
    #expect(throws: Refusal.self) { try DescriptorSet(decoding: [0xFF, 0xFF]) }
  }
}
