#pragma once

#include <string>

namespace automod::analyzers {

/// Version of the libclang that is linked: "Debian clang version 19.1.7 (3~deb12u1)".
std::string libclang_version();

}  // namespace automod::analyzers
