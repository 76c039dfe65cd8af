#include "cli/treemap.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

namespace automod::cli {

namespace {

constexpr double kGap = 1;          // around a folder
constexpr double kLeastLabel = 46;  // width and height from which a folder shows its name

struct Node {
  std::string path;
  double size = 0;
  std::optional<std::size_t> file;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> inside;
};

Node& child(Node& folder, std::string_view name) {
  auto& place = folder.inside[std::string(name)];
  if (!place) {
    place = std::make_unique<Node>();
    place->path = folder.path.empty() ? std::string(name) : folder.path + '/' + std::string(name);
  }
  return *place;
}

void add(Node& root, const TreemapFile& file, std::size_t number) {
  Node* at = &root;
  std::string_view rest = file.path;
  while (true) {
    at->size += file.size;
    const std::size_t slash = rest.find('/');
    at = &child(*at, rest.substr(0, slash));
    if (slash == rest.npos) break;
    rest.remove_prefix(slash + 1);
  }
  at->size += file.size;
  at->file = number;
}

const Node& without_chain(const Node& node) {
  const Node* at = &node;
  while (!at->file && at->inside.size() == 1 && !at->inside.begin()->second->file) {
    at = at->inside.begin()->second.get();
  }
  return *at;
}

/// How far from a square the worst box of a row is: 1 is best.
double worst(double largest, double smallest, double sum, double side) {
  return std::max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest));
}

class Layout {
 public:
  std::vector<TreemapCell> cells;

  void place(const Node& shown, const Box& box) {
    const Node& node = without_chain(shown);
    TreemapCell& cell = cells.emplace_back();
    cell = {.box = box, .path = node.path, .file = node.file};
    if (node.file) return;
    cell.has_label = box.width >= kLeastLabel && box.height >= kLeastLabel;
    fill(node, inner(box, cell.has_label));
  }

  /// Row by row along the shorter side, each as long as its boxes come nearer to squares by it.
  void fill(const Node& node, Box room) {
    std::vector<const Node*> left;
    for (const auto& [name, one] : node.inside) left.push_back(one.get());
    std::ranges::sort(left, [](const Node* a, const Node* b) {
      return a->size != b->size ? a->size > b->size : a->path < b->path;
    });
    const double scale = room.width * room.height / node.size;
    for (std::size_t begin = 0; begin < left.size();) {
      const double side = std::min(room.width, room.height);
      std::size_t end = begin + 1;
      double sum = left[begin]->size * scale;
      const double largest = sum;
      while (end < left.size()) {
        const double next = left[end]->size * scale;
        const double before = left[end - 1]->size * scale;
        if (worst(largest, next, sum + next, side) > worst(largest, before, sum, side)) break;
        sum += next;
        ++end;
      }
      row({left.begin() + static_cast<std::ptrdiff_t>(begin),
           left.begin() + static_cast<std::ptrdiff_t>(end)},
          sum, scale, room);
      begin = end;
    }
  }

 private:
  static Box inner(Box box, bool has_label) {
    const double top = has_label ? kTreemapLabel : kGap;
    return {.x = box.x + kGap,
            .y = box.y + top,
            .width = std::max(0.0, box.width - 2 * kGap),
            .height = std::max(0.0, box.height - top - kGap)};
  }

  void row(const std::vector<const Node*>& nodes, double sum, double scale, Box& room) {
    const bool is_column = room.width >= room.height;
    const double side = is_column ? room.height : room.width;
    const double depth = side > 0 ? sum / side : 0;
    double along = 0;
    for (const Node* node : nodes) {
      const double length = depth > 0 ? node->size * scale / depth : 0;
      place(*node, is_column ? Box{room.x, room.y + along, depth, length}
                             : Box{room.x + along, room.y, length, depth});
      along += length;
    }
    (is_column ? room.x : room.y) += depth;
    double& shorter = is_column ? room.width : room.height;
    shorter = std::max(0.0, shorter - depth);
  }
};

}  // namespace

std::vector<TreemapCell> treemap(const std::vector<TreemapFile>& files, const Box& room) {
  Node root;
  for (std::size_t i = 0; i < files.size(); ++i) add(root, files[i], i);
  Layout layout;
  if (root.size > 0) layout.fill(root, room);
  return std::move(layout.cells);
}

}  // namespace automod::cli
