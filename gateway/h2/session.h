#pragma once

#include <nghttp2/nghttp2.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "gateway/h2/frame_heads.h"
#include "gateway/net/transport.h"

namespace wenming::gateway::h2 {

// Names in lower case; pseudo headers first.
using Headers = std::vector<std::pair<std::string, std::string>>;

// What a stream tells the one who opened or accepted it. All calls come on the session's loop; they may use the
// session.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  // The peer's headers, or its trailers when `trailers`; informational headers are not reported.
  virtual void OnHeaders(Headers headers, bool trailers) = 0;
  // In place of OnHeaders: they were longer than the session takes, and are gone. False resets the stream.
  virtual bool OnOversizedHeaders() { return false; }
  // Bytes from the peer. They count against the stream's window until Session::Consume.
  virtual void OnData(std::string_view bytes) = 0;
  // The peer sends nothing more.
  virtual void OnEnd() = 0;
  // So many bytes of what was written have left for the wire.
  virtual void OnSent(size_t bytes) = 0;
  // The last call: the stream is gone. NO_ERROR, or why (RFC 9113 section 7).
  virtual void OnClose(uint32_t error_code) = 0;
};

// What a session tells its owner.
class SessionListener {
 public:
  virtual ~SessionListener() = default;
  // A server session: the peer opened a stream. Null refuses it. The listener stays until OnClose.
  virtual std::shared_ptr<StreamListener> OnStream(int32_t id) = 0;
  // The peer has said its first word, the SETTINGS.
  virtual void OnGreeted() {}
  // No new streams can be opened: the peer takes none (GOAWAY), or a client has used up their ids. Those running go on.
  // The latter is told from within Open.
  virtual void OnGoAway() = 0;
  // The connection is gone. Comes before the streams' OnClose, so that one of them that tries again is not handed this
  // session.
  virtual void OnClosed() = 0;
};

struct SessionOptions {
  uint32_t max_concurrent_streams = 256;  // that the peer may open
  uint32_t max_header_bytes = 16 * 1024;  // of one header block
  int32_t stream_window = 256 * 1024;     // bytes the peer may send on a stream before they are consumed
  int32_t connection_window = 16 << 20;
  int32_t first_stream = 1;  // the id of a client's first stream; each further one is two more, up to 2^31 - 1
  // A server's patience with its client. What is beyond ends the connection with ENHANCE_YOUR_CALM or the error that
  // nghttp2 has for it; a header block with too many fields or bytes ends its stream.
  size_t max_header_count = 100;    // of one header block
  uint64_t reset_burst = 200;       // streams that the peer may give up at once, or make us give up by its errors,
  uint64_t resets_per_second = 20;  // and in the long run
  size_t max_continuations = 8;     // frames of one header block after the first
  size_t max_settings = 32;         // settings in one frame
  size_t max_unsent_answers = 100;  // to PING and SETTINGS, while the peer reads nothing
  size_t max_idle_frames = 100;     // that carry nothing, beyond those that carry something
};

// An HTTP/2 connection, of either side, on a connected transport.
//
// Lives on one event loop and must be used from it only. Keeps itself alive while the socket is open. Output is
// gathered and sent once the loop has run what is ready, so that many small messages share one write. The connection's
// own window is given back at once: a stream that is read slowly holds up only itself. A server that has said its last
// word reads on for a second before it closes: bytes that nobody reads would make the kernel reset the connection, and
// the client lose that word.
class Session : public std::enable_shared_from_this<Session> {
 public:
  enum class Role { kClient, kServer };
  using Clock = std::chrono::steady_clock;

  // `listener` must outlive the session or be taken away with Detach.
  static std::shared_ptr<Session> Start(Role role, Transport transport, const SessionOptions& options,
                                        SessionListener* listener);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A client: opens a stream; 0 when the session takes no more.
  int32_t Open(const Headers& headers, std::shared_ptr<StreamListener> listener);
  // A server: an informational answer (1xx) before the one that counts.
  void Inform(int32_t stream, const Headers& headers);
  // A server: answers with headers; data may follow.
  void Respond(int32_t stream, const Headers& headers);
  // A server: answers with headers alone.
  void RespondAndEnd(int32_t stream, const Headers& headers);
  // Queues bytes. Nothing happens on a stream that is gone; so with all calls below.
  void Write(int32_t stream, std::string_view bytes);
  // After what was written, ends our half, with trailers if there are any.
  void End(int32_t stream, Headers trailers = {});
  void Reset(int32_t stream, uint32_t error_code);
  // After what was written, resets the stream with INTERNAL_ERROR: the peer knows that it is not whole.
  void Break(int32_t stream);
  // Opens the stream's window by as many bytes again.
  void Consume(int32_t stream, size_t bytes);

  // A server: asks the peer to open no more streams (GOAWAY with the highest id), and takes those that come all the
  // same. A peer that has opened none yet is asked with its first one, so that no connection is of no use.
  void Announce();
  // Takes no new streams, lets those running end, then closes. What a client has under way until it knows, a second
  // after the notice, is still taken; so is the first request of one that has just come.
  void Drain();
  // Closes now; the owner gets OnClosed, then every stream OnClose(CANCEL).
  void Close();
  // The owner is going away and wants no more calls.
  void Detach() { listener_ = nullptr; }

  bool open() const { return !closed_; }
  // Whether Open may succeed.
  bool accepts_streams() const { return !closed_ && !going_away_; }
  size_t stream_count() const { return streams_.size(); }
  // Whether the peer has said its first word, the SETTINGS.
  bool greeted() const { return greeted_; }
  // How often bytes have come from the peer: as long as it stays the same, the peer is silent.
  uint64_t reads() const { return reads_; }
  // When the write that still runs began: how long the peer has taken nothing.
  std::optional<Clock::time_point> writing_since() const { return writing_since_; }
  std::string PeerAddress() { return transport_.PeerAddress(); }

 private:
  struct Stream;
  struct Callbacks;

  Session(Role role, Transport transport, SessionListener* listener);
  void Configure(const SessionOptions& options);
  Stream* Find(int32_t id);
  bool Ends(const FrameHead& frame);
  bool CountIdle(std::string_view input);
  bool MayErrAgain(Clock::time_point now);
  void Read();
  void ScheduleFlush();
  void Flush();
  void FinishIfDone();
  void GiveNotice();
  void Leave();
  void SayGoodbye();
  void Linger();

  const Role role_;
  Transport transport_;
  SessionListener* listener_;
  nghttp2_session* session_ = nullptr;
  size_t max_header_bytes_ = 0;
  size_t max_header_count_ = 0;
  size_t max_idle_frames_ = 0;
  double most_errors_ = 0;
  double errors_per_second_ = 0;
  double errors_left_ = 0;  // of the peer, each of which makes us reset a stream
  Clock::time_point last_error_;
  FrameHeads heads_;
  size_t idle_frames_ = 0;                       // less one for each that carried something, opened or ended a stream
  absl::flat_hash_set<int32_t> ended_unopened_;  // streams that what was read last both opens and ends
  absl::flat_hash_map<int32_t, std::unique_ptr<Stream>> streams_;
  std::string output_;
  std::vector<char> input_;
  Timer timer_;                   // of a farewell
  Clock::time_point told_about_;  // when the peer must have known that we leave
  std::optional<Clock::time_point> writing_since_;
  uint64_t reads_ = 0;
  bool reading_ = false;
  bool greeted_ = false;
  bool flush_scheduled_ = false;
  bool going_away_ = false;
  bool notice_due_ = false;  // with the first stream
  bool draining_ = false;
  bool leaving_ = false;    // the last GOAWAY was said
  bool broken_ = false;     // a protocol error: send the GOAWAY and close
  bool lingering_ = false;  // what still comes is thrown away
  bool closed_ = false;
};

}  // namespace wenming::gateway::h2
