#include <algorithm>
#include <deque>
#include <string>
#include <vector>

void drop_odd(std::vector<int>& all) {
  for (auto at = all.begin(); at != all.end();) {
    if (*at % 2 != 0) {
      at = all.erase(at);  // expect: cpp-erase-in-loop
    } else {
      ++at;
    }
  }
}

void drop_odd_at_once(std::vector<int>& all) {
  std::erase_if(all, [](int one) { return one % 2 != 0; });
}

int take_all(std::vector<int>& queue) {
  int sum = 0;
  while (!queue.empty()) {
    sum += queue.front();
    queue.erase(queue.begin());  // expect: cpp-erase-in-loop
  }
  return sum;
}

int take_all_quickly(std::deque<int>& queue) {
  int sum = 0;
  while (!queue.empty()) {
    sum += queue.front();
    queue.erase(queue.begin());
  }
  return sum;
}

void drop_first_odd(std::vector<int>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] % 2 == 0) continue;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    break;
  }
}

void drop_blanks(std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      text.erase(text.begin() + static_cast<std::ptrdiff_t>(i));  // expect: cpp-erase-in-loop
    } else {
      ++i;
    }
  }
}

void drop_blanks_at_once(std::string& text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
}

std::vector<int> reversed(const std::vector<int>& from) {
  std::vector<int> all;
  for (const int one : from) {
    all.insert(all.begin(), one);  // expect: cpp-insert-at-front-in-loop
  }
  return all;
}

std::vector<int> reversed_once(const std::vector<int>& from) {
  return std::vector<int>(from.rbegin(), from.rend());
}

void queue_up(std::vector<std::string>& lines, int count) {
  for (int i = 0; i < count; ++i) {
    lines.insert(lines.begin(), std::to_string(i));  // expect: cpp-insert-at-front-in-loop
  }
}

void put_first(std::vector<std::string>& lines, const std::string& line) {
  lines.insert(lines.begin(), line);
}

bool next_event(int& closed);

void serve(std::vector<int>& clients) {
  int closed = 0;
  while (next_event(closed)) {
    const auto place = std::find(clients.begin(), clients.end(), closed);
    if (place != clients.end()) clients.erase(place);
  }
}
