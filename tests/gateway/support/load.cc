#include "tests/gateway/support/load.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "absl/strings/str_cat.h"
#include "tests/gateway/support/http2_client.h"
#include "tests/gateway/support/raw_http.h"
#include "tests/gateway/testdata/library.grpc.pb.h"

namespace wenming::gateway {
namespace {

constexpr char kBook[] = "/v1/shelves/1/books/2";
constexpr size_t kMostFaults = 1000;  // bytes

std::unique_ptr<testdata::Library::Stub> StubAt(uint16_t port) {
  return testdata::Library::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
}

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
}

std::string Told(const char* what, const grpc::Status& status) {
  return absl::StrCat(what, ": ", static_cast<int>(status.error_code()), " ", status.error_message());
}

}  // namespace

void Load::Stop() {
  stop_ = true;
  for (auto& caller : callers_) caller.join();
  callers_.clear();
}

std::string Load::faults() {
  const std::lock_guard lock(mutex_);
  return faults_;
}

void Load::Run(void (Load::*call)()) {
  callers_.emplace_back([this, call] { (this->*call)(); });
}

void Load::Count(bool good, const std::string& fault) {
  if (good) {
    ++good_;
    return;
  }
  ++bad_;
  const std::lock_guard lock(mutex_);
  if (faults_.size() < kMostFaults) absl::StrAppend(&faults_, fault, "\n");
}

void Load::CallHttp1(const std::string& request, const char* what) {
  auto connection = std::make_unique<RawConnection>(http_);
  while (!stop_) {
    connection->Send(request);
    RawResponse response = connection->Receive();
    Count(response.status == 200, absl::StrCat(what, ": ", response.status, " ", response.body));
    if (response.headers["connection"] == "close" || response.status == 0) {
      connection = std::make_unique<RawConnection>(http_);
    }
  }
}

void Load::Http1() { CallHttp1(absl::StrCat("GET ", kBook, " HTTP/1.1\r\nHost: x\r\n\r\n"), "GET"); }

void Load::Http1Changes() {
  CallHttp1(
      "POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 13\r\n\r\n{\"title\":\"x\"}",
      "POST");
}

void Load::Http2() {
  auto client = std::make_unique<Http2Client>(http_);
  while (!stop_) {
    if (!client->usable()) client = std::make_unique<Http2Client>(http_);
    const RawResponse response = client->Fetch("GET", kBook);
    Count(response.status == 200, absl::StrCat("HTTP/2: ", response.status, " ", response.body));
  }
}

void Load::Grpc() {
  const auto stub = StubAt(grpc_);
  testdata::GetBookRequest request;
  request.set_name("shelves/1/books/2");
  while (!stop_) {
    grpc::ClientContext context;
    SetDeadline(context);
    testdata::Book book;
    const grpc::Status status = stub->GetBook(&context, request, &book);
    Count(status.ok(), Told("GetBook", status));
  }
}

void Load::GrpcChanges() {
  const auto stub = StubAt(grpc_);
  testdata::CreateBookRequest request;
  request.set_parent("shelves/1");
  while (!stop_) {
    grpc::ClientContext context;
    SetDeadline(context);
    testdata::Book book;
    const grpc::Status status = stub->CreateBook(&context, request, &book);
    Count(status.ok(), Told("CreateBook", status));
  }
}

}  // namespace wenming::gateway
