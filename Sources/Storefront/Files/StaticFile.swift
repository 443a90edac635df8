import NIOCore

/// One file with its media type.
struct StaticFile: Sendable {
  let bytes: ByteBuffer
  let type: String

  init(_ bytes: [UInt8], type: String) {
    self.bytes = ByteBuffer(bytes: bytes)
    self.type = type
  }

  /// Those that are compiled into the program.
  static let ours: [String: StaticFile] = [
    "storefront.css": StaticFile(PackageResources.storefront_css, type: "text/css; charset=utf-8"),
    "icon.svg": StaticFile(PackageResources.icon_svg, type: "image/svg+xml"),
  ]
}
