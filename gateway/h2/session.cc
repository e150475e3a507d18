#include "gateway/h2/session.h"

#include <algorithm>
#include <cstring>

#include "gateway/h2/header_list.h"

namespace wenming::gateway::h2 {
namespace {

constexpr size_t kClientReadBytes = 64 * 1024;
constexpr size_t kServerReadBytes = 8 * 1024;  // there may be many clients
constexpr size_t kWriteBytes = 64 * 1024;
constexpr size_t kCompactBytes = 64 * 1024;  // a stream that never drains must not keep what it has sent
constexpr auto kGrace = std::chrono::seconds(1);
constexpr auto kLinger = std::chrono::seconds(1);

// What the peer is told of an error that ends the connection.
uint32_t GoAwayCode(ssize_t error) {
  const bool flooded = error == NGHTTP2_ERR_FLOODED || error == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS ||
                       error == NGHTTP2_ERR_TOO_MANY_SETTINGS;
  return flooded ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR;
}

}  // namespace

struct Session::Stream {
  std::shared_ptr<StreamListener> listener;
  Headers received;
  size_t received_bytes = 0;
  bool had_headers = false;
  bool oversized = false;
  std::string pending;  // bytes to send, from pending_begin on
  size_t pending_begin = 0;
  bool ended = false;
  bool ended_by_peer = false;
  bool broken = false;
  Headers trailers;
};

// What nghttp2 calls. It must not be re-entered with mem_recv or mem_send, which only Read and Flush call.
struct Session::Callbacks {
  static Session& Self(void* user) { return *static_cast<Session*>(user); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Session& self = Self(user);
    if (self.role_ == Role::kClient || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    auto listener = self.listener_ == nullptr ? nullptr : self.listener_->OnStream(frame->hd.stream_id);
    if (listener == nullptr) {
      nghttp2_submit_rst_stream(self.session_, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
      return 0;
    }
    auto stream = std::make_unique<Stream>();
    stream->listener = std::move(listener);
    self.streams_[frame->hd.stream_id] = std::move(stream);
    if (self.notice_due_) self.GiveNotice();
    return 0;
  }

  // nghttp2 would leave it out; what one party drops and the next believes is how requests are smuggled.
  static int OnInvalidHeader(nghttp2_session*, const nghttp2_frame*, const uint8_t*, size_t, const uint8_t*, size_t,
                             uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t, void* user) {
    Stream* stream = Self(user).Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    stream->received_bytes += name_size + value_size + 32;  // as SETTINGS_MAX_HEADER_LIST_SIZE counts
    const bool fits = stream->received_bytes <= Self(user).max_header_bytes_ &&
                      stream->received.size() < Self(user).max_header_count_;
    if (!fits) stream->oversized = true;
    if (stream->oversized) {
      stream->received.clear();
      return 0;
    }
    stream->received.emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                                  std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static bool IsErrorOfPeer(const nghttp2_frame& frame) {
    if (frame.hd.type != NGHTTP2_RST_STREAM) return false;
    const uint32_t code = frame.rst_stream.error_code;
    return code == NGHTTP2_PROTOCOL_ERROR || code == NGHTTP2_FLOW_CONTROL_ERROR || code == NGHTTP2_STREAM_CLOSED;
  }

  // Who makes us reset streams costs what one does that resets them (CVE-2025-8671), but nghttp2 counts only the
  // latter.
  static int OnSentFrame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Session& self = Self(user);
    if (!IsErrorOfPeer(*frame) || self.MayErrAgain(Clock::now())) return 0;
    self.broken_ = true;
    nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM);
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Session& self = Self(user);
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      self.going_away_ = true;
      if (self.listener_ != nullptr) self.listener_->OnGoAway();
      return 0;
    }
    if (frame->hd.type == NGHTTP2_SETTINGS && !std::exchange(self.greeted_, true) && self.listener_ != nullptr) {
      self.listener_->OnGreeted();
    }
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    Stream* stream = self.Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    auto listener = stream->listener;
    bool informational = frame->hd.type == NGHTTP2_HEADERS && IsInformational(stream->received);
    if (stream->oversized && frame->hd.type == NGHTTP2_HEADERS) {
      if (listener->OnOversizedHeaders()) return 0;
      nghttp2_submit_rst_stream(self.session_, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_INTERNAL_ERROR);
      return 0;
    }
    if (informational) {
      stream->received.clear();
    } else if (frame->hd.type == NGHTTP2_HEADERS) {
      bool trailers = std::exchange(stream->had_headers, true);
      listener->OnHeaders(std::exchange(stream->received, {}), trailers);
    }
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) listener->OnEnd();
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* user) {
    Session& self = Self(user);
    nghttp2_session_consume_connection(self.session_, size);
    if (Stream* stream = self.Find(id)) {
      auto listener = stream->listener;
      listener->OnData({reinterpret_cast<const char*>(data), size});
    }
    return 0;
  }

  static int OnClose(nghttp2_session*, int32_t id, uint32_t error_code, void* user) {
    Session& self = Self(user);
    auto found = self.streams_.find(id);
    if (found == self.streams_.end()) return 0;
    auto stream = std::move(found->second);
    self.streams_.erase(found);
    stream->listener->OnClose(error_code);
    return 0;
  }

  static ssize_t OnWantData(nghttp2_session* session, int32_t id, uint8_t* buffer, size_t size, uint32_t* flags,
                            nghttp2_data_source*, void* user) {
    Stream* stream = Self(user).Find(id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t bytes = std::min(size, stream->pending.size() - stream->pending_begin);
    if (bytes == 0 && stream->broken) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (bytes == 0 && !stream->ended) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(buffer, stream->pending.data() + stream->pending_begin, bytes);
    stream->pending_begin += bytes;
    if (stream->pending_begin == stream->pending.size()) {
      stream->pending.clear();
      stream->pending_begin = 0;
      if (stream->ended) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!stream->trailers.empty()) {
          *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
          HeaderList list(stream->trailers);
          nghttp2_submit_trailer(session, id, list.data(), list.size());
        }
      }
    } else if (stream->pending_begin > kCompactBytes && stream->pending_begin > stream->pending.size() / 2) {
      stream->pending.erase(0, std::exchange(stream->pending_begin, 0));
    }
    if (bytes > 0) {
      auto listener = stream->listener;
      listener->OnSent(bytes);
    }
    return static_cast<ssize_t>(bytes);
  }
};

Session::Session(Role role, Transport transport, SessionListener* listener)
    : role_(role),
      transport_(std::move(transport)),
      listener_(listener),
      input_(role == Role::kClient ? kClientReadBytes : kServerReadBytes),
      timer_(transport_.executor()) {}

Session::~Session() {
  if (session_ != nullptr) nghttp2_session_del(session_);
}

std::shared_ptr<Session> Session::Start(Role role, Transport transport, const SessionOptions& options,
                                        SessionListener* listener) {
  std::shared_ptr<Session> session(new Session(role, std::move(transport), listener));
  session->Configure(options);
  session->Read();
  session->ScheduleFlush();
  return session;
}

void Session::Configure(const SessionOptions& options) {
  max_header_bytes_ = options.max_header_bytes;
  max_header_count_ = options.max_header_count;
  max_idle_frames_ = options.max_idle_frames;
  most_errors_ = errors_left_ = static_cast<double>(options.reset_burst);
  errors_per_second_ = static_cast<double>(options.resets_per_second);
  last_error_ = Clock::now();
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClose);
  nghttp2_option* settings = nullptr;
  nghttp2_option_new(&settings);
  nghttp2_option_set_no_auto_window_update(settings, 1);
  nghttp2_option_set_max_send_header_block_length(settings, 64 * 1024);
  nghttp2_option_set_stream_reset_rate_limit(settings, options.reset_burst, options.resets_per_second);
  nghttp2_option_set_max_continuations(settings, options.max_continuations);
  nghttp2_option_set_max_settings(settings, options.max_settings);
  nghttp2_option_set_max_outbound_ack(settings, options.max_unsent_answers);
  if (role_ == Role::kServer) {
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Callbacks::OnSentFrame);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, Callbacks::OnInvalidHeader);
  }
  if (role_ == Role::kClient) {
    nghttp2_session_client_new2(&session_, callbacks, this, settings);
    nghttp2_session_set_next_stream_id(session_, options.first_stream);
  } else {
    nghttp2_session_server_new2(&session_, callbacks, this, settings);
  }
  nghttp2_option_del(settings);
  nghttp2_session_callbacks_del(callbacks);

  std::vector<nghttp2_settings_entry> entries = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(options.stream_window)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options.max_header_bytes}};
  if (role_ == Role::kClient) {
    entries.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  } else {
    entries.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams});
  }
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, options.connection_window);
}

Session::Stream* Session::Find(int32_t id) {
  auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

// Whether the frame ends what the peer had to say on a stream, and not for the second time.
bool Session::Ends(const FrameHead& frame) {
  if (!frame.ends_stream) return false;
  if (Stream* stream = Find(frame.stream)) return !std::exchange(stream->ended_by_peer, true);
  const bool opens = frame.stream > nghttp2_session_get_last_proc_stream_id(session_);  // once this is handled
  return opens && ended_unopened_.insert(frame.stream).second;
}

// Frames that cost their reader work and their sender nothing, and that no other limit counts (CVE-2019-9518): DATA
// without a byte, padding aside, and PRIORITY, which nobody here goes by. False once there are too many.
bool Session::CountIdle(std::string_view input) {
  if (role_ == Role::kClient) return true;
  bool few = true;
  ended_unopened_.clear();
  heads_.Read(input, [this, &few](const FrameHead& frame) {
    const bool data = frame.type == NGHTTP2_DATA;
    const bool idle = frame.type == NGHTTP2_PRIORITY || (data && !frame.carries_data && !Ends(frame));
    if (idle) {
      few = ++idle_frames_ <= max_idle_frames_ && few;
    } else if ((data || frame.type == NGHTTP2_HEADERS) && idle_frames_ > 0) {
      --idle_frames_;
    }
  });
  return few;
}

bool Session::MayErrAgain(Clock::time_point now) {
  const double passed = std::chrono::duration<double>(now - std::exchange(last_error_, now)).count();
  errors_left_ = std::min(most_errors_, errors_left_ + passed * errors_per_second_) - 1;
  return errors_left_ >= 0;
}

int32_t Session::Open(const Headers& headers, std::shared_ptr<StreamListener> listener) {
  if (!accepts_streams()) return 0;
  nghttp2_data_provider provider{.source = {}, .read_callback = Callbacks::OnWantData};
  HeaderList list(headers);
  int32_t id = nghttp2_submit_request(session_, nullptr, list.data(), list.size(), &provider, nullptr);
  if (id == NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE) {
    going_away_ = true;
    if (listener_ != nullptr) listener_->OnGoAway();
  }
  if (id < 0) return 0;
  auto stream = std::make_unique<Stream>();
  stream->listener = std::move(listener);
  streams_[id] = std::move(stream);
  ScheduleFlush();
  return id;
}

void Session::Inform(int32_t id, const Headers& headers) {
  if (closed_ || Find(id) == nullptr) return;
  HeaderList list(headers);
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, list.data(), list.size(), nullptr);
  ScheduleFlush();
}

void Session::Respond(int32_t id, const Headers& headers) {
  if (closed_ || Find(id) == nullptr) return;
  nghttp2_data_provider provider{.source = {}, .read_callback = Callbacks::OnWantData};
  HeaderList list(headers);
  nghttp2_submit_response(session_, id, list.data(), list.size(), &provider);
  ScheduleFlush();
}

void Session::RespondAndEnd(int32_t id, const Headers& headers) {
  if (closed_ || Find(id) == nullptr) return;
  HeaderList list(headers);
  nghttp2_submit_response(session_, id, list.data(), list.size(), nullptr);
  ScheduleFlush();
}

void Session::Write(int32_t id, std::string_view bytes) {
  Stream* stream = Find(id);
  if (stream == nullptr || closed_) return;
  stream->pending.append(bytes);
  nghttp2_session_resume_data(session_, id);
  ScheduleFlush();
}

void Session::End(int32_t id, Headers trailers) {
  Stream* stream = Find(id);
  if (stream == nullptr || closed_) return;
  stream->ended = true;
  stream->trailers = std::move(trailers);
  nghttp2_session_resume_data(session_, id);
  ScheduleFlush();
}

void Session::Reset(int32_t id, uint32_t error_code) {
  if (closed_ || Find(id) == nullptr) return;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, error_code);
  ScheduleFlush();
}

void Session::Break(int32_t id) {
  Stream* stream = Find(id);
  if (stream == nullptr || closed_) return;
  stream->broken = true;
  nghttp2_session_resume_data(session_, id);
  ScheduleFlush();
}

void Session::Consume(int32_t id, size_t bytes) {
  if (closed_) return;
  nghttp2_session_consume_stream(session_, id, bytes);
  ScheduleFlush();
}

void Session::Announce() {
  if (closed_ || draining_ || role_ != Role::kServer) return;
  notice_due_ = nghttp2_session_get_last_proc_stream_id(session_) == 0;
  if (!notice_due_) GiveNotice();
}

void Session::GiveNotice() {
  notice_due_ = false;
  told_about_ = Clock::now() + kGrace;
  nghttp2_submit_shutdown_notice(session_);
  ScheduleFlush();
}

void Session::Drain() {
  if (closed_ || draining_) return;
  Announce();
  draining_ = true;
  going_away_ = true;
  if (role_ == Role::kClient) return SayGoodbye();
  if (notice_due_) told_about_ = Clock::now() + kGrace;
  Leave();
}

// RFC 9113 section 6.8: between the notice and the last word streams that are under way have to arrive.
void Session::Leave() {
  if (Clock::now() >= told_about_) return SayGoodbye();
  timer_.expires_at(told_about_);
  timer_.async_wait([weak = weak_from_this()](ErrorCode cancelled) {
    auto self = weak.lock();
    if (!cancelled && self != nullptr && !self->closed_) self->Leave();
  });
}

void Session::SayGoodbye() {
  if (closed_ || lingering_ || std::exchange(leaving_, true)) return;
  if (role_ == Role::kServer) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                          NGHTTP2_NO_ERROR, nullptr, 0);
  }
  ScheduleFlush();
}

void Session::Linger() {
  auto self = shared_from_this();
  lingering_ = true;
  going_away_ = true;
  transport_.ShutdownSend(self);
  timer_.expires_after(kLinger);
  timer_.async_wait([weak = weak_from_this()](ErrorCode cancelled) {
    auto late = weak.lock();
    if (!cancelled && late != nullptr) late->Close();
  });
  if (!reading_) Read();
  for (auto& [id, stream] : std::exchange(streams_, {})) stream->listener->OnClose(NGHTTP2_CANCEL);
}

void Session::Close() {
  if (closed_) return;
  closed_ = true;
  timer_.cancel();
  transport_.Close();
  auto self = shared_from_this();
  auto streams = std::exchange(streams_, {});
  if (listener_ != nullptr) std::exchange(listener_, nullptr)->OnClosed();
  for (auto& [id, stream] : streams) stream->listener->OnClose(NGHTTP2_CANCEL);
}

void Session::Read() {
  reading_ = true;
  transport_.ReadSome(asio::buffer(input_), [self = shared_from_this()](ErrorCode error, size_t size) {
    self->reading_ = false;
    if (self->closed_) return;
    if (error) return self->Close();
    if (self->lingering_) return self->Read();
    ++self->reads_;
    const bool few_idle = self->CountIdle({self->input_.data(), size});
    ssize_t used =
        nghttp2_session_mem_recv(self->session_, reinterpret_cast<const uint8_t*>(self->input_.data()), size);
    if (self->closed_) return;
    if (!few_idle && used >= 0) used = NGHTTP2_ERR_FLOODED;
    if (used < 0) {
      nghttp2_session_terminate_session(self->session_, GoAwayCode(used));
      self->broken_ = true;
      return self->ScheduleFlush();
    }
    self->ScheduleFlush();
    self->Read();
  });
}

void Session::ScheduleFlush() {
  if (flush_scheduled_ || writing_since_ || lingering_ || closed_) return;
  flush_scheduled_ = true;
  asio::post(transport_.executor(), [self = shared_from_this()] {
    self->flush_scheduled_ = false;
    self->Flush();
  });
}

void Session::Flush() {
  if (closed_ || writing_since_ || lingering_) return;
  output_.clear();
  while (output_.size() < kWriteBytes) {
    const uint8_t* chunk = nullptr;
    ssize_t size = nghttp2_session_mem_send(session_, &chunk);
    if (closed_) return;
    if (size < 0) return Close();
    if (size == 0) break;
    output_.append(reinterpret_cast<const char*>(chunk), static_cast<size_t>(size));
  }
  if (output_.empty()) return FinishIfDone();
  writing_since_ = Clock::now();
  transport_.Write(asio::buffer(output_), [self = shared_from_this()](ErrorCode error, size_t) {
    self->writing_since_.reset();
    if (error) return self->Close();
    self->Flush();
  });
}

void Session::FinishIfDone() {
  bool idle = nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
  if (!idle && !broken_ && !(leaving_ && streams_.empty())) return;
  role_ == Role::kServer ? Linger() : Close();
}

}  // namespace wenming::gateway::h2
