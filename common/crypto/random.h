// Randomness for keys, nonces, salts and ids.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace wenming::crypto {

// Where the code that needs randomness takes it from; thread-safe. Tests pass a function of their own.
using RandomSource = std::function<std::string(size_t)>;

// That many unpredictable bytes, from OpenSSL's generator. Thread-safe. Ends the process when the operating system has
// no randomness to give, as nothing safe can be done without.
std::string RandomBytes(size_t size);

}  // namespace wenming::crypto
