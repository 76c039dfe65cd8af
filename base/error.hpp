#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace automod {

/// What went wrong, for code to branch on. Each kind has one exit code.
enum class ErrorKind {
  kUsage,          // the caller asked for something that does not exist or is malformed
  kRefused,        // the input was understood and is not acceptable (a hostile patch)
  kNeedsApproval,  // only a person may let this pass
  kUnavailable,    // this machine lacks what it takes (no sandbox, missing tool)
  kConflict,       // somebody else moved or holds what we need
  kInterrupted,    // the user asked us to stop
  kInternal,       // disk, database or our own mistake
};

/// A failure of our own work. What a candidate does wrong is evidence, never an Error.
struct Error {
  ErrorKind kind;
  std::string message;  // lower case, no final period; what was found, what was wanted
  std::string hint;     // the next step, may be empty

  /// Prefixes the message with what was being done. Each layer adds itself at most once.
  Error within(std::string_view doing) &&;
};

template <class T>
using Result = std::expected<T, Error>;

std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {});

/// Passes on an error that already exists.
std::unexpected<Error> fail(Error error);

/// The `errno` of a failed system call as an Error: "opening /x: permission denied".
/// Interrupted and out-of-space stay recognisable by their text; the kind is kInternal.
std::unexpected<Error> fail_errno(std::string_view doing, int error_number);

/// Exit code of the program for an error of this kind (design: 1, 2, 3, 4, 5, 70; 130 interrupted).
int exit_code(ErrorKind kind);

/// Stable name used in JSON: "usage", "refused", …
std::string_view name(ErrorKind kind);

}  // namespace automod
