#include "engine/sign/purpose.hpp"

namespace automod::sign {

std::string_view namespace_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::kCommit:
      return "git";
    case Purpose::kEvidence:
      return "automod-evidence-v1";
    case Purpose::kLedger:
      return "automod-ledger-v1";
  }
  return "";
}

}  // namespace automod::sign
