import EventBus

extension SubscriberSettings {
  /// Impatient, but for gaps: what closes them may be in the hands of another consumer on a busy machine.
  package static func forTests(_ consumer: String = "consumer", _ change: (inout SubscriberSettings) -> Void = { _ in })
    -> Self
  {
    var settings = SubscriberSettings(consumer: consumer)
    settings.claimIdle = .milliseconds(600)
    settings.block = .milliseconds(500)
    settings.gapPatience = .seconds(60)
    settings.firstBackoff = .milliseconds(2)
    settings.longestBackoff = .milliseconds(50)
    change(&settings)
    return settings
  }
}
