#pragma once

#include <cerrno>
#include <span>
#include <string>

/// The program of the attack suite: small functions, each of which tries one thing that a
/// sandboxed program must not be able to do. Every one of them is harmless where it succeeds, so
/// that it can be shown to work outside as well.
namespace automod::attack {

enum class How {
  kThrough,  // the attack did what it is for
  kDenied,
  kUnable,  // what it needs is not here: neither a success nor a denial
};

struct Seen {
  How how = How::kUnable;
  std::string what;  // one line
};

Seen through(std::string what);
Seen denied(std::string what);
Seen unable(std::string why);

/// By the result of a system call and `errno`.
Seen tried(long result);

/// By a call that nobody would grant, since its arguments make no sense: to hear anything but
/// `refusal` is to have spoken to the kernel, past the filter.
Seen reached(long result, int refusal = EPERM);

/// A layer of the sandbox that can be seen from inside: is it there?
Seen layer(bool there, const std::string& what);

using Arguments = std::span<char* const>;

/// The argument at `index`, or an empty string.
std::string argument(Arguments arguments, std::size_t index);
long number(Arguments arguments, std::size_t index);

struct Attempt {
  const char* name;
  Seen (*run)(Arguments arguments);
};

std::span<const Attempt> privilege_attempts();
std::span<const Attempt> file_attempts();
std::span<const Attempt> kernel_attempts();
std::span<const Attempt> process_attempts();
std::span<const Attempt> network_attempts();
std::span<const Attempt> limit_attempts();
std::span<const Attempt> output_attempts();
std::span<const Attempt> host_attempts();
std::span<const Attempt> layer_attempts();

/// `unconfined [--plain] [--soft PLACE]... -- PROGRAM ARGUMENT...`: the control. Runs the program
/// where nothing stops it but the walls of a namespace that is thrown away (none with --plain; a
/// place that is called soft is covered with a writable file system of its own). Says on stdin, a
/// socket, how it ended, and takes the namespace down when the other side closes that.
int unconfined(Arguments arguments);

/// The beginning of a file, at most 64 KiB; empty when it cannot be read.
std::string content(const char* path);

/// The value of "Name:" in /proc/self/status.
std::string status_field(const std::string& name);

}  // namespace automod::attack
