import TicketingProto

extension TicketsV1.GetTicketResponse {
  /// The message of `Golden/get_ticket_response.txtpb`.
  static let golden = Self(
    ticket: TicketsV1.Ticket(
      id: "0198c2f4a7d37b6c9e21", title: "Zoë's Konzert 🎫, Reihe 7", priceCents: 4250, userID: "u-7f3a",
      orderID: "o-19", version: 3))
}

extension TestV1.AllKinds {
  /// The message of `Golden/all_kinds.txtpb`.
  static let golden = Self(
    doubleValue: 1.5, floatValue: -2.25, int32Value: -3, int64Value: -4, uint32Value: 5, uint64Value: 6,
    sint32Value: -7, sint64Value: -8, fixed32Value: 9, fixed64Value: 10, sfixed32Value: -11, sfixed64Value: -12,
    boolValue: true, stringValue: "a\0b, ünï¢ödé", bytesValue: [0, 255, 1], color: .infraRed,
    nested: Nested(name: "outer", deeper: Nested.Deeper(depth: 2, names: ["x", "", "y"])),
    imported: TestV1.Imported(text: "elsewhere", number: 1), level: .small,
    doubles: [0, -1.5, 2.5], floats: [0, 0.5], int32s: [1, -1, 300], int64s: [1, -1, 3_000_000_000],
    uint32s: [0, .max], uint64s: [0, .max], sint32s: [-1, 1], sint64s: [-2, 2], fixed32s: [1, 2], fixed64s: [3, 4],
    sfixed32s: [-1, 1], sfixed64s: [-2, 2], bools: [true, false, true], strings: ["one", "", "drei ③"],
    byteArrays: [[0], []], colors: [.red, .infraRed, .last, .unspecified],
    nesteds: [Nested(name: "n1"), Nested()], unpackedInt32s: [7, -7], unpackedColors: [.red, .unspecified],
    choice: .child(Nested(name: "in a oneof")), maybe: .maybeCount(0))

  /// The message of `Golden/all_kinds_extremes.txtpb`.
  static let extremes = Self(
    doubleValue: .greatestFiniteMagnitude, floatValue: -.infinity, int32Value: .min, int64Value: .min,
    uint32Value: .max, uint64Value: .max, sint32Value: .min, sint64Value: .min, fixed32Value: .max,
    fixed64Value: .max, sfixed32Value: .min, sfixed64Value: .min, color: .last,
    doubles: [.infinity, -.infinity, -0.0, .leastNonzeroMagnitude], int32s: [.max, .min], sint64s: [.max, .min],
    choice: .blob([]))
}
