#include "common/crypto/random.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace wenming::crypto {

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    std::fputs("no randomness available from the operating system\n", stderr);
    std::abort();
  }
  return bytes;
}

}  // namespace wenming::crypto
