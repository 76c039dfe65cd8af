#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine/propose/patch.hpp"
#include "tests/unit/support/git_fixture.hpp"

/// Any bytes at all as a patch. Whatever is accepted must make a tree, and the canonical diff of
/// that tree must be accepted too and make the same one.

namespace {

using namespace automod;

struct World {
  World() {
    std::string numbers;
    for (int i = 1; i <= 30; ++i) numbers += std::to_string(i) + "\n";
    git.write("a", numbers);
    git.write("dir/b", "x\nx\nx\ny\nx\nx\n");
    git.write("open", "a\nb");
    git.write("run", "r\n", true);
    git.write("empty", "");
    git.link("link", "dir");
    git.commit("base");
  }
  testing::GitFixture git;
};

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_accepted(repo::Repository& repo, const TreeId& base,
                    const std::vector<FileChange>& files, const propose::PatchLimits& limits) {
  if (files.empty()) give_up("accepted a patch that changes nothing");
  const auto tree = repo.write_tree(base, files);
  if (!tree) give_up(tree.error().message.c_str());
  const auto text = repo.diff(base, *tree);
  if (!text) give_up(text.error().message.c_str());
  const auto again = propose::read_patch(repo, base, *text, limits);
  if (!again) give_up(again.error().message.c_str());
  const auto same = repo.write_tree(base, *again);
  if (!same || *same != *tree) give_up("the canonical diff makes another tree");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  static const TreeId base{world.git.tree()};
  static auto repo = repo::Repository::open(world.git.root());
  if (!repo) give_up(repo.error().message.c_str());
  const propose::PatchLimits limits;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)propose::read_patch_header(text);
  if (const auto files = propose::read_patch(*repo, base, text, limits)) {
    check_accepted(*repo, base, *files, limits);
  }
  return 0;
}
