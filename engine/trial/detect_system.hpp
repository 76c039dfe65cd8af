#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/detect.hpp"

/// One function for each build system. Each returns false, and leaves `found` alone, when the
/// tree does not look like its own.
namespace automod::trial {

bool detect_cmake(const TreeView& tree, Detected& found);
bool detect_meson(const TreeView& tree, Detected& found);
bool detect_cargo(const TreeView& tree, Detected& found);
bool detect_go(const TreeView& tree, Detected& found);
bool detect_npm(const TreeView& tree, Detected& found);
bool detect_python(const TreeView& tree, Detected& found);
bool detect_make(const TreeView& tree, Detected& found);

bool has_file(const TreeView& tree, std::string_view path);
/// Is there anything below the folder?
bool has_folder(const TreeView& tree, std::string_view folder);
/// Content of a file; empty where there is none.
std::string content_of(const TreeView& tree, std::string_view path);
/// Paths that match the glob, in order.
std::vector<std::string> matching(const TreeView& tree, std::string_view glob);
/// The text up to the comment sign in each line.
std::string without_comments(std::string_view text, char sign);
/// "a, b and c", at most five.
std::string enumerate(const std::vector<std::string>& names);
void protect(Config& config, const std::vector<std::string_view>& globs);

}  // namespace automod::trial
