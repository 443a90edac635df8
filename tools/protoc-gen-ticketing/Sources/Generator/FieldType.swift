/// The numbers of `google.protobuf.FieldDescriptorProto.Type` and `.Label`.
enum FieldType {
  static let string: Int32 = 9
  static let group: Int32 = 10
  static let message: Int32 = 11
  static let bytes: Int32 = 12
  static let enumeration: Int32 = 14
  static let bool: Int32 = 8

  /// Swift's name for each kind of number.
  static let numbers: [Int32: String] = [
    1: "Double", 2: "Float", 3: "Int64", 4: "UInt64", 5: "Int32", 6: "UInt64", 7: "UInt32", 13: "UInt32",
    15: "Int32", 16: "Int64", 17: "Int32", 18: "Int64",
  ]

  static let repeatedLabel: Int32 = 3
}
