#include "analyzers/treesitter/sweep.hpp"

#include <algorithm>
#include <queue>
#include <unordered_set>
#include <utility>

#include "analyzers/treesitter/docs.hpp"
#include "analyzers/treesitter/drafts.hpp"
#include "analyzers/treesitter/name_table.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

/// What is open at a place of the text.
struct Frame {
  std::uint32_t begin = 0;
  std::uint32_t end = ~0u;
  Enclosure kind = Enclosure::kNest;
  const void* node = nullptr;   // of kSymbol
  std::uint32_t first = kNone;  // of kSymbol: the symbols that one declaration makes
  std::uint32_t last = kNone;
  std::uint32_t within = kNone;    // the innermost symbol
  std::uint32_t function = kNone;  // the symbol that branches count for
  std::uint32_t depth = 0;         // of statements in it
  std::uint32_t scope = kNone;     // of an extension: a name
  std::uint32_t body = ~0u;        // of kSymbol: where it begins and ends
  std::uint32_t body_end = 0;
  std::uint32_t parameter_end = 0;
  bool takes_parameters = false;
  bool is_local = false;  // variables in here die with a function
  bool is_friend = false;
  bool is_extension = false;
  std::optional<Visibility> said;
  std::optional<Visibility> access;
};

struct IsLater {
  bool operator()(const Draft& a, const Draft& b) const {
    return std::pair(a.whole.begin, a.name.begin) > std::pair(b.whole.begin, b.name.begin);
  }
};

class Sweep {
 public:
  Sweep(const Source& source, Events& events, Deadline deadline, FileFacts& facts)
      : source_(source),
        events_(events),
        deadline_(deadline),
        facts_(facts),
        docs_(source, events) {
    names_.begin(facts.names);
  }

  bool run(const std::vector<Draft>& more) {
    for (const Draft& draft : more) later_.push(draft);
    mark_locals();
    stack_.assign(1, Frame());
    for (const Span& span : events_.spans) {
      if (span.begin == span.end) continue;
      advance(span.begin);
      open(span);
      if (++steps_ % 256 == 0 && is_late()) return false;
    }
    advance(static_cast<std::uint32_t>(source_.text.size()));
    take_exports();
    return !is_late();
  }

 private:
  bool is_late() const { return is_past(deadline_); }

  Frame& top() { return stack_.back(); }

  void close_before(std::uint32_t at) {
    while (top().end <= at) stack_.pop_back();
  }

  /// Everything that begins before this place, in order: what was put off, marks, mentions.
  void advance(std::uint32_t until) {
    for (;;) {
      const std::uint32_t put_off = later_.empty() ? ~0u : later_.top().whole.begin;
      take_points(std::min(until, put_off));
      if (put_off >= until) return;
      const Draft draft = later_.top();
      later_.pop();
      close_before(draft.whole.begin);
      settle(draft);
    }
  }

  void take_points(std::uint32_t until) {
    const auto& marks = events_.marks;
    const auto& docs = events_.docs;
    for (;;) {
      const std::uint32_t mark = mark_ < marks.size() ? marks[mark_].begin : ~0u;
      const std::uint32_t doc = doc_ < docs.size() ? docs[doc_].begin : ~0u;
      take_mentions(std::min({until, mark, doc}));
      if (std::min(mark, doc) >= until) return;
      close_before(std::min(mark, doc));
      if (mark <= doc) {
        take_mark(marks[mark_++]);
      } else {
        take_doc(docs[doc_++]);
      }
    }
  }

  void take_mentions(std::uint32_t until) {
    auto& mentions = events_.mentions;
    for (; mention_ < mentions.size() && mentions[mention_].begin < until; ++mention_) {
      const Mention& mention = mentions[mention_];
      if (mention.defines) continue;
      close_before(mention.begin);
      facts_.references.push_back({.name = names_.add(text(mention.begin, mention.end)),
                                   .within = symbol_at(mention.begin),
                                   .line = mention.line,
                                   .begin = mention.begin,
                                   .use = mention.use});
      if (++steps_ % 4096 == 0 && is_late()) mention_ = mentions.size() - 1;
    }
  }

  /// Of several symbols that one declaration makes: the last that was named before.
  std::uint32_t symbol_at(std::uint32_t place) {
    const Frame& frame = top();
    if (frame.first == frame.last) return frame.within;
    std::uint32_t symbol = frame.last;
    while (symbol > frame.first && facts_.symbols[symbol].name_at.begin > place) --symbol;
    return symbol;
  }

  void take_mark(const Mark& mark) {
    Frame& frame = top();
    switch (mark.capture) {
      case Capture::kBranch:
        if (frame.function != kNone) ++facts_.symbols[frame.function].metrics.branches;
        return;
      case Capture::kParameter:
        return take_parameter(mark);
      case Capture::kAccess:
        if (mark.begin >= frame.body) frame.access = visibility_word(text(mark.begin, mark.end));
        return;
      case Capture::kVisibility:
        if (const auto word = visibility_word(text(mark.begin, mark.end))) {
          for_head(mark, [&](Symbol& symbol) { symbol.visibility = *word; });
        }
        return;
      case Capture::kConstant:
        for_head(mark, [](Symbol& symbol) {
          if (symbol.kind == SymbolKind::kField || symbol.kind == SymbolKind::kVariable) {
            symbol.kind = SymbolKind::kConstant;
          }
        });
        return;
      default:
        return;
    }
  }

  /// The symbols in whose head a mark stands.
  template <class Change>
  void for_head(const Mark& mark, Change change) {
    const Frame& frame = top();
    if (frame.first == kNone || facts_.symbols[frame.first].name_at.begin < mark.begin) return;
    for (std::uint32_t i = frame.first; i <= frame.last; ++i) change(facts_.symbols[i]);
  }

  void take_parameter(const Mark& mark) {
    Frame& frame = top();
    if (!frame.takes_parameters || mark.begin >= frame.body || mark.begin < frame.parameter_end ||
        mark.begin < facts_.symbols[frame.first].name_at.end ||
        text(mark.begin, mark.end) == "void") {
      return;
    }
    ++facts_.symbols[frame.first].metrics.parameters;
    frame.parameter_end = mark.end;
  }

  void take_doc(const Mark& mark) {
    if (top().within != kNone) facts_.symbols[top().within].doc = {mark.begin, mark.end};
  }

  void open(const Span& span) {
    close_before(span.begin);
    if (span.kind == Enclosure::kSymbol) return open_symbol(span);
    const Frame& around = top();
    const bool is_its_function =
        span.kind == Enclosure::kClosure && around.first != kNone && span.end == around.body_end;
    if (is_its_function) return;
    Frame frame = inner(span.begin, span.end, span.kind);
    if (span.kind == Enclosure::kNest || span.kind == Enclosure::kClosure) {
      ++frame.depth;
      if (frame.function != kNone) {
        auto& nesting = facts_.symbols[frame.function].metrics.nesting;
        nesting = std::max(nesting, frame.depth);
      }
    }
    if (span.kind == Enclosure::kClosure) {
      frame.is_local = true;
      frame.said = std::nullopt;
    }
    if (span.kind == Enclosure::kVisible) frame.said = span.visibility;
    if (span.kind == Enclosure::kFriend) frame.is_friend = true;
    if (span.kind == Enclosure::kExtension) {
      frame.is_extension = true;
      const TSNode scope = events_.scopes[span.index];
      frame.scope = names_.add(text(ts_node_start_byte(scope), ts_node_end_byte(scope)));
    }
    stack_.push_back(frame);
  }

  /// A frame that goes on with what holds around it.
  Frame inner(std::uint32_t begin, std::uint32_t end, Enclosure kind) {
    Frame frame = top();
    frame.within = symbol_at(begin);
    frame.begin = begin;
    frame.end = std::min(end, top().end);
    frame.kind = kind;
    frame.node = nullptr;
    frame.first = frame.last = kNone;
    frame.body = ~0u;
    frame.body_end = 0;
    frame.takes_parameters = false;
    return frame;
  }

  void open_symbol(const Span& span) {
    const Definition& definition = events_.definitions[span.index];
    auto draft = draft_of(source_, definition, {span.begin, span.end});
    if (!draft) return;
    const bool is_next = facts_.symbols.empty() || facts_.symbols.back().whole.begin <= along_with_;
    if (is_type(draft->kind) && draft->whole == type_along_ && is_next) {
      draft->whole.begin = draft->head.begin = along_with_;  // "typedef struct S {…} T;"
    }
    if (draft->type_before.end != 0) {
      type_along_ = draft->type_before;
      along_with_ = draft->whole.begin;
      draft->whole = draft->own;
      later_.push(*draft);
    } else {
      settle(*draft);
    }
  }

  /// Makes a symbol of a draft, unless it is local, and opens its frame.
  void settle(const Draft& draft) {
    const bool is_variable =
        draft.kind == SymbolKind::kVariable || draft.kind == SymbolKind::kConstant;
    // "lock_guard l(m);" looks like a declaration; a macro before braces like a definition.
    const bool is_no_function =
        draft.is_c && draft.is_callable &&
        (!draft.is_definition || !draft.has_type || source_.language == Language::kCpp);
    if (top().is_local && is_variable) return defines(draft.name);
    if (top().is_local && is_no_function) {
      if (!draft.is_definition) defines(draft.name);
      return;
    }
    if (draft.is_forward && top().is_friend) return;
    const std::uint32_t name = names_.add(clean_name(text(draft.name.begin, draft.name.end)));
    const bool joins =
        draft.node != nullptr && top().node == draft.node && top().begin == draft.whole.begin;
    if (joins && facts_.symbols[top().first].name_at == draft.name) return;
    if (is_assigned_again(name, is_variable)) return;
    defines(draft.name);
    const auto index = static_cast<std::uint32_t>(facts_.symbols.size());
    facts_.symbols.push_back(symbol_of(draft, name, joins));
    if (joins) {
      top().last = index;
    } else {
      push_frame(draft, index);
    }
  }

  void push_frame(const Draft& draft, std::uint32_t index) {
    const Symbol& symbol = facts_.symbols[index];
    Frame frame = inner(draft.whole.begin, draft.whole.end, Enclosure::kSymbol);
    frame.node = draft.node;
    frame.first = frame.last = frame.within = index;
    frame.body = draft.body.end == 0 ? ~0u : draft.body.begin;
    frame.body_end = draft.body.end;
    frame.said = std::nullopt;
    frame.is_friend = frame.is_extension = false;
    frame.scope = kNone;
    if (is_callable(symbol.kind)) {
      frame.is_local = true;
      frame.takes_parameters = true;
      frame.parameter_end = 0;
      frame.function = symbol.is_definition ? index : kNone;
      frame.depth = 0;
    } else if (is_type(symbol.kind) || symbol.kind == SymbolKind::kNamespace) {
      frame.is_local = false;
      frame.access = std::nullopt;
      frame.function = kNone;
    }
    stack_.push_back(frame);
  }

  Symbol symbol_of(const Draft& draft, std::uint32_t name, bool joins) {
    const Frame& frame = top();
    Symbol symbol;
    symbol.name = name;
    symbol.within = joins ? facts_.symbols[frame.first].within : symbol_at(draft.whole.begin);
    symbol.line = draft.line;
    symbol.kind = draft.kind;
    symbol.is_definition = draft.is_definition;
    symbol.whole = draft.whole;
    symbol.name_at = draft.name;
    symbol.head = draft.head;
    symbol.doc = docs_.above(draft.whole.begin);
    if (draft.is_callable && draft.is_definition) symbol.metrics.lines = draft.lines;
    if (draft.scope.end != 0) {
      symbol.scope = names_.add(clean_scope(text(draft.scope.begin, draft.scope.end)));
    } else if (frame.is_extension) {
      symbol.scope = frame.scope;
    }
    place(draft, joins, symbol);
    return symbol;
  }

  /// Kind and visibility, as far as they follow from what is around.
  void place(const Draft& draft, bool joins, Symbol& symbol) {
    // What is around the first of several that are declared together is around the others.
    const Frame& frame = joins ? stack_[stack_.size() - 2] : top();
    const Symbol* container =
        symbol.within == kNone || frame.is_friend ? nullptr : &facts_.symbols[symbol.within];
    const bool is_member = frame.is_extension || (container != nullptr && is_type(container->kind));
    const bool is_of_type = draft.is_c && symbol.scope != kNone && !is_namespace(symbol.scope);
    if (symbol.kind == SymbolKind::kFunction && (is_member || is_of_type)) {
      symbol.kind = SymbolKind::kMethod;
    }
    if (symbol.kind == SymbolKind::kVariable && (is_member || is_of_type)) {
      symbol.kind = SymbolKind::kField;
    }
    if (symbol.kind == SymbolKind::kVariable && source_.language == Language::kPython &&
        is_capital(facts_.names[symbol.name])) {
      symbol.kind = SymbolKind::kConstant;
    }
    if (symbol.kind == SymbolKind::kNamespace) namespaces_.insert(symbol.name);
    const bool is_ours = frame.said && !frame.is_friend;
    symbol.visibility = visibility_of({.language = source_.language,
                                       .kind = symbol.kind,
                                       .name = facts_.names[symbol.name],
                                       .container = container,
                                       .said = is_ours ? frame.said : std::nullopt,
                                       .access = frame.access,
                                       .is_static = draft.is_static,
                                       .is_member_of_extension = frame.is_extension});
  }

  /// Is the last part of a scope known as a namespace?
  bool is_namespace(std::uint32_t scope) const {
    std::string_view part = facts_.names[scope];
    const std::size_t colon = part.rfind("::");
    if (colon != part.npos) part.remove_prefix(colon + 2);
    const auto name = names_.find(part);
    return name && namespaces_.contains(*name);
  }

  /// Python: only the first assignment of a scope defines.
  bool is_assigned_again(std::uint32_t name, bool is_variable) {
    if (source_.language != Language::kPython || !is_variable) return false;
    const std::uint64_t key = (std::uint64_t{top().within} << 32) | name;
    return !assigned_.insert(key).second;
  }

  /// What stands in this place is no reference.
  void defines(const Range& name) {
    auto& mentions = events_.mentions;
    std::size_t step = 1;
    std::size_t low = mention_;
    while (low + step < mentions.size() && mentions[low + step].begin < name.begin) {
      low += step;
      step *= 2;
    }
    const auto first =
        mentions.begin() + static_cast<std::ptrdiff_t>(std::min(low, mentions.size()));
    const auto last =
        mentions.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, mentions.size()));
    auto at = std::ranges::lower_bound(first, last, name.begin, {}, &Mention::begin);
    const bool is_conversion = text(name.begin, name.end).starts_with("operator");
    for (; at != mentions.end() && at->begin < name.end && !is_conversion; ++at) at->defines = true;
  }

  void mark_locals() {
    for (const TSNode declarator : events_.declarators) {
      const auto declared = declared_by(source_.language, declarator);
      if (declared) events_.locals.push_back(declared->name.begin);
    }
    if (is_c_family(source_.language)) name_parameters();
    std::ranges::sort(events_.locals);
    auto mention = events_.mentions.begin();
    for (const std::uint32_t local : events_.locals) {
      while (mention != events_.mentions.end() && mention->begin < local) ++mention;
      if (mention != events_.mentions.end() && mention->begin == local) mention->defines = true;
    }
  }

  void name_parameters() {
    for (const TSNode parameter : events_.parameters) {
      const auto declared = parameter_name(source_.language, parameter);
      if (declared) events_.locals.push_back(declared->name.begin);
    }
  }

  /// Names that are exported by a sentence of their own.
  void take_exports() {
    std::unordered_set<std::uint32_t> exported;
    for (const Mark& mark : events_.exports) {
      if (const auto name = names_.find(text(mark.begin, mark.end))) exported.insert(*name);
    }
    if (exported.empty()) return;
    for (Symbol& symbol : facts_.symbols) {
      if (symbol.within == kNone && exported.contains(symbol.name)) {
        symbol.visibility = Visibility::kPublic;
      }
    }
  }

  std::string_view text(std::uint32_t begin, std::uint32_t end) const {
    return source_.text.substr(begin, end - begin);
  }

  const Source& source_;
  Events& events_;
  Deadline deadline_;
  FileFacts& facts_;
  Docs docs_;
  static thread_local NameTable names_;
  std::vector<Frame> stack_;
  std::priority_queue<Draft, std::vector<Draft>, IsLater> later_;  // symbols inside what is open
  Range type_along_;  // a type that is defined along with what is put off
  std::uint32_t along_with_ = 0;
  std::unordered_set<std::uint32_t> namespaces_;
  std::unordered_set<std::uint64_t> assigned_;
  std::size_t mention_ = 0;
  std::size_t mark_ = 0;
  std::size_t doc_ = 0;
  std::size_t steps_ = 0;
};

thread_local NameTable Sweep::names_;

}  // namespace

bool sweep(const Source& source, Events& events, const std::vector<Draft>& more, Deadline deadline,
           FileFacts& facts) {
  return Sweep(source, events, deadline, facts).run(more);
}

}  // namespace automod::analyzers
