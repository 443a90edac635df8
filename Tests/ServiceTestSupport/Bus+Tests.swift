import EventBus
import Logging
import Redis
import RedisTestSupport

extension Bus {
  /// Everything on one server, and impatient.
  package static func forTests(_ redis: RedisClient, consumer: String = "test") -> Bus {
    var settings = SubscriberSettings(consumer: consumer)
    settings.claimIdle = .seconds(1)
    settings.outagePause = .milliseconds(50)
    settings.firstBackoff = .milliseconds(10)
    settings.longestBackoff = .milliseconds(200)
    settings.block = .milliseconds(500)
    return Bus(sources: EventSources(all: redis), settings: settings, retention: .seconds(3600), logger: .silent)
  }
}
