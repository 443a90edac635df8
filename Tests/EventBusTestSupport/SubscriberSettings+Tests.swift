import EventBus

extension SubscriberSettings {
  /// Impatient.
  package static func forTests(_ consumer: String = "consumer", _ change: (inout SubscriberSettings) -> Void = { _ in })
    -> Self
  {
    var settings = SubscriberSettings(consumer: consumer)
    settings.claimIdle = .milliseconds(600)
    settings.block = .milliseconds(500)
    settings.outagePause = .milliseconds(20)
    settings.firstBackoff = .milliseconds(2)
    settings.longestBackoff = .milliseconds(50)
    change(&settings)
    return settings
  }
}
