#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wenming::gateway {

// Callers of each protocol that do nothing but call a gateway before a library, moving to another connection when they
// are asked to.
class Load {
 public:
  Load(uint16_t http, uint16_t grpc) : http_(http), grpc_(grpc) {}
  ~Load() { Stop(); }

  // Each starts one caller. Reads may be made twice; changes, which come without a request id, may not.
  void StartHttp1() { Run(&Load::Http1); }
  void StartHttp1Changes() { Run(&Load::Http1Changes); }
  void StartHttp2() { Run(&Load::Http2); }
  void StartGrpc() { Run(&Load::Grpc); }
  void StartGrpcChanges() { Run(&Load::GrpcChanges); }
  void Stop();

  int good() const { return good_; }
  int bad() const { return bad_; }
  // What the first failures were.
  std::string faults();

 private:
  void Run(void (Load::*call)());
  void Count(bool good, const std::string& fault);
  void CallHttp1(const std::string& request, const char* what);
  void Http1();
  void Http1Changes();
  void Http2();
  void Grpc();
  void GrpcChanges();

  const uint16_t http_;
  const uint16_t grpc_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> good_ = 0;
  std::atomic<int> bad_ = 0;
  std::mutex mutex_;
  std::string faults_;
  std::vector<std::thread> callers_;
};

}  // namespace wenming::gateway
