import CDescriptor
import CProtobufC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A `google.protobuf.FileDescriptorSet`, as `protoc-c --descriptor_set_out` writes it.
public final class DescriptorSet {
  private let set: UnsafeMutablePointer<Descriptor__FileDescriptorSet>

  public init(decoding bytes: [UInt8]) throws(Refusal) {
    guard let set = descriptor__file_descriptor_set__unpack(nil, bytes.count, bytes) else {
      throw Refusal("The input is no descriptor set; make it with --descriptor_set_out --include_source_info.")
    }
    self.set = set
  }

  /// The files of a `CodeGeneratorRequest`.
  convenience init(
    files: UnsafeMutablePointer<UnsafeMutablePointer<Descriptor__FileDescriptorProto>?>?, count: Int
  ) throws(Refusal) {
    var view = Descriptor__FileDescriptorSet()
    descriptor__file_descriptor_set__init(&view)
    view.file = files
    view.n_file = count
    try self.init(decoding: Self.encode(&view))
  }

  deinit { descriptor__file_descriptor_set__free_unpacked(set, nil) }

  /// The named files, checked. Paths are relative to the import root, as protoc prints them.
  func files(_ paths: [String]) throws(Refusal) -> [ProtoFile] {
    try DescriptorReader.read(elements(set.pointee.file, set.pointee.n_file), paths)
  }

  /// The same set as protoc-c shall see it; changes the set.
  ///
  /// `string` becomes `bytes`, which is the same on the wire: protoc-c would make a NUL-terminated `char *` of it, which
  /// cuts a string that has a NUL in it. Fields get the names that `CName.field` gives. Deprecation is left out, or the
  /// codec could not touch a deprecated field without a warning.
  public func encodeForC() -> [UInt8] {
    for file in elements(set.pointee.file, set.pointee.n_file) {
      for message in elements(file.pointee.message_type, file.pointee.n_message_type) { adaptForC(message) }
    }
    return Self.encode(set)
  }

  private static func encode(_ set: UnsafePointer<Descriptor__FileDescriptorSet>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: descriptor__file_descriptor_set__get_packed_size(set)) {
      $1 = descriptor__file_descriptor_set__pack(set, $0.baseAddress)
    }
  }

  private func adaptForC(_ message: UnsafeMutablePointer<Descriptor__DescriptorProto>) {
    for field in elements(message.pointee.field, message.pointee.n_field) {
      if field.pointee.type == FieldType.string { field.pointee.type = FieldType.bytes }
      field.pointee.options?.pointee.has_deprecated = 0
      let name = String(cString: field.pointee.name)
      let renamed = CName.field(name)
      if renamed != name {
        // Allocated and freed by protobuf-c, with malloc and free.
        free(field.pointee.name)
        field.pointee.name = strdup(renamed)
      }
    }
    for nested in elements(message.pointee.nested_type, message.pointee.n_nested_type) { adaptForC(nested) }
  }
}

/// The elements of a repeated message field of a C struct.
func elements<Message>(
  _ start: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
) -> [UnsafeMutablePointer<Message>] {
  UnsafeBufferPointer(start: start, count: count).compactMap { $0 }
}
