#include <regex>
#include <string>
#include <vector>

class Page {
 public:
  void add(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      text_ = text_ + word + " ";  // expect: cpp-string-rebuilt-in-loop
    }
  }
  void append(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      text_ += word;
      text_ += ' ';
    }
  }

 private:
  std::string text_;
};

struct Entry {
  std::string text;
};

void fill(Entry& entry, int count) {
  for (int i = 0; i < count; ++i) {
    entry.text = entry.text + "x";  // expect: cpp-string-rebuilt-in-loop
  }
}

void fill_each(std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    entry.text = entry.text + "x";
  }
}

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    all = all + word;  // expect: performance-inefficient-string-concatenation
  }
  return all;
}

std::string join_quickly(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    all += word;
  }
  return all;
}

std::string quoted(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    all += word + ", ";  // expect: cpp-concatenation-in-loop
  }
  return all;
}

std::string quoted_quickly(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    all += word;
    all += ", ";
  }
  return all;
}

bool is_number(const std::string& text) {
  const std::regex number("[0-9]+");  // expect: cpp-regex-each-call
  return std::regex_match(text, number);
}

bool is_word(const std::string& text) {
  static const std::regex word("[a-z]+");
  return std::regex_match(text, word);
}

bool is_name(const std::string& text) {
  const std::regex name("[A-Z][a-z]+");
  return std::regex_match(text, name);
}

int count_matches(const std::vector<std::string>& lines) {
  int count = is_name(lines.front()) ? 1 : 0;
  for (const std::string& line : lines) {
    if (is_number(line) || is_word(line)) ++count;
  }
  return count;
}

int count_blank(const std::vector<std::string>& lines) {
  int count = 0;
  for (const std::string& line : lines) {
    std::regex blank("\\s*");  // expect: cpp-regex-each-call
    count += std::regex_match(line, blank) ? 1 : 0;
  }
  return count;
}

int count_blank_quickly(const std::vector<std::string>& lines) {
  int count = 0;
  std::regex blank("\\s*");
  for (const std::string& line : lines) {
    count += std::regex_match(line, blank) ? 1 : 0;
  }
  return count;
}

int count_hex(const std::vector<std::string>& lines) {
  int count = 0;
  for (const std::string& line : lines) {
    const std::regex hex("[0-9a-f]+");  // expect: cpp-regex-in-loop
    count += std::regex_match(line, hex) ? 1 : 0;
  }
  return count;
}
