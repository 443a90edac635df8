/// An enum of a .proto: each number is a value, those that the .proto does not name too.
protocol CEnumConvertible: RawRepresentable where RawValue == Int32 {
  init(rawValue: Int32)
}

extension CEnumConvertible {
  /// Takes a C enum, which Swift sees with an unsigned number unless a value is negative.
  init<CEnum: RawRepresentable>(copying number: CEnum) where CEnum.RawValue: FixedWidthInteger {
    self.init(rawValue: Int32(truncatingIfNeeded: number.rawValue))
  }
}
