#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>

#include "tests/gateway/testdata/library.grpc.pb.h"

namespace wenming::gateway {

// The service of testdata/library.proto as its comments say, on a real gRPC server.
//
// Names that GetBook answers with an error: "…/books/missing" NOT_FOUND with details, "…/books/crash" INTERNAL without,
// "…/books/slow" answers only when the call is cancelled. The etag of every book is "v1"; changes with another are
// ABORTED.
class LibraryServer final : public testdata::Library::Service {
 public:
  // On a free port of the loopback address, or on `port`.
  explicit LibraryServer(int port = 0);
  ~LibraryServer() override;

  // What it says of itself.
  void SetReady(bool ready);
  // What a service does at SIGTERM: says that it is not ready, goes on for a moment, then takes no more calls, lets
  // those that run end, and goes.
  void Drain();

  int port() const { return port_; }
  // How many calls ended because the caller went away.
  int cancelled() const { return cancelled_; }
  // How many calls are inside a handler that waits.
  int waiting() const { return waiting_; }
  // How many books WatchBooks has handed to gRPC.
  int written() const { return written_; }
  // How often ListAuthors was called; while held, it does not answer.
  int authors_calls() const { return authors_calls_; }
  void HoldAuthors(bool hold) { hold_authors_ = hold; }

  using Context = grpc::ServerContext;
  using Status = grpc::Status;
  Status GetBook(Context* context, const testdata::GetBookRequest* request, testdata::Book* book) override;
  Status ListBooks(Context*, const testdata::ListBooksRequest* request, testdata::ListBooksResponse* response) override;
  Status CreateBook(Context*, const testdata::CreateBookRequest* request, testdata::Book* book) override;
  Status UpdateBook(Context*, const testdata::UpdateBookRequest* request, testdata::Book* book) override;
  Status ReviseBook(Context* context, const testdata::UpdateBookRequest* request, testdata::Book* book) override;
  Status MoveBook(Context*, const testdata::MoveBookRequest* request, testdata::MoveBookResponse* response) override;
  Status DeleteBook(Context*, const testdata::GetBookRequest*, google::protobuf::Empty*) override;
  Status ShowBook(Context*, const testdata::GetBookRequest* request, google::api::HttpBody* body) override;
  Status ExportBook(Context*, const testdata::GetBookRequest*, google::api::HttpBody* body) override;
  Status UploadCover(Context*, const testdata::UploadCoverRequest* request, testdata::Book* book) override;
  Status ImportBook(Context*, const google::api::HttpBody* file, testdata::Book* book) override;
  Status TagBook(Context*, const testdata::TagBookRequest* request, testdata::Book* book) override;
  Status EchoMetadata(Context* context, const google::protobuf::Empty*, testdata::Book* book) override;
  Status WatchBooks(Context* context, const testdata::WatchBooksRequest* request,
                    grpc::ServerWriter<testdata::Book>* writer) override;
  Status DownloadBook(Context*, const testdata::GetBookRequest* request,
                      grpc::ServerWriter<google::api::HttpBody>* writer) override;
  Status ListAuthors(Context* context, const testdata::ListAuthorsRequest* request,
                     testdata::ListAuthorsResponse* response) override;
  Status CheckAccess(Context* context, const google::protobuf::Empty*, google::protobuf::Empty*) override;
  Status CollectBooks(Context*, grpc::ServerReader<testdata::Book>* reader,
                      testdata::ListBooksResponse* response) override;
  Status EchoBooks(Context*, grpc::ServerReaderWriter<testdata::Book, testdata::Book>* stream) override;

 private:
  Status WaitForCancel(Context* context);

  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<int> cancelled_ = 0;
  std::atomic<int> waiting_ = 0;
  std::atomic<int> written_ = 0;
  std::atomic<int> authors_calls_ = 0;
  std::atomic<bool> hold_authors_ = false;
};

}  // namespace wenming::gateway
