import CDescriptor

/// The comments of one .proto file, by the path that `google.protobuf.SourceCodeInfo` gives each element.
struct CommentTable {
  private var lines: [[Int32]: [String]] = [:]

  init(_ file: Descriptor__FileDescriptorProto) {
    guard let info = file.source_code_info?.pointee else { return }
    for location in elements(info.location, info.n_location) {
      let comment = [location.pointee.leading_comments, location.pointee.trailing_comments]
        .compactMap { $0.map { String(cString: $0) } }
        .flatMap(Self.lines)
      guard !comment.isEmpty else { continue }
      lines[Array(UnsafeBufferPointer(start: location.pointee.path, count: location.pointee.n_path))] = comment
    }
  }

  /// The comment's lines without the space that follows `//`; empty where there is none.
  subscript(path: [Int32]) -> [String] { lines[path] ?? [] }

  private static func lines(of comment: String) -> [String] {
    var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line.hasPrefix(" ") ? line.dropFirst() : line
      while line.last?.isWhitespace == true { line.removeLast() }
      return String(line)
    }
    while lines.last == "" { lines.removeLast() }
    return Array(lines.drop { $0.isEmpty })
  }
}
