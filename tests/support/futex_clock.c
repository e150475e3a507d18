// Preloaded beside libfaketime, which knows of no futex: Abseil waits by calling it with a moment of the shifted clock, and the
// kernel compares that with the true one. Takes the shift, CLOCK_AHEAD_SECONDS, out of it again.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

static long ahead;
static long (*real_syscall)(long, ...);

__attribute__((constructor)) static void prepare(void) {
  const char* seconds = getenv("CLOCK_AHEAD_SECONDS");
  ahead = seconds == NULL ? 0 : strtol(seconds, NULL, 10);
  real_syscall = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long words[6];
  for (int i = 0; i < 6; ++i) words[i] = va_arg(list, long);
  va_end(list);
  if (real_syscall == NULL) prepare();
  struct timespec moment;
  if (number == SYS_futex && (words[1] & FUTEX_CLOCK_REALTIME) != 0 && words[3] != 0) {
    moment = *(const struct timespec*)words[3];
    moment.tv_sec -= ahead;
    if (moment.tv_sec < 0) moment.tv_sec = 0;
    words[3] = (long)&moment;
  }
  return real_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
