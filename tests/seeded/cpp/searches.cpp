#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

int common(const std::vector<int>& left, const std::vector<int>& right) {
  int count = 0;
  for (const int one : left) {
    if (std::find(right.begin(), right.end(), one) != right.end()) {  // expect: cpp-search-in-loop
      ++count;
    }
  }
  return count;
}

int common_sorted(const std::vector<int>& left, const std::set<int>& right) {
  int count = 0;
  for (const int one : left) {
    if (right.contains(one)) ++count;
  }
  return count;
}

int known(const std::vector<std::string>& words, const std::vector<std::string>& names) {
  int count = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto place = std::ranges::find(names, words[i]);  // expect: cpp-search-in-loop
    if (place != names.end()) ++count;
  }
  return count;
}

int known_keywords(const std::vector<std::string>& words) {
  static constexpr std::array<const char*, 3> kNames = {"if", "for", "do"};
  int count = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (std::ranges::find(kNames, words[i]) != kNames.end()) ++count;
  }
  return count;
}

std::vector<int> distinct(const std::vector<int>& all) {
  std::vector<int> seen;
  for (const int one : all) {
    if (std::find(seen.begin(), seen.end(), one) == seen.end()) seen.push_back(one);
  }
  return seen;
}

struct User {
  int id = 0;
  int age = 0;
};
struct Order {
  int user = 0;
};

int ages(const std::vector<Order>& orders, const std::vector<User>& users) {
  int sum = 0;
  for (const Order& order : orders) {
    for (const User& user : users) {  // expect: cpp-search-in-loop
      if (user.id == order.user) {
        sum += user.age;
        break;
      }
    }
  }
  return sum;
}

int pairs(const std::vector<Order>& orders, const std::vector<User>& users) {
  int count = 0;
  for (const Order& order : orders) {
    for (const User& user : users) {
      count += user.id < order.user ? 1 : 0;
    }
  }
  return count;
}

bool has(const std::vector<int>& all, int one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

int overlap(const std::vector<int>& left, const std::vector<int>& right) {
  int count = 0;
  for (const int one : left) {
    if (has(right, one)) ++count;  // expect: cpp-search-behind-call
  }
  return count;
}

int with_zero(const std::vector<std::vector<int>>& rows) {
  int count = 0;
  for (const auto& row : rows) {
    if (has(row, 0)) ++count;
  }
  return count;
}

class Register {
 public:
  bool knows(int id) const {
    return std::ranges::find(ids_, id) != ids_.end();
  }
  void add(int id) { ids_.push_back(id); }

 private:
  std::vector<int> ids_;
};

int registered(const Register& all, const std::vector<int>& ids) {
  int count = 0;
  for (const int id : ids) {
    if (all.knows(id)) ++count;  // expect: cpp-search-behind-call
  }
  return count;
}

void enter(Register& all, const std::vector<int>& ids) {
  for (const int id : ids) {
    if (!all.knows(id)) all.add(id);
  }
}
