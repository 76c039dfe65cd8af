#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct Item {
  std::string name;
  std::vector<int> values;
};

void add_name(std::vector<std::string>& names, int id) {
  std::string name = "item-" + std::to_string(id);
  names.push_back(name);  // expect: cpp-copied-at-last-use
}

void add_name_moved(std::vector<std::string>& names, int id) {
  std::string name = "item-" + std::to_string(id);
  names.push_back(std::move(name));
}

class Store {
 public:
  void set(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    made[0] = 1;
    values_ = made;  // expect: cpp-copied-at-last-use
  }
  std::size_t set_and_ask(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    values_ = made;
    return made.size();
  }

 private:
  std::vector<int> values_;
};

void add_item(std::vector<Item>& items, int id) {
  Item item;
  item.name = std::to_string(id);
  items.push_back(item);  // expect: cpp-copied-at-last-use
}

void add_items(std::vector<Item>& items, int count) {
  Item item;
  item.name = "same";
  for (int i = 0; i < count; ++i) {
    items.push_back(item);
  }
}

Item made(int id) {
  std::string name = std::to_string(id);
  name += '!';
  Item item{name, {}};  // expect: cpp-copied-at-last-use
  return item;
}

Item made_moved(int id) {
  std::string name = std::to_string(id);
  name += '!';
  Item item{std::move(name), {}};
  return item;
}

std::size_t add_seen(std::vector<std::string>& names, int id) {
  std::string name = std::to_string(id);
  const std::string_view view = name;
  names.push_back(name);
  return view.size();
}

int total(std::vector<int> values) {  // expect: performance-unnecessary-value-param
  int sum = 0;
  for (const int one : values) sum += one;
  return sum;
}

int total_borrowed(const std::vector<int>& values) {
  int sum = 0;
  for (const int one : values) sum += one;
  return sum;
}

std::size_t letters(const std::vector<std::string>& words) {
  std::size_t count = 0;
  for (const std::string word : words) {  // expect: performance-for-range-copy
    count += word.size();
  }
  return count;
}

std::size_t letters_borrowed(const std::vector<std::string>& words) {
  std::size_t count = 0;
  for (const std::string& word : words) {
    count += word.size();
  }
  return count;
}
