import Cryptography
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `/static/:hash/:name`: the stylesheets, pictures and modules of the pages.
///
/// The hash is of all of them together, so that a module finds another beside itself, and any change gives new
/// addresses: what is under one can be kept for ever.
struct StaticFiles: Sendable {
  /// Where a page finds Bootstrap's stylesheet.
  struct Bootstrap: Sendable {
    let address: String
    /// Of a file that is not ours (w3.org/TR/SRI).
    var integrity: String?
    var host: String?

    /// That of Debian's libjs-bootstrap5, so that the pages look the same from either.
    static let version = "5.2.3"

    /// As the project released it. Debian builds the file anew from its sources, so the bytes, and their hash, are not
    /// those of Debian's; this hash is the one that getbootstrap.com/docs/5.2 gives.
    static let remote = Bootstrap(
      address: "https://cdn.jsdelivr.net/npm/bootstrap@\(version)/dist/css/bootstrap.min.css",
      integrity: "sha384-rbsA2VBKQhggwzxH7pPCaAqO46MgnOM80zW1RWuH61DGLwZJEdK2Kadq2F9CUG65",
      host: "https://cdn.jsdelivr.net")
  }

  /// `/static/` and the hash.
  let folder: String
  let bootstrap: Bootstrap
  private let hash: String
  private let files: [String: StaticFile]

  /// - Parameter bootstrapFolder: Holds `css/bootstrap.min.css`; where it does not, browsers get it from a public CDN.
  init(bootstrapFolder: String) throws {
    var files = StaticFile.ours
    let local = try? Data(contentsOf: URL(filePath: "\(bootstrapFolder)/css/bootstrap.min.css"))
    if let local { files["bootstrap.min.css"] = StaticFile(Array(local), type: "text/css; charset=utf-8") }
    self.files = files
    hash = try Self.hash(
      of: files.sorted { $0.key < $1.key }.flatMap { Array($0.key.utf8) + $0.value.bytes.readableBytesView })
    folder = "/static/\(hash)"
    bootstrap = local == nil ? .remote : Bootstrap(address: "\(folder)/bootstrap.min.css")
  }

  /// Tells versions of our own files and pages apart: 64 bits of SHA-256.
  static func hash(of content: some Sequence<UInt8>) throws(CryptoError) -> String {
    [UInt8](try Digest.sha256(content).prefix(8)).hex
  }

  @Sendable func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard let name = context.parameters.get("name"), let file = files[name] else {
      throw APIError(.notFound, "Not found", code: "NOT_FOUND")
    }
    let isCurrent = context.parameters.get("hash") == hash
    let gzipped = Gzip.isAccepted(by: request) ? file.gzipped : nil
    let body = gzipped ?? file.bytes
    let tag = EntityTag(gzipped == nil ? hash : "\(hash)-gzip")
    var headers: HTTPFields = [
      .contentType: file.type,
      .xContentTypeOptions: "nosniff",
      .eTag: tag.field.value,
      .vary: "Accept-Encoding",
      // While versions change, a page of one process may ask another: it gets what there is, to be asked for again.
      .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
    ]
    if tag.isKnown(request.headers) { return Response(status: .notModified, headers: headers) }
    if gzipped != nil { headers[.contentEncoding] = "gzip" }
    headers[.contentLength] = String(body.readableBytes)
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}
