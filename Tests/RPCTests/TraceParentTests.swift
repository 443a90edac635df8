import Testing

@testable import RPC

@Suite struct `traceparent` {
  @Test(arguments: [
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  ])
  func `is passed on where it is well-formed`(value: String) {
    #expect(TraceParent.accept(value) == value)
  }

  @Test(
    arguments: [
      nil, "", "00", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
      "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
      "------------------------------------------------------",
      "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
    ] as [String?])
  func `is not where it is not`(value: String?) {
    #expect(TraceParent.accept(value) == nil)
  }

  @Test func `is made well-formed and different each time`() {
    let made = (0..<10_000).map { _ in TraceParent.generate() }
    #expect(made.allSatisfy { TraceParent.accept($0) == $0 })
    #expect(Set(made).count == made.count)
  }
}
