#include "analyzers/treesitter/events.hpp"

#include <algorithm>
#include <tuple>

namespace automod::analyzers {

namespace {

/// Takes the matches of one text.
class Reader {
 public:
  Reader(const Query& query, std::string_view text, Events& events)
      : query_(query), text_(text), events_(events) {}

  void take(const Pattern& pattern, const TSNode* nodes) {
    definition_ = {};
    definition_.pattern = pattern.number;
    has_definition_ = false;
    extension_ = nullptr;
    for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
      for (const std::uint8_t capture : pattern.steps[i].captures) {
        take(nodes[i], query_.roles[capture]);
      }
    }
    if (has_definition_ && !ts_node_is_null(definition_.name)) {
      add_span(definition_.whole, Enclosure::kSymbol, events_.definitions.size());
      events_.definitions.push_back(definition_);
    } else if (extension_ != nullptr) {
      add_span(*extension_, Enclosure::kExtension, events_.scopes.size());
      events_.scopes.push_back(definition_.scope);
    } else if (definition_.is_declarator) {
      events_.declarators.push_back(definition_.name);
    }
  }

 private:
  void take(const TSNode& node, const Role& role) {
    switch (role.capture) {
      case Capture::kReference:
        return take_reference(node, role.use);
      case Capture::kDefinition:
        has_definition_ = true;
        definition_.whole = node;
        definition_.kind = role.kind;
        definition_.is_definition = role.is_definition;
        return;
      case Capture::kName:
      case Capture::kDeclarator:
        definition_.name = node;
        definition_.is_declarator = role.capture == Capture::kDeclarator;
        return;
      case Capture::kScope:
        definition_.scope = node;
        return;
      case Capture::kBody:
        definition_.body = node;
        return;
      case Capture::kExtension:
        extension_ = &node;
        return;
      default:
        take_simple(node, role);
    }
  }

  void take_simple(const TSNode& node, const Role& role) {
    switch (role.capture) {
      case Capture::kLocal:
        events_.locals.push_back(ts_node_start_byte(node));
        return;
      case Capture::kDoc:
      case Capture::kAttribute:
        events_.leads.push_back(mark(node, role.capture));
        return;
      case Capture::kDocInside:
        events_.docs.push_back(mark(node, role.capture));
        return;
      case Capture::kImport:
        events_.imports.push_back(mark(node, role.capture));
        return;
      case Capture::kExport:
        events_.exports.push_back(mark(node, role.capture));
        return;
      case Capture::kWrapper:
        return add_span(node, Enclosure::kWrapper);
      case Capture::kFriend:
        return add_span(node, Enclosure::kFriend);
      case Capture::kClosure:
        return add_span(node, Enclosure::kClosure);
      case Capture::kNest:
        return add_span(node, Enclosure::kNest);
      case Capture::kVisible:
        return add_span(node, Enclosure::kVisible, 0, role.visibility);
      case Capture::kSaid:
        return;
      case Capture::kLogical:
        if (is_logical(node)) events_.marks.push_back(mark(node, Capture::kBranch));
        return;
      case Capture::kParameter:
        events_.parameters.push_back(node);
        events_.marks.push_back(mark(node, role.capture));
        return;
      default:
        events_.marks.push_back(mark(node, role.capture));
    }
  }

  void take_reference(const TSNode& node, Use use) {
    const Mention mention{.begin = ts_node_start_byte(node),
                          .end = ts_node_end_byte(node),
                          .line = ts_node_start_point(node).row + 1,
                          .use = use};
    if (mention.begin == mention.end) return;  // only supposed by the parser
    if (ts_node_child_count(node) == 0) {
      events_.mentions.push_back(mention);
    } else {
      events_.stressed.push_back(mention);
      events_.stressed.back().end = end_of_name(mention);
    }
  }

  /// Without the template arguments that may end it: "f" of "f<int>", of "f::<int>".
  std::uint32_t end_of_name(const Mention& mention) const {
    constexpr std::uint32_t kLongest = 1000;
    std::uint32_t end = mention.end;
    if (text_[end - 1] != '>') return end;
    const std::uint32_t lowest = end - std::min(kLongest, end - mention.begin);
    int depth = 0;
    while (end > lowest) {
      const char c = text_[--end];
      if (c == '>' && !(end > 0 && text_[end - 1] == '-')) ++depth;
      if (c == '<' && --depth == 0) break;
    }
    while (end > lowest && (text_[end - 1] == ':' || text_[end - 1] == ' ')) --end;
    return end;
  }

  /// Is it one of those operators that leave out what stands behind them?
  bool is_logical(const TSNode& node) const {
    const TSNode sign = ts_node_child_by_field_name(node, "operator", 8);
    if (ts_node_is_null(sign)) return false;
    const std::string_view text = text_of(sign);
    return text == "&&" || text == "||" || text == "??" || text == "and" || text == "or";
  }

  void add_span(const TSNode& node, Enclosure kind, std::size_t index = 0,
                Visibility visibility = Visibility::kPublic) {
    events_.spans.push_back({.begin = ts_node_start_byte(node),
                             .end = ts_node_end_byte(node),
                             .index = static_cast<std::uint32_t>(index),
                             .pattern = definition_.pattern,
                             .kind = kind,
                             .visibility = visibility});
  }

  static Mark mark(const TSNode& node, Capture capture) {
    return {.begin = ts_node_start_byte(node),
            .end = ts_node_end_byte(node),
            .line = ts_node_start_point(node).row + 1,
            .capture = capture};
  }

  std::string_view text_of(const TSNode& node) const {
    const std::uint32_t begin = ts_node_start_byte(node);
    return text_.substr(begin, ts_node_end_byte(node) - begin);
  }

  const Query& query_;
  std::string_view text_;
  Events& events_;
  Definition definition_;
  bool has_definition_ = false;
  const TSNode* extension_ = nullptr;
};

/// Most lists come in order already.
template <class T, class Less>
void put_in_order(std::vector<T>& list, Less less) {
  if (!std::ranges::is_sorted(list, less)) std::ranges::sort(list, less);
}

bool is_earlier(const Mark& a, const Mark& b) {
  return std::tie(a.begin, a.end, a.capture) < std::tie(b.begin, b.end, b.capture);
}

/// What encloses others comes before them.
bool is_outer(const Span& a, const Span& b) {
  if (a.begin != b.begin) return a.begin < b.begin;
  if (a.end != b.end) return a.end > b.end;
  return std::tie(a.kind, a.pattern, a.index) < std::tie(b.kind, b.pattern, b.index);
}

/// One mention a place, with the best that is known of its use.
void merge_mentions(std::vector<Mention>& mentions, std::vector<Mention>& stressed) {
  put_in_order(mentions, [](const Mention& a, const Mention& b) { return a.begin < b.begin; });
  std::size_t kept = 0;
  const auto stress = [](Mention& mention, Use use) {
    if (mention.use != Use::kCall && use != Use::kName) mention.use = use;
  };
  for (const Mention& mention : mentions) {
    if (kept > 0 && mentions[kept - 1].begin == mention.begin) {
      stress(mentions[kept - 1], mention.use);
    } else {
      mentions[kept++] = mention;
    }
  }
  mentions.resize(kept);
  put_in_order(stressed, [](const Mention& a, const Mention& b) { return a.end < b.end; });
  auto at = mentions.begin();
  for (const Mention& one : stressed) {
    while (at != mentions.end() && at->end < one.end) ++at;
    if (at != mentions.end() && at->end == one.end) stress(*at, one.use);
  }
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n;") == text.npos; }

/// A symbol that is first in what wraps it, and ends with it, takes its place.
void unwrap(std::vector<Span>& spans, std::string_view text) {
  constexpr std::size_t kNoSymbol = ~std::size_t{0};
  std::vector<std::size_t> next(spans.size(), kNoSymbol);
  for (std::size_t i = spans.size(), symbol = kNoSymbol; i-- > 0;) {
    next[i] = symbol;
    if (spans[i].kind == Enclosure::kSymbol) symbol = i;
  }
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Span wrapper = spans[i];
    if (wrapper.kind != Enclosure::kWrapper || next[i] == kNoSymbol) continue;
    const Span symbol = spans[next[i]];
    const bool fits = symbol.begin >= wrapper.begin && symbol.end <= wrapper.end &&
                      is_blank(text.substr(symbol.end, wrapper.end - symbol.end));
    if (!fits) continue;
    for (std::size_t k = next[i]; k < spans.size() && spans[k].begin == symbol.begin; ++k) {
      if (spans[k].kind != Enclosure::kSymbol || spans[k].end != symbol.end) break;
      spans[k].begin = wrapper.begin;
      spans[k].end = wrapper.end;
    }
  }
  std::erase_if(spans, [](const Span& span) { return span.kind == Enclosure::kWrapper; });
}

}  // namespace

void Events::clear() {
  definitions.clear();
  spans.clear();
  scopes.clear();
  mentions.clear();
  stressed.clear();
  marks.clear();
  leads.clear();
  docs.clear();
  parameters.clear();
  declarators.clear();
  locals.clear();
  imports.clear();
  exports.clear();
}

bool read_events(const Query& query, const Tree& tree, std::string_view text, Deadline deadline,
                 Events& events) {
  events.clear();
  Reader reader(query, text, events);
  return match_all(
      query.patterns, tree, text, deadline,
      [&](const Pattern& pattern, const TSNode* nodes) { reader.take(pattern, nodes); });
}

void order_events(Events& events, std::string_view text) {
  merge_mentions(events.mentions, events.stressed);
  put_in_order(events.spans, is_outer);
  const bool has_wrappers = std::ranges::any_of(
      events.spans, [](const Span& span) { return span.kind == Enclosure::kWrapper; });
  if (has_wrappers) {
    unwrap(events.spans, text);
    put_in_order(events.spans, is_outer);
  }
  for (auto* list : {&events.marks, &events.leads, &events.docs, &events.imports}) {
    put_in_order(*list, is_earlier);
  }
}

}  // namespace automod::analyzers
