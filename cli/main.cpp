#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cli/run.hpp"

namespace {

automod::CancelToken cancel_token;
volatile std::sig_atomic_t received = 0;

/// The first signal asks for an orderly end, the second takes it.
extern "C" void on_signal(int number) {
  if (received != 0) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  received = number;
  cancel_token.request();
}

void listen_for_signals() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    // Who started us may have had it ignored on purpose (nohup).
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      sigaction(number, &action, nullptr);
    }
  }
}

/// A page of a mapped file that the disk has no room for, or cannot read.
extern "C" void on_lost_page(int) {
  constexpr std::string_view kWords =
      "automod: error: the disk has no room for a file that is in use, or cannot read it\n"
      "automod: hint: make room on the disk; what was recorded before is safe\n";
  const auto told = write(STDERR_FILENO, kWords.data(), kWords.size());
  (void)told;
  _exit(automod::exit_code(automod::ErrorKind::kInternal));
}

/// Ends the way the signal would have ended us, so that a shell or make sees it.
[[noreturn]] void die_of(int number) {
  std::cout.flush();
  std::signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
  std::raise(number);
  std::_Exit(128 + number);
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::string_view(value) : std::string_view();
}

std::size_t terminal_width() {
  std::size_t columns = 0;
  const std::string_view wanted = variable("COLUMNS");
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), columns);
  return columns >= 20 && columns <= 1000 ? columns : 80;
}

int run_program(const std::vector<std::string>& words) {
  const automod::SystemClock clock;
  const bool dumb = variable("TERM") == "dumb";
  const automod::cli::World world{.in = std::cin,
                                  .out = std::cout,
                                  .err = std::cerr,
                                  .clock = clock,
                                  .cancel = cancel_token,
                                  .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                  .err_is_terminal = isatty(STDERR_FILENO) == 1,
                                  .color_allowed = variable("NO_COLOR").empty() && !dumb,
                                  .dumb_terminal = dumb,
                                  .width = terminal_width()};
  try {
    return automod::cli::run(words, world);
  } catch (const std::exception& error) {
    return automod::cli::report({automod::ErrorKind::kInternal, error.what(), ""}, words, world);
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  std::ios::sync_with_stdio(false);
  listen_for_signals();
  std::signal(SIGBUS, on_lost_page);
  const int code = run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  std::cout.flush();
  if (code == 130 && received != 0) die_of(received);
  return code;
}
