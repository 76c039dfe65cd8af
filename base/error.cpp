#include "base/error.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace automod {

Error Error::within(std::string_view doing) && {
  message = fmt::format("{}: {}", doing, message);
  return std::move(*this);
}

std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint) {
  return std::unexpected(Error{kind, std::move(message), std::move(hint)});
}

std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

std::unexpected<Error> fail_errno(std::string_view doing, int error_number) {
  std::string reason = std::generic_category().message(error_number);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z' &&
      !(reason.size() > 1 && reason[1] >= 'A' && reason[1] <= 'Z')) {
    reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
  }
  return fail(ErrorKind::kInternal, fmt::format("{}: {}", doing, reason));
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kRefused:
      return 1;
    case ErrorKind::kNeedsApproval:
      return 4;
    case ErrorKind::kUnavailable:
      return 3;
    case ErrorKind::kConflict:
      return 5;
    case ErrorKind::kInterrupted:
      return 130;
    case ErrorKind::kInternal:
      return 70;
  }
  return 70;
}

std::string_view name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return "usage";
    case ErrorKind::kRefused:
      return "refused";
    case ErrorKind::kNeedsApproval:
      return "needs_approval";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kInterrupted:
      return "interrupted";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace automod
