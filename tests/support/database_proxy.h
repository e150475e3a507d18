// Stands between a client and the database, and loses an answer when it is told to.
#ifndef WENMING_TESTS_SUPPORT_DATABASE_PROXY_H_
#define WENMING_TESTS_SUPPORT_DATABASE_PROXY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace wenming::test {

// Forwards every connection made to socket() to the server's socket. Armed, it lets the next statement of the given
// text reach the server, waits for the answer, and then cuts the connection instead of passing it on: the client cannot
// know what became of its statement, and the statement has taken place.
//
// Thread-safe.
class DatabaseProxy {
 public:
  explicit DatabaseProxy(const std::string& server);
  ~DatabaseProxy();
  DatabaseProxy(const DatabaseProxy&) = delete;
  DatabaseProxy& operator=(const DatabaseProxy&) = delete;

  const std::string& socket() const { return socket_; }
  // Loses the answer of the next COMMIT.
  void LoseNextCommit() { armed_ = true; }
  int lost() const { return lost_; }

 private:
  void Accept();
  void Forward(int client, int server);

  const std::string server_;
  std::string folder_;
  std::string socket_;
  int listener_ = -1;
  std::atomic<bool> armed_ = false;
  std::atomic<bool> stop_ = false;
  std::atomic<int> lost_ = 0;
  std::vector<std::thread> connections_;  // of the accepting thread alone until it has ended
  std::thread acceptor_;
};

}  // namespace wenming::test

#endif  // WENMING_TESTS_SUPPORT_DATABASE_PROXY_H_
