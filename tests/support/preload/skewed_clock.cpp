// Loaded into a process with LD_PRELOAD: its calendar clock is off by SKEW seconds, and jumps by another SKEW every SKEW_EVERY
// seconds of the true clock, back and forth. What it sees of file times is not changed, as on a machine whose server has its own clock.

#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <cstdlib>

namespace {

using GetTime = int (*)(clockid_t, timespec*);

GetTime true_clock() {
  static const auto found = reinterpret_cast<GetTime>(dlsym(RTLD_NEXT, "clock_gettime"));
  return found;
}

long number(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

long skew() {
  static const long seconds = number("SKEW"), every = number("SKEW_EVERY");
  timespec now{};
  true_clock()(CLOCK_MONOTONIC, &now);
  return every > 0 && (now.tv_sec / every) % 2 == 1 ? 2 * seconds : seconds;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int code = true_clock()(clock, time);
  if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += skew();
  return code;
}

extern "C" time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

extern "C" int gettimeofday(timeval* __restrict out, void* __restrict) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
