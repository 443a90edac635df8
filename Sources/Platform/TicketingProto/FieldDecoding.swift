internal import CProtobufC
import RPC

extension String {
  /// Throws `MessageError` that names `field` where the bytes are not UTF-8.
  init(copying data: ProtobufCBinaryData, of field: StaticString) throws {
    do {
      // A third of the time of `String(validating:as:)`.
      self.init(copying: try UTF8Span(validating: UnsafeBufferPointer(start: data.data, count: data.len).span))
    } catch {
      throw MessageError("\(field) is not UTF-8.")
    }
  }
}

extension [String] {
  init(copying start: UnsafeMutablePointer<ProtobufCBinaryData>?, count: Int, of field: StaticString) throws {
    self = try UnsafeBufferPointer(start: start, count: count).map { try String(copying: $0, of: field) }
  }
}

extension [UInt8] {
  init(copying data: ProtobufCBinaryData) {
    self.init(UnsafeBufferPointer(start: data.data, count: data.len))
  }
}

extension [[UInt8]] {
  init(copying start: UnsafeMutablePointer<ProtobufCBinaryData>?, count: Int) {
    self = UnsafeBufferPointer(start: start, count: count).map { [UInt8](copying: $0) }
  }
}

extension [Bool] {
  init(copying start: UnsafeMutablePointer<protobuf_c_boolean>?, count: Int) {
    self = UnsafeBufferPointer(start: start, count: count).map { $0 != 0 }
  }
}

extension Array where Element: Numeric {
  init(copying start: UnsafeMutablePointer<Element>?, count: Int) {
    self.init(UnsafeBufferPointer(start: start, count: count))
  }
}

extension Array where Element: CEnumConvertible {
  init<CEnum: RawRepresentable>(
    copying start: UnsafeMutablePointer<CEnum>?, count: Int
  ) where CEnum.RawValue: FixedWidthInteger {
    self = UnsafeBufferPointer(start: start, count: count).map { Element(copying: $0) }
  }
}

extension Array where Element: CMessageConvertible {
  init(copying start: UnsafeMutablePointer<UnsafeMutablePointer<Element.CMessage>?>?, count: Int) throws {
    self = try UnsafeBufferPointer(start: start, count: count).map { try Element(copying: $0) }
  }
}
