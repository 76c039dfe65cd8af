#pragma once

#include "engine/engine.hpp"

namespace automod::testing {

/// For what nobody watches.
struct Silent final : Observer {
  void begin(std::string_view) override {}
  void progress(std::size_t, std::size_t, std::string_view) override {}
  void note(std::string_view) override {}
};

}  // namespace automod::testing
