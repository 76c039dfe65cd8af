#pragma once

#include <filesystem>

/// Room on the disk that is kept so that on a full one there is still enough to write down what
/// went wrong.
namespace automod::store {

/// Makes the file of 1 MiB where it is missing, as far as there is room.
void keep_reserve(const std::filesystem::path& folder);

/// Is there hardly any room left?
bool is_short_of_room(const std::filesystem::path& folder);

/// Gives the room up. False when there was none.
bool spend_reserve(const std::filesystem::path& folder);

}  // namespace automod::store
