#pragma once

/// Catch2, whichever of versions 2 and 3 is installed. Tests use only what both have:
/// TEST_CASE, TEST_CASE_METHOD, SECTION, GENERATE with values() and from tables, CHECK and
/// REQUIRE and their relatives, INFO, CAPTURE, and the string and vector matchers below.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace automod::testing {

#if __has_include(<catch2/catch_all.hpp>)
using Catch::Matchers::ContainsSubstring;
#else
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

}  // namespace automod::testing
