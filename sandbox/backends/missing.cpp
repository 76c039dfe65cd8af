#include "sandbox/backend.hpp"

namespace automod::sandbox {

namespace {
std::unexpected<Error> missing(const char* name) {
  return fail(ErrorKind::kUnavailable,
              std::string("the backend is not part of this build: ") + name);
}
}  // namespace

Result<std::unique_ptr<Backend>> make_image_engine(const std::string&, const std::string&) {
  return missing("image");
}

}  // namespace automod::sandbox
