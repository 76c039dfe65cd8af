#include "cli/junit.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "base/text.hpp"
#include "cli/remarks.hpp"
#include "cli/render.hpp"
#include "engine/judge/judge.hpp"

namespace automod::cli {

namespace {

/// Text that XML 1.0 can hold: control characters as escapes, no half characters.
std::string xml_text(std::string_view text) {
  std::string fit = valid_utf8(printable(text));
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {  // U+FFFE and U+FFFF
    for (std::size_t at = 0; (at = fit.find(none, at)) != std::string::npos;) {
      fit.replace(at, none.size(), "\xef\xbf\xbd");
    }
  }
  return fit;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set(pugi::xml_node node, const char* name, std::size_t value) {
  node.append_attribute(name).set_value(static_cast<unsigned long long>(value));
}

/// Counts what it adds, for the attributes of the suite.
class Suite {
 public:
  Suite(pugi::xml_node suites, const Gated& gated)
      : gated_(gated), node_(suites.append_child("testsuite")) {
    set(node_, "name", title_of(gated));
  }

  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  void fill() {
    add_verdict();
    if (const Verdict* verdict = verdict_of(gated_)) {
      const bool is_fine = verdict->decision == Decision::kApproved;
      for (const CheckOutcome& check : verdict->checks) add(check, is_fine);
    }
    set(node_, "tests", tests);
    set(node_, "failures", failures);
    set(node_, "errors", errors);
    set(node_, "skipped", skipped);
    set(node_, "time", fmt::format("{:.3f}", seconds()));
  }

 private:
  double seconds() const {
    std::int64_t all = 0;
    if (gated_.tried) {
      for (const StageEvidence& stage : gated_.tried->trial.evidence.stages) all += stage.wall_ms;
    }
    return static_cast<double>(all) / 1000;
  }

  pugi::xml_node add_case(std::string_view name) {
    pugi::xml_node one = node_.append_child("testcase");
    set(one, "classname", "automod");
    set(one, "name", name);
    set(one, "time", "0");
    ++tests;
    return one;
  }

  void fail(pugi::xml_node one, const char* kind, std::string_view type, std::string_view message,
            std::string_view text) {
    pugi::xml_node why = one.append_child(kind);
    set(why, "message", message);
    set(why, "type", type);
    why.text().set(xml_text(text).c_str());
    ++(std::string_view(kind) == "error" ? errors : failures);
  }

  void add_verdict() {
    pugi::xml_node one = add_case("verdict");
    const Verdict* verdict = verdict_of(gated_);
    if (!verdict) {
      if (gated_.error) {
        fail(one, "error", name(gated_.error->kind), gated_.error->message, gated_.error->hint);
      }
      return;
    }
    const std::string line = verdict_line(*verdict, Paint(false));
    if (verdict->decision == Decision::kApproved) {
      one.append_child("system-out").text().set(xml_text(line).c_str());
    } else {
      fail(one, "failure", name(verdict->decision), line, judge::main_reason(*verdict));
    }
  }

  void add(const CheckOutcome& check, bool is_fine) {
    pugi::xml_node one = add_case(check.code);
    if (check.result == CheckResult::kFail && !is_fine) {
      fail(one, "failure", check.blocks ? "blocker" : "fail", check.reason, places(check));
    } else if (check.wants_approval && !is_fine) {
      fail(one, "failure", "needs_approval", check.reason, places(check));
    } else if (!judge::was_reached(check)) {
      set(one.append_child("skipped"), "message", check.reason);
      ++skipped;
    } else if (check.result != CheckResult::kPass) {
      one.append_child("system-out").text().set(xml_text(check.reason + places(check)).c_str());
    }
  }

  /// A line for each place.
  std::string places(const CheckOutcome& check) const {
    std::string text;
    for (const Remark& remark : remarks_of(gated_)) {
      if (!remark.has_spot || remark.code() != check.code) continue;
      text += fmt::format(
          "\n{}: {}",
          place_text({.path = remark.path, .line = remark.line, .column = 0, .symbol = {}}),
          printable_line(remark.message));
    }
    return text;
  }

  const Gated& gated_;
  pugi::xml_node node_;
};

}  // namespace

std::string junit_of(const std::vector<Gated>& all) {
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "automod gate");
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const Gated& gated : all) {
    Suite suite(suites, gated);
    suite.fill();
    tests += suite.tests;
    failures += suite.failures;
    errors += suite.errors;
  }
  set(suites, "tests", tests);
  set(suites, "failures", failures);
  set(suites, "errors", errors);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
  return out.str();
}

}  // namespace automod::cli
