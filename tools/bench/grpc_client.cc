// Calls TicketsService/GetTicket through grpc C++: the round trip that `tools/bench rpc` measures ours against.
// Asynchronous API, channels that share no connection, one completion queue a thread, the next call at each answer.
//
//   grpc_client ADDRESS SECONDS [CONNECTIONS] [IN_FLIGHT] [THREADS]
//       prints: calls, failed calls, seconds, microseconds of CPU time a call

#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ticketing/tickets/v1/tickets.grpc.pb.h"

namespace tickets = ticketing::tickets::v1;
using Clock = std::chrono::steady_clock;

namespace {

constexpr char kTicketID[] = "65f1c0ffee65f1c0ffee65f1";

// One call at a time, again and again.
class Caller {
 public:
  Caller(tickets::TicketsService::Stub* stub, grpc::CompletionQueue* queue) : stub_(stub), queue_(queue) {
    request_.set_id(kTicketID);
  }

  void Start() {
    call_.reset();
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    response_.Clear();
    call_ = stub_->AsyncGetTicket(&*context_, request_, queue_);
    call_->Finish(&response_, &status_, this);
  }

  bool Succeeded() const { return status_.ok() && response_.ticket().id() == kTicketID; }

 private:
  tickets::TicketsService::Stub* const stub_;
  grpc::CompletionQueue* const queue_;
  tickets::GetTicketRequest request_;
  tickets::GetTicketResponse response_;
  grpc::Status status_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<tickets::GetTicketResponse>> call_;
};

struct Tally {
  long calls = 0;
  long failed = 0;
};

void Drive(grpc::CompletionQueue* queue, Clock::time_point end, int in_flight, Tally* tally) {
  void* tag = nullptr;
  bool ok = false;
  while (in_flight > 0 && queue->Next(&tag, &ok)) {
    auto* const caller = static_cast<Caller*>(tag);
    ++tally->calls;
    if (!ok || !caller->Succeeded()) ++tally->failed;
    if (Clock::now() < end) {
      caller->Start();
    } else {
      --in_flight;
    }
  }
}

double CPUSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: grpc_client ADDRESS SECONDS [CONNECTIONS] [IN_FLIGHT] [THREADS]\n");
    return 2;
  }
  const double seconds = std::atof(argv[2]);
  const int connections = argc > 3 ? std::atoi(argv[3]) : 4;
  const int in_flight = argc > 4 ? std::atoi(argv[4]) : 64;
  const int threads = argc > 5 ? std::atoi(argv[5]) : 2;

  std::vector<std::unique_ptr<tickets::TicketsService::Stub>> stubs;
  for (int i = 0; i < connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(argv[1], grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5))) return 1;
    stubs.push_back(tickets::TicketsService::NewStub(channel));
  }

  std::vector<grpc::CompletionQueue> queues(threads);
  std::vector<int> load(threads, 0);
  std::vector<std::unique_ptr<Caller>> callers;
  const double cpu_before = CPUSeconds();
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (int i = 0; i < in_flight; ++i) {
    ++load[i % threads];
    callers.push_back(std::make_unique<Caller>(stubs[i % connections].get(), &queues[i % threads]));
    callers.back()->Start();
  }

  std::vector<Tally> tallies(threads);
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(Drive, &queues[i], end, load[i], &tallies[i]);
  for (auto& worker : workers) worker.join();
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();

  Tally total;
  for (const auto& tally : tallies) {
    total.calls += tally.calls;
    total.failed += tally.failed;
  }
  const double cpu = CPUSeconds() - cpu_before;
  std::printf("%ld %ld %.3f %.2f\n", total.calls, total.failed, elapsed, total.calls ? cpu * 1e6 / total.calls : 0.0);
  std::fflush(stdout);
  std::_Exit(total.failed == 0 ? 0 : 1);
}
