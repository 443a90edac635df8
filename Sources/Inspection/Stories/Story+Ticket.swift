import EventBus
import Identifiers
import OrdersService
import Redis
import TicketsService

extension Story {
  /// Orders of a ticket whose present state is told, the latest.
  private static let ordersShown = 20

  /// All that any service knows of a ticket; how an order of it was paid is in the order's story.
  package static func ticket(_ id: ULID, _ search: EventSearch) async throws -> Story {
    let (stores, name) = (search.stores, id.description)
    let (tickets, orders) = (try stores(.tickets), try stores(.orders))
    var story = Story()
    let found = try await search.events(
      mentioning: name, in: Subject.published(by: .tickets) + Subject.published(by: .orders),
      since: UnixTime(milliseconds: id.milliseconds))
    story.add(found)
    let ticket = try await tickets.record(TicketKeys.ticket(name))
    story.add("ticket", ticket)
    let listed = try await tickets.scores([(TicketKeys.available, name)]).first ?? nil
    story.add("among those for sale", TicketKeys.available, listed == nil ? nil : "yes")
    story.add("ticket, as orders knows it", try await orders.record(OrderKeys.ticket(name)))
    let live = OrderKeys.live(name)
    let holder = try await orders.texts([live]).first ?? nil
    story.add("order that holds it", live, holder)

    var ids = found.events.filter { $0.subject == .orderCreated }.map(\.key)
    if ids.count > ordersShown { story.cut("orders before the last \(ordersShown)") }
    ids = ids.suffix(ordersShown)
    for id in [holder ?? "", ticket["orderId"]] where !id.isEmpty && !ids.contains(id) { ids.append(id) }
    for order in try await orders.records(ids.map { OrderKeys.order($0) }) { story.add("order", order) }
    try await story.addDeadLetters(mentioning: name, stores)
    story.sort()
    return story
  }
}
