import Identifiers

extension Duration {
  /// As people say it: `850 ms`, `12 s`, `15 min`, `3 h`, `8 d`.
  var rounded: String {
    let milliseconds = wholeMilliseconds.magnitude
    let sign = self < .zero ? "-" : ""
    return switch milliseconds {
    case ..<1_000: "\(sign)\(milliseconds) ms"
    case ..<120_000: "\(sign)\(milliseconds / 1_000) s"
    case ..<7_200_000: "\(sign)\(milliseconds / 60_000) min"
    case ..<172_800_000: "\(sign)\(milliseconds / 3_600_000) h"
    default: "\(sign)\(milliseconds / 86_400_000) d"
    }
  }
}
