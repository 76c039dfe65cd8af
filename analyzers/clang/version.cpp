#include "analyzers/clang/version.hpp"

#include <clang-c/CXString.h>
#include <clang-c/Index.h>

namespace automod::analyzers {

std::string libclang_version() {
  const CXString version = clang_getClangVersion();
  const char* text = clang_getCString(version);
  std::string copy = text == nullptr ? "" : text;
  clang_disposeString(version);
  return copy;
}

}  // namespace automod::analyzers
