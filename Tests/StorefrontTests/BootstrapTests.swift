import Foundation
import HTTPTypes
import Testing

@testable import Storefront

@Suite struct BootstrapTests {
  private static let folder = StorefrontConfiguration().bootstrapFolder
  private static let file = "\(folder)/css/bootstrap.min.css"
  private static let isInstalled = FileManager.default.fileExists(atPath: file)

  @Test(.enabled(if: isInstalled, "Debian's libjs-bootstrap5 is not installed"))
  func `the one that others serve is of the version that Debian has`() throws {
    let head = String(decoding: try Data(contentsOf: URL(filePath: Self.file)).prefix(200), as: UTF8.self)
    #expect(head.firstMatch(of: #/Bootstrap\s+v([0-9.]+)/#)?.1 == StaticFiles.Bootstrap.version[...])
  }

  @Test(.enabled(if: isInstalled, "Debian's libjs-bootstrap5 is not installed"))
  func `where it is installed, nothing comes from elsewhere`() async throws {
    try await withShop(bootstrapFolder: Self.folder) { ann, _ in
      let page = try await ann.get("/")
      #expect(!page.text.contains("https://") && !page.text.contains("integrity"))
      #expect(page.headers[.contentSecurityPolicy]?.contains("https://") == false)
      let path = try #require(page.text.firstMatch(of: #/"(\/static\/[^"]+bootstrap.min.css)"/#)).1
      let file = try await ann.get(String(path), [.acceptEncoding: "gzip"])
      #expect(file.status == .ok && file.body.readableBytes < 40_000)
    }
  }

  @Test func `elsewhere's is held to a hash of 384 bits`() throws {
    let integrity = try #require(StaticFiles.Bootstrap.remote.integrity)
    #expect(integrity.hasPrefix("sha384-"))
    #expect(Data(base64Encoded: String(integrity.dropFirst(7)))?.count == 48)
  }
}
