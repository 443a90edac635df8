// The floor of tools/bench/edge: a Hummingbird route that answers a ticket's JSON from memory.
import Hummingbird

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

let body =
  #"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","title":"Concert","price":50,"userId":"01ARZ3NDEKTSV4RRFFQ69G5FAW","#
  + #""orderId":null,"version":0}"#
let router = Router()
router.get("/") { _, _ in
  Response(
    status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
    body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
}
let application = Application(
  router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
  onServerRunning: { channel in
    print("listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
    fflush(nil)
  })
try await application.runService()
