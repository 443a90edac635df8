import CDescriptor
import CProtobufC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// protoc's plugin protocol: a `CodeGeneratorRequest` on standard input, a `CodeGeneratorResponse` on standard output.
public struct CodeGeneratorExchange {
  /// Answers a request; what is refused is said in the response, as the protocol wants it.
  public static func respond(to request: [UInt8]) -> [UInt8] {
    do {
      return response(files: try files(for: request), error: nil)
    } catch {
      return response(files: [], error: error.description)
    }
  }

  private static func files(for bytes: [UInt8]) throws(Refusal) -> [GeneratedFile] {
    guard let request = descriptor__code_generator_request__unpack(nil, bytes.count, bytes) else {
      throw Refusal("Standard input holds no CodeGeneratorRequest.")
    }
    defer { descriptor__code_generator_request__free_unpacked(request, nil) }
    let paths = UnsafeBufferPointer(
      start: request.pointee.file_to_generate, count: request.pointee.n_file_to_generate
    ).compactMap { $0.map { String(cString: $0) } }
    let set = try DescriptorSet(files: request.pointee.proto_file, count: request.pointee.n_proto_file)
    let options = try GeneratorOptions(parameter: request.pointee.parameter.map { String(cString: $0) } ?? "")
    let generator = try Generator(set, paths: paths, options: options)
    return try generator.swiftFiles() + [generator.cHeader()]
  }

  private static func response(files: [GeneratedFile], error: String?) -> [UInt8] {
    var message = Descriptor__CodeGeneratorResponse()
    descriptor__code_generator_response__init(&message)
    var entries = files.map { file -> UnsafeMutablePointer<Descriptor__CodeGeneratorResponse__File>? in
      let entry = UnsafeMutablePointer<Descriptor__CodeGeneratorResponse__File>.allocate(capacity: 1)
      descriptor__code_generator_response__file__init(entry)
      entry.pointee.name = strdup(file.path)
      entry.pointee.content = strdup(file.content)
      return entry
    }
    message.error = error.map { strdup($0) } ?? nil
    defer {
      free(message.error)
      for case let entry? in entries {
        free(entry.pointee.name)
        free(entry.pointee.content)
        entry.deallocate()
      }
    }
    message.n_file = entries.count
    return entries.withUnsafeMutableBufferPointer { entries in
      message.file = entries.baseAddress
      let size = descriptor__code_generator_response__get_packed_size(&message)
      return [UInt8](unsafeUninitializedCapacity: size) {
        $1 = descriptor__code_generator_response__pack(&message, $0.baseAddress)
      }
    }
  }
}

extension GeneratorOptions {
  /// From protoc's `--ticketing_opt=c_module=…,proto_folder=…`.
  init(parameter: String) throws(Refusal) {
    self.init()
    for option in parameter.split(separator: ",") {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.last) {
      case ("c_module"?, let value?) where parts.count == 2: cModule = value
      case ("proto_folder"?, let value?) where parts.count == 2: protoFolder = value
      case ("access"?, "internal"?): isInternal = true
      case ("import"?, let value?) where parts.count == 2: imports.append(value)
      default: throw Refusal("\(option) is no option: c_module=…, proto_folder=…, import=… and access=internal are.")
      }
    }
  }
}
