import NIOCore

/// One file with its media type.
struct StaticFile: Sendable {
  let bytes: ByteBuffer
  /// nil where that is no smaller.
  let gzipped: ByteBuffer?
  let type: String

  init(_ bytes: [UInt8], type: String) {
    self.bytes = ByteBuffer(bytes: bytes)
    self.type = type
    gzipped = Gzip.compressed(bytes).flatMap { $0.count < bytes.count ? ByteBuffer(bytes: $0) : nil }
  }

  private static let module = "text/javascript; charset=utf-8"

  /// Those that are compiled into the program.
  static let ours: [String: StaticFile] = [
    "storefront.css": StaticFile(PackageResources.storefront_css, type: "text/css; charset=utf-8"),
    "main.js": StaticFile(PackageResources.main_js, type: module),
    "page.js": StaticFile(PackageResources.page_js, type: module),
    "countdown.js": StaticFile(PackageResources.countdown_js, type: module),
    "tickets.js": StaticFile(PackageResources.tickets_js, type: module),
    "order.js": StaticFile(PackageResources.order_js, type: module),
    "fields.js": StaticFile(PackageResources.fields_js, type: module),
    "money.js": StaticFile(PackageResources.money_js, type: module),
    "sandbox.js": StaticFile(PackageResources.sandbox_js, type: module),
    "stripe.js": StaticFile(PackageResources.stripe_js, type: module),
    "forms.js": StaticFile(PackageResources.forms_js, type: module),
    "icon.svg": StaticFile(PackageResources.icon_svg, type: "image/svg+xml"),
  ]
}
