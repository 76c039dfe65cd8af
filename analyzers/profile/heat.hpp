#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "analyzers/index/codebase.hpp"
#include "analyzers/profile/profile.hpp"

namespace automod::analyzers {

/// A profile's answers for the functions and lines of a codebase. The codebase is borrowed.
class Heat {
 public:
  /// A function of the profile is that of the codebase which has its last name, in the file whose
  /// path ends the profile's or the other way round. Where no file is known it is the one of the
  /// same qualified name; outside of C and C++ the profile's may have more before it, such as the
  /// package. A file that is known and none of the codebase leaves those that have a qualifier.
  Heat(const Profile& profile, const Codebase& code);
  Heat(Heat&&) noexcept;
  ~Heat();

  /// All that the functions of the profile that are this one take together, at most all of it.
  Share of_function(SymbolAt function) const;
  /// nullopt: the profile knows no cost of this line.
  std::optional<Share> of_line(std::uint32_t file, std::size_t line) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::analyzers
