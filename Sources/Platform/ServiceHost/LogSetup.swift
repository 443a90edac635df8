import Logging

extension CommonSettings {
  /// A logger for a part of this process; everything goes to standard error.
  package func logger(_ label: String) -> Logger {
    var logger = Logger(label: label) { label in
      switch logFormat {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLogHandler(label: label)
      }
    }
    logger.logLevel = logLevel
    return logger
  }
}
