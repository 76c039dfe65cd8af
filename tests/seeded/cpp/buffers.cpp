#include <string>
#include <vector>

int longest(const std::vector<std::vector<std::string>>& table) {
  std::size_t most = 0;
  for (const auto& row : table) {
    for (const std::string& cell : row) {
      std::string quoted;  // expect: cpp-buffer-in-inner-loop
      quoted += '"';
      quoted.append(cell);
      if (quoted.size() > most) most = quoted.size();
    }
  }
  return static_cast<int>(most);
}

int longest_reused(const std::vector<std::vector<std::string>>& table) {
  std::size_t most = 0;
  std::string quoted;
  for (const auto& row : table) {
    for (const std::string& cell : row) {
      quoted.clear();
      quoted += '"';
      quoted.append(cell);
      if (quoted.size() > most) most = quoted.size();
    }
  }
  return static_cast<int>(most);
}

int sum_of(const std::vector<int>& values);

int sums(const std::vector<std::vector<int>>& table, int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) {
    for (const auto& row : table) {
      std::vector<int> odd;  // expect: cpp-buffer-in-inner-loop
      for (const int one : row) {
        if (one % 2 != 0) odd.push_back(one);
      }
      sum += sum_of(odd);
    }
  }
  return sum;
}

std::vector<std::vector<int>> kept(const std::vector<std::vector<int>>& table, int times) {
  std::vector<std::vector<int>> all;
  for (int i = 0; i < times; ++i) {
    for (const auto& row : table) {
      std::vector<int> odd;
      for (const int one : row) {
        if (one % 2 != 0) odd.push_back(one);
      }
      all.push_back(std::move(odd));
    }
  }
  return all;
}
