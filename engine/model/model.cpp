#include "engine/model/model.hpp"

namespace automod::model {

namespace {

ErrorKind kind_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::kDeclined:
      return ErrorKind::kRefused;
    case FailureKind::kInterrupted:
      return ErrorKind::kInterrupted;
    case FailureKind::kKey:
    case FailureKind::kQuestion:
    case FailureKind::kLimit:
    case FailureKind::kBusy:
    case FailureKind::kBroken:
    case FailureKind::kSlow:
      return ErrorKind::kUnavailable;
  }
  return ErrorKind::kUnavailable;
}

}  // namespace

bool is_passing(FailureKind kind) {
  switch (kind) {
    case FailureKind::kLimit:
    case FailureKind::kBusy:
    case FailureKind::kBroken:
    case FailureKind::kSlow:
      return true;
    case FailureKind::kKey:
    case FailureKind::kQuestion:
    case FailureKind::kDeclined:
    case FailureKind::kInterrupted:
      return false;
  }
  return false;
}

std::string_view name(FailureKind kind) {
  switch (kind) {
    case FailureKind::kKey:
      return "key";
    case FailureKind::kQuestion:
      return "question";
    case FailureKind::kLimit:
      return "limit";
    case FailureKind::kBusy:
      return "busy";
    case FailureKind::kBroken:
      return "broken";
    case FailureKind::kSlow:
      return "slow";
    case FailureKind::kDeclined:
      return "declined";
    case FailureKind::kInterrupted:
      return "interrupted";
  }
  return "broken";
}

Error error_of(const Failure& failure) {
  return {kind_of(failure.kind), failure.message, failure.hint};
}

}  // namespace automod::model
