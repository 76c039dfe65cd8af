#include "cli/treemap.hpp"

#include <algorithm>
#include <cmath>

#include "tests/unit/catch.hpp"

using namespace automod::cli;

namespace {

constexpr Box kRoom = {0, 0, 400, 300};

double area(const Box& box) { return box.width * box.height; }

const TreemapCell& cell_of(const std::vector<TreemapCell>& cells, std::string_view path) {
  const auto found = std::ranges::find(cells, path, &TreemapCell::path);
  REQUIRE(found != cells.end());
  return *found;
}

bool is_inside(const Box& box, const Box& room) {
  constexpr double kSlack = 1e-6;
  return box.x >= room.x - kSlack && box.y >= room.y - kSlack &&
         box.x + box.width <= room.x + room.width + kSlack &&
         box.y + box.height <= room.y + room.height + kSlack;
}

bool are_apart(const Box& a, const Box& b) {
  constexpr double kSlack = 1e-6;
  return a.x + a.width <= b.x + kSlack || b.x + b.width <= a.x + kSlack ||
         a.y + a.height <= b.y + kSlack || b.y + b.height <= a.y + kSlack;
}

}  // namespace

TEST_CASE("files of one folder share the room by their sizes") {
  const auto cells = treemap({{"a", 60}, {"b", 30}, {"c", 10}}, kRoom);
  CHECK(cells.size() == 3);
  for (const auto& [path, share] : {std::pair{"a", 0.6}, {"b", 0.3}, {"c", 0.1}}) {
    CHECK(std::abs(area(cell_of(cells, path).box) - share * area(kRoom)) < 1e-6);
  }
}

TEST_CASE("no two files overlap, and each lies in the box of its folder") {
  std::vector<TreemapFile> files;
  for (int i = 1; i <= 40; ++i) {
    files.push_back({(i % 3 == 0 ? "src/deep/" : "src/") + std::to_string(i), i * 1.5});
    files.push_back({"tests/" + std::to_string(i), 40.0 - i + 1});
  }
  const auto cells = treemap(files, kRoom);
  for (const TreemapCell& one : cells) {
    CHECK(is_inside(one.box, kRoom));
    if (!one.file) continue;
    CHECK(files[*one.file].path == one.path);
    CHECK(is_inside(one.box, cell_of(cells, one.path.substr(0, one.path.rfind('/'))).box));
    for (const TreemapCell& other : cells) {
      if (&other != &one && other.file) CHECK(are_apart(one.box, other.box));
    }
  }
}

TEST_CASE("boxes of like sizes are nearly square") {
  std::vector<TreemapFile> files;
  for (int i = 0; i < 12; ++i) files.push_back({std::to_string(i), 5});
  for (const TreemapCell& cell : treemap(files, kRoom)) {
    CHECK(std::max(cell.box.width / cell.box.height, cell.box.height / cell.box.width) < 2);
  }
}

TEST_CASE("a chain of folders is one cell") {
  const auto cells = treemap({{"a/b/c/one", 1}, {"a/b/c/two", 1}, {"z", 1}}, kRoom);
  CHECK(cell_of(cells, "a/b/c").file == std::nullopt);
  CHECK(std::ranges::find(cells, "a", &TreemapCell::path) == cells.end());
}

TEST_CASE("a folder without room for its name does not show it") {
  const auto cells =
      treemap({{"small/a", 1}, {"small/b", 1}, {"large/a", 500}, {"large/b", 9}}, kRoom);
  CHECK(cell_of(cells, "large").has_label);
  CHECK_FALSE(cell_of(cells, "small").has_label);
}

TEST_CASE("no files, no cells") { CHECK(treemap({}, kRoom).empty()); }
