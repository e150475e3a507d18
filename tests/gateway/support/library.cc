#include "tests/gateway/support/library.h"

#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wenming::gateway {
namespace {

// As the services have it.
constexpr auto kNotice = std::chrono::milliseconds(300);

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

grpc::Status Missing(const std::string& name) {
  google::rpc::Status status;
  status.set_code(grpc::StatusCode::NOT_FOUND);
  status.set_message("no such book");
  google::rpc::ErrorInfo info;
  info.set_reason("NOT_FOUND");
  info.set_domain("library");
  (*info.mutable_metadata())["name"] = name;
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage localized;
  localized.set_locale("zh-CN");
  localized.set_message("没有这本书");
  status.add_details()->PackFrom(localized);
  google::rpc::DebugInfo debug;
  debug.set_detail("SELECT * FROM secrets");
  status.add_details()->PackFrom(debug);
  return {grpc::StatusCode::NOT_FOUND, status.message(), status.SerializeAsString()};
}

grpc::Status Changed() {
  google::rpc::Status status;
  status.set_code(grpc::StatusCode::ABORTED);
  google::rpc::ErrorInfo info;
  info.set_reason("ETAG_MISMATCH");
  status.add_details()->PackFrom(info);
  return {grpc::StatusCode::ABORTED, "changed", status.SerializeAsString()};
}

}  // namespace

LibraryServer::LibraryServer(int port) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  SetReady(true);
}

LibraryServer::~LibraryServer() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

void LibraryServer::SetReady(bool ready) { server_->GetHealthCheckService()->SetServingStatus("ready", ready); }

void LibraryServer::Drain() {
  SetReady(false);
  std::this_thread::sleep_for(kNotice);
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(10));
  server_->Wait();
}

grpc::Status LibraryServer::WaitForCancel(Context* context) {
  ++waiting_;
  while (!context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  --waiting_;
  ++cancelled_;
  return grpc::Status::CANCELLED;
}

grpc::Status LibraryServer::GetBook(Context* context, const testdata::GetBookRequest* request, testdata::Book* book) {
  if (EndsWith(request->name(), "/missing")) return Missing(request->name());
  if (EndsWith(request->name(), "/crash")) return {grpc::StatusCode::INTERNAL, "table books is corrupt"};
  if (EndsWith(request->name(), "/slow")) return WaitForCancel(context);
  book->set_name(request->name());
  book->set_title("红楼梦");
  book->set_etag("v1");
  book->set_copies(9007199254740993);
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ListBooks(Context*, const testdata::ListBooksRequest* request,
                                      testdata::ListBooksResponse* response) {
  *response->mutable_request() = *request;
  return grpc::Status::OK;
}

grpc::Status LibraryServer::CreateBook(Context*, const testdata::CreateBookRequest* request, testdata::Book* book) {
  *book = request->book();
  book->add_tags("request_id=" + request->request_id());
  book->add_tags("parent=" + request->parent());
  return grpc::Status::OK;
}

grpc::Status LibraryServer::UpdateBook(Context*, const testdata::UpdateBookRequest* request, testdata::Book* book) {
  if (!request->book().etag().empty() && request->book().etag() != "v1") return Changed();
  *book = request->book();
  for (const std::string& path : request->update_mask().paths()) book->add_tags(path);
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ReviseBook(Context* context, const testdata::UpdateBookRequest* request,
                                       testdata::Book* book) {
  return UpdateBook(context, request, book);
}

grpc::Status LibraryServer::MoveBook(Context*, const testdata::MoveBookRequest* request,
                                     testdata::MoveBookResponse* response) {
  if (!request->etag().empty() && request->etag() != "v1") return Changed();
  response->mutable_book()->set_name(request->name());
  response->mutable_book()->set_room(request->target());
  return grpc::Status::OK;
}

grpc::Status LibraryServer::DeleteBook(Context*, const testdata::GetBookRequest*, google::protobuf::Empty*) {
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ShowBook(Context*, const testdata::GetBookRequest* request, google::api::HttpBody* body) {
  body->set_content_type("text/html; charset=utf-8");
  body->set_data("<p>" + request->name());
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ExportBook(Context*, const testdata::GetBookRequest*, google::api::HttpBody* body) {
  body->set_content_type("text/csv; charset=utf-8");
  body->set_data("书名,页数\n红楼梦,1606\n");
  return grpc::Status::OK;
}

grpc::Status LibraryServer::UploadCover(Context*, const testdata::UploadCoverRequest* request, testdata::Book* book) {
  book->set_name(request->name());
  book->set_title(request->file().content_type());
  book->set_cover(request->file().data());
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ImportBook(Context*, const google::api::HttpBody* file, testdata::Book* book) {
  book->set_title(file->content_type());
  book->set_cover(file->data());
  return grpc::Status::OK;
}

grpc::Status LibraryServer::TagBook(Context*, const testdata::TagBookRequest* request, testdata::Book* book) {
  book->set_name(request->name());
  *book->mutable_tags() = request->tags();
  return grpc::Status::OK;
}

grpc::Status LibraryServer::EchoMetadata(Context* context, const google::protobuf::Empty*, testdata::Book* book) {
  for (const auto& [name, value] : context->client_metadata()) {
    book->add_tags(std::string(name.data(), name.size()) + ": " + std::string(value.data(), value.size()));
  }
  auto left = context->deadline() - std::chrono::system_clock::now();
  book->set_pages(static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
  return grpc::Status::OK;
}

grpc::Status LibraryServer::WatchBooks(Context* context, const testdata::WatchBooksRequest* request,
                                       grpc::ServerWriter<testdata::Book>* writer) {
  testdata::Book book;
  book.set_title(std::string(static_cast<size_t>(request->size()), 'x'));
  for (int i = 0; i < request->count(); ++i) {
    book.set_pages(i);
    if (!writer->Write(book)) {
      ++cancelled_;
      return grpc::Status::CANCELLED;
    }
    ++written_;
  }
  if (request->count() < 0 || request->stay()) return WaitForCancel(context);
  return request->code() == 0 ? grpc::Status::OK
                              : grpc::Status(static_cast<grpc::StatusCode>(request->code()), "结束: done");
}

grpc::Status LibraryServer::DownloadBook(Context*, const testdata::GetBookRequest* request,
                                         grpc::ServerWriter<google::api::HttpBody>* writer) {
  google::api::HttpBody body;
  body.set_content_type("text/csv");
  body.set_data("书名\n");
  writer->Write(body);
  if (EndsWith(request->name(), "/broken")) return {grpc::StatusCode::DATA_LOSS, "the disk"};
  body.Clear();
  writer->Write(body);
  body.set_data("红楼梦\n");
  writer->Write(body);
  return grpc::Status::OK;
}

grpc::Status LibraryServer::ListAuthors(Context* context, const testdata::ListAuthorsRequest* request,
                                        testdata::ListAuthorsResponse* response) {
  ++authors_calls_;
  while (hold_authors_) {
    if (context->IsCancelled()) {
      ++cancelled_;
      return grpc::Status::CANCELLED;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (request->name() == "missing") return Missing(request->name());
  response->add_authors()->set_display_name(std::string(static_cast<size_t>(request->size()), 'x'));
  const auto& metadata = context->client_metadata();
  const auto center = metadata.find("x-wenming-center");
  if (center != metadata.end()) response->set_center({center->second.data(), center->second.size()});
  return grpc::Status::OK;
}

grpc::Status LibraryServer::CheckAccess(Context* context, const google::protobuf::Empty*, google::protobuf::Empty*) {
  const auto& metadata = context->client_metadata();
  const auto token = metadata.find("authorization");
  if (token == metadata.end()) return {grpc::StatusCode::UNAUTHENTICATED, "who are you"};
  if (token->second != "Bearer librarian") return {grpc::StatusCode::PERMISSION_DENIED, "not you"};
  return grpc::Status::OK;
}

grpc::Status LibraryServer::CollectBooks(Context*, grpc::ServerReader<testdata::Book>* reader,
                                         testdata::ListBooksResponse* response) {
  testdata::Book book;
  int total = 0;
  while (reader->Read(&book)) ++total;
  response->set_total(total);
  return grpc::Status::OK;
}

grpc::Status LibraryServer::EchoBooks(Context*, grpc::ServerReaderWriter<testdata::Book, testdata::Book>* stream) {
  testdata::Book book;
  while (stream->Read(&book)) stream->Write(book);
  return grpc::Status::OK;
}

}  // namespace wenming::gateway
