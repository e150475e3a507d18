#include "tests/gateway/support/http2_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace wenming::gateway {
namespace {

std::string Text(const uint8_t* bytes, size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

uint8_t* Bytes(const std::string& text) { return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data())); }

}  // namespace

struct Http2Client::Callbacks {
  static Http2Client& Self(void* user) { return *static_cast<Http2Client*>(user); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t, void* user) {
    RawResponse& response = Self(user).streams_[frame->hd.stream_id].response;
    const std::string key = Text(name, name_size);
    if (key == ":status") response.status = std::atoi(Text(value, value_size).c_str());
    response.headers[key] = Text(value, value_size);
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size, void* user) {
    Self(user).streams_[stream].response.body += Text(data, size);
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Client& self = Self(user);
    if (frame->hd.type == NGHTTP2_GOAWAY) self.leaving_ = true;
    if (frame->hd.type == NGHTTP2_RST_STREAM) self.streams_[frame->hd.stream_id].reset = frame->rst_stream.error_code;
    const bool part = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (part && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      self.streams_[frame->hd.stream_id].response.whole = true;
    }
    return 0;
  }

  static int OnClose(nghttp2_session*, int32_t stream, uint32_t, void* user) {
    Self(user).streams_[stream].gone = true;
    return 0;
  }

  static ssize_t OnWantData(nghttp2_session*, int32_t id, uint8_t* buffer, size_t size, uint32_t* flags,
                            nghttp2_data_source*, void* user) {
    Stream& stream = Self(user).streams_[id];
    const size_t bytes = std::min(size, stream.body.size() - stream.sent);
    if (bytes == 0 && !stream.ends) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(buffer, stream.body.data() + stream.sent, bytes);
    stream.sent += bytes;
    if (stream.ends && stream.sent == stream.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(bytes);
  }
};

Http2Client::Http2Client(uint16_t port)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), bio_(nullptr, BIO_free_all) {
  SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>("\2h2"), 3);
  bio_.reset(BIO_new_ssl_connect(context_.get()));
  BIO_set_conn_hostname(bio_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  closed_ = BIO_do_connect(bio_.get()) <= 0 || BIO_do_handshake(bio_.get()) <= 0;
  if (!closed_) {
    const int socket = static_cast<int>(BIO_get_fd(bio_.get(), nullptr));
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }

  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClose);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

Http2Client::~Http2Client() { nghttp2_session_del(session_); }

Http2Client::Headers Http2Client::Request(std::string_view method, std::string_view target, const Headers& more) {
  Headers headers = {
      {":method", std::string(method)}, {":scheme", "https"}, {":path", std::string(target)}, {":authority", "test"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

int32_t Http2Client::Start(const Headers& headers, std::string body, bool ends) {
  if (!usable()) return 0;
  std::vector<nghttp2_nv> list;
  for (const auto& [name, value] : headers) {
    // Without a copy nothing is put into lower case either.
    list.push_back({Bytes(name), Bytes(value), name.size(), value.size(),
                    NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE});
  }
  nghttp2_data_provider provider{.source = {}, .read_callback = Callbacks::OnWantData};
  const bool has_body = !body.empty() || !ends;
  const int32_t id =
      nghttp2_submit_request(session_, nullptr, list.data(), list.size(), has_body ? &provider : nullptr, nullptr);
  if (id < 0) return 0;
  streams_[id].body = std::move(body);
  streams_[id].ends = ends;
  Flush();
  return id;
}

void Http2Client::Flush() {
  const uint8_t* chunk = nullptr;
  for (ssize_t size; (size = nghttp2_session_mem_send(session_, &chunk)) > 0;) {
    if (BIO_write(bio_.get(), chunk, static_cast<int>(size)) <= 0) closed_ = true;
  }
}

bool Http2Client::Pump() {
  if (closed_ || late_) return false;
  Flush();
  uint8_t bytes[16 * 1024];
  const int size = BIO_read(bio_.get(), bytes, sizeof(bytes));
  if (size <= 0) {
    late_ = BIO_should_retry(bio_.get()) != 0;
    closed_ = !late_;
    return false;
  }
  if (nghttp2_session_mem_recv(session_, bytes, static_cast<size_t>(size)) < 0) closed_ = true;
  Flush();
  return !closed_;
}

RawResponse Http2Client::Receive(int32_t id) {
  if (id == 0) return {};
  Stream& stream = streams_[id];
  while (!stream.gone && !stream.response.whole && Pump()) continue;
  RawResponse response = stream.response;
  if (stream.reset && *stream.reset != NGHTTP2_NO_ERROR) response.whole = false;
  return response;
}

int Http2Client::ReceiveHead(int32_t id) {
  Stream& stream = streams_[id];
  while (stream.response.status == 0 && Pump()) continue;
  return stream.response.status;
}

RawResponse Http2Client::Fetch(std::string_view method, std::string_view target, std::string body,
                               const Headers& more) {
  return Receive(Start(Request(method, target, more), std::move(body)));
}

std::optional<uint32_t> Http2Client::ResetCode(int32_t id) {
  Stream& stream = streams_[id];
  while (!stream.reset && Pump()) continue;
  return stream.reset;
}

bool Http2Client::SendMore(int32_t id, std::string_view bytes) {
  Stream& stream = streams_[id];
  stream.body += bytes;
  nghttp2_session_resume_data(session_, id);
  Flush();
  pollfd socket{.fd = static_cast<int>(BIO_get_fd(bio_.get(), nullptr)), .events = POLLIN, .revents = 0};
  if (BIO_pending(bio_.get()) > 0 || poll(&socket, 1, 0) > 0) Pump();
  return stream.response.status != 0;
}

void Http2Client::Reset(int32_t stream, uint32_t error_code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, error_code);
  Flush();
}

bool Http2Client::AskedToLeave() {
  while (!leaving_ && Pump()) continue;
  return leaving_;
}

bool Http2Client::ClosedByServer() {
  while (Pump()) continue;
  return closed_;
}

}  // namespace wenming::gateway
