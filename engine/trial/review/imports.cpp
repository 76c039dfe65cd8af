#include "engine/trial/review/imports.hpp"

#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostDepth = 16;

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source), tokens_(source.tokens) {}

  Imports read() {
    const Family family = family_of(source_.language);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      switch (family) {
        case Family::kC:
          if (word(i) == "using" && word(i + 1) == "namespace" && word(i + 2) == "std") {
            found_.uses_std = true;
          }
          break;
        case Family::kPython:
          read_python(i);
          break;
        case Family::kScript:
          read_script(i);
          break;
        case Family::kGo:
          read_go(i);
          break;
        case Family::kRust:
          if (word(i) == "use") read_use(i + 1, "", 0);
          break;
        case Family::kJava:
          if (word(i) == "import") read_java(i + 1);
          break;
      }
    }
    return std::move(found_);
  }

 private:
  std::string_view word(std::size_t i) const {
    return i < tokens_.size() ? std::string_view(tokens_[i].text) : std::string_view();
  }
  bool is_name(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == TokenKind::kName;
  }
  std::string_view type_above(std::size_t i) const {
    return source_.parent_of(tokens_[i].node).type;
  }

  /// Names divided by `separator`, from `i`, which is left behind them.
  std::string path_from(std::size_t& i, std::string_view separator) const {
    std::string path;
    while (is_name(i)) {
      path += word(i++);
      if (word(i) != separator || !is_name(i + 1)) break;
      path += separator;
      ++i;
    }
    return path;
  }

  void add(const std::string& name, const std::string& alias, std::size_t line) {
    found_.seen.push_back({name, line});
    found_.aliases[alias] = name;
  }

  void read_python(std::size_t i) {
    if (word(i) == "import" && type_above(i) == "import_statement") read_plain_import(i + 1);
    if (word(i) == "from" && type_above(i) == "import_from_statement") read_from(i + 1);
  }

  void read_plain_import(std::size_t i) {
    while (is_name(i)) {
      const std::size_t line = tokens_[i].line;
      const std::string name = path_from(i, ".");
      found_.modules.insert(name);
      if (word(i) == "as" && is_name(i + 1)) {
        add(name, std::string(word(i + 1)), line);
        i += 2;
      } else {
        const std::string first = name.substr(0, name.find('.'));
        found_.seen.push_back({name, line});
        found_.aliases[first] = first;
        found_.modules.insert(first);
      }
      if (word(i) != ",") return;
      ++i;
    }
  }

  void read_from(std::size_t i) {
    if (word(i) == ".") return;  // the project's own
    const std::string module = path_from(i, ".");
    if (module.empty() || word(i) != "import") return;
    ++i;
    if (word(i) == "*") {
      found_.stars.push_back(module);
      found_.seen.push_back({module, tokens_[i].line});
      return;
    }
    if (word(i) == "(") ++i;
    while (is_name(i)) {
      const std::size_t line = tokens_[i].line;
      const std::string name(word(i++));
      std::string alias = name;
      if (word(i) == "as" && is_name(i + 1)) {
        alias = word(i + 1);
        i += 2;
      }
      add(module + "." + name, alias, line);
      if (word(i) != ",") return;
      ++i;
    }
  }

  void read_script(std::size_t i) {
    const bool is_import = type_above(i) == "import_statement" ||
                           type_above(i) == "import_clause" || type_above(i) == "export_statement";
    if (tokens_[i].kind == TokenKind::kString && is_import) {
      found_.seen.push_back({std::string(unquoted(word(i))), tokens_[i].line});
    }
  }

  void read_go(std::size_t i) {
    if (tokens_[i].kind != TokenKind::kString || type_above(i) != "import_spec") return;
    const std::string name(unquoted(word(i)));
    found_.seen.push_back({name, tokens_[i].line});
    const std::string last = name.substr(name.rfind('/') + 1);
    const bool is_renamed = i > 0 && is_name(i - 1) && type_above(i - 1) == "import_spec";
    if (is_renamed) found_.aliases[std::string(word(i - 1))] = last;
  }

  void read_java(std::size_t i) {
    if (word(i) == "static") ++i;
    const std::size_t line = i < tokens_.size() ? tokens_[i].line : 0;
    const std::string name = path_from(i, ".");
    if (!name.empty()) found_.seen.push_back({name, line});
  }

  /// One tree of a `use`, which may divide in braces; returns the token behind it.
  std::size_t read_use(std::size_t i, const std::string& prefix, std::size_t depth) {
    const std::size_t line = i < tokens_.size() ? tokens_[i].line : 0;
    if (word(i) == "::") ++i;
    std::string path = prefix + path_from(i, "::");
    if (word(i) == "::" && word(i + 1) == "{" && depth < kMostDepth) {
      i += 2;
      while (i < tokens_.size() && word(i) != "}" && word(i) != ";") {
        const std::size_t next = read_use(i, path + "::", depth + 1);
        i = next == i ? i + 1 : next;
        if (word(i) == ",") ++i;
      }
      return i + 1;
    }
    if (path == prefix) return i;
    if (path.ends_with("::self")) path.resize(path.size() - 6);
    std::string alias = path.substr(path.rfind(':') == path.npos ? 0 : path.rfind(':') + 1);
    if (word(i) == "as" && is_name(i + 1)) {
      alias = word(i + 1);
      i += 2;
    }
    add(path, alias, line);
    return i;
  }

  const Source& source_;
  const std::vector<Token>& tokens_;
  Imports found_;
};

}  // namespace

Imports imports_of(const Source& source) { return Reader(source).read(); }

}  // namespace automod::trial
