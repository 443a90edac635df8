// TicketsService/GetTicket on grpc C++, as fast as we know how to write it: what `tools/bench rpc` measures ours against.
// Asynchronous API, one completion queue a thread, many calls posted to each, one constant answer encoded for each call.
//
//   grpc_server ADDRESS [THREADS]        prints the address once it serves; ends on SIGTERM

#include <grpcpp/grpcpp.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ticketing/tickets/v1/tickets.grpc.pb.h"

namespace tickets = ticketing::tickets::v1;

namespace {

constexpr int kCallsPosted = 128;  // a queue; never fewer than are in flight in the benchmark

const tickets::GetTicketResponse& Answer() {
  static const tickets::GetTicketResponse* const answer = [] {
    auto* response = new tickets::GetTicketResponse;
    auto* ticket = response->mutable_ticket();
    ticket->set_id("65f1c0ffee65f1c0ffee65f1");
    ticket->set_title("Front row, centre");
    ticket->set_price_cents(12550);
    ticket->set_user_id("65f1decade65f1decade65f1");
    ticket->set_version(3);
    return response;
  }();
  return *answer;
}

// One slot for a call; used again for the next call as soon as the last is done.
class Call {
 public:
  Call(tickets::TicketsService::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue) {
    Await();
  }

  void Proceed() {
    if (answering_) {
      Await();
    } else {
      answering_ = true;
      responder_->Finish(Answer(), grpc::Status::OK, this);
    }
  }

 private:
  void Await() {
    answering_ = false;
    responder_.reset();
    context_.emplace();
    responder_.emplace(&*context_);
    service_->RequestGetTicket(&*context_, &request_, &*responder_, queue_, queue_, this);
  }

  tickets::TicketsService::AsyncService* const service_;
  grpc::ServerCompletionQueue* const queue_;
  tickets::GetTicketRequest request_;
  std::optional<grpc::ServerContext> context_;
  std::optional<grpc::ServerAsyncResponseWriter<tickets::GetTicketResponse>> responder_;
  bool answering_ = false;
};

void Serve(tickets::TicketsService::AsyncService* service, grpc::ServerCompletionQueue* queue) {
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < kCallsPosted; ++i) calls.push_back(std::make_unique<Call>(service, queue));
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) {
    if (ok) static_cast<Call*>(tag)->Proceed();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: grpc_server ADDRESS [THREADS]\n");
    return 2;
  }
  const std::string address = argv[1];
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  tickets::TicketsService::AsyncService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  for (int i = 0; i < threads; ++i) queues.push_back(builder.AddCompletionQueue());
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;

  std::vector<std::thread> workers;
  for (auto& queue : queues) workers.emplace_back(Serve, &service, queue.get());
  if (address.rfind("unix:", 0) == 0) {
    std::printf("%s\n", address.c_str());
  } else {
    std::printf("%s:%d\n", address.substr(0, address.rfind(':')).c_str(), port);
  }
  std::fflush(stdout);

  int received = 0;
  sigwait(&signals, &received);
  std::_Exit(0);
}
