import Foundation
import Testing

/// The `field`s of an error answer, in order; fails where the answer has another shape.
func namedFields(_ text: String) throws -> [String] {
  let answer = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: String]]])
  let errors = try #require(answer["errors"])
  #expect(!errors.isEmpty && answer.count == 1)
  #expect(errors.allSatisfy { $0["message"]?.isEmpty == false })
  return errors.compactMap { $0["field"] }
}
