#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/propose/rule_table.hpp"
#include "engine/repo/repo.hpp"

namespace automod::cli {

namespace {

constexpr const char* kHowToWrite =
    "'Rules of your own' in docs/rules.md shows one; or name the files that hold yours";

/// The root of the checkout here, or here where there is none.
std::filesystem::path root_of(const Context& context) {
  const auto repo = repo::Repository::open(context.directory());
  const auto root = repo ? repo->work_dir() : std::nullopt;
  return root ? *root : context.directory();
}

RuleRow row_of(const propose::RuleBook& book, const analyzers::Rule& rule) {
  RuleRow row{.id = rule.id,
              .source = book.is_own(rule) ? "project" : "automod",
              .file = rule.file,
              .languages = {},
              .known = book.find(rule.id),
              .severity = rule.severity,
              .level = {},
              .has_fix = !rule.edits.empty(),
              .rule = rule};
  for (const auto language : rule.languages) row.languages.emplace_back(name(language));
  row.level = propose::level_of(row.known.confidence);
  return row;
}

std::vector<std::string> languages_of(const propose::Rule& check) {
  const bool is_of_c =
      check.reader != propose::Reader::kStructure || check.check.ends_with("-include");
  if (is_of_c) return {"c", "cpp"};
  return {"c", "cpp", "python", "javascript", "typescript", "tsx", "go", "rust", "java"};
}

RuleRow row_of(const propose::RuleBook& book, const propose::Rule& check) {
  return {.id = std::string(check.check),
          .source = std::string(propose::name(check.reader)),
          .file = "",
          .languages = languages_of(check),
          .known = book.find(check.check),
          .severity = "warning",
          .level = check.level,
          .has_fix = !check.change.empty(),
          .rule = {}};
}

std::vector<RuleRow> rows_of(const propose::RuleBook& book) {
  std::vector<RuleRow> rows;
  for (const analyzers::Rule& rule : book.rules()) rows.push_back(row_of(book, rule));
  for (const Goal goal : {Goal::kImprovePerformance, Goal::kFixBugs, Goal::kRefactor}) {
    for (const propose::Rule& check : propose::rules_of(goal)) {
      if (!book.is_off(check.check)) rows.push_back(row_of(book, check));
    }
  }
  return rows;
}

std::string list_text(const std::vector<RuleRow>& rows, const Paint& paint, std::size_t width) {
  Table table;
  std::string_view heading;
  for (const RuleRow& row : rows) {
    const std::string_view from = row.file.empty() ? row.source : row.file;
    if (from != heading) table.add_heading(printable_line(heading = from), Tone::kPlace);
    table.add({{printable_line(row.id), Tone::kName},
               {std::string(name(row.known.type))},
               {std::string(name(row.known.confidence)), Tone::kDim},
               {row.has_fix ? "fix" : "", Tone::kGood},
               {fmt::format("{}", fmt::join(row.languages, " ")), Tone::kDim},
               {printable_line(row.known.seen)}});
  }
  return table.text(paint, 2, width);
}

std::string indented(std::string_view text) {
  std::string all;
  for (const std::string_view line : split_lines(text)) {
    all += line.empty() ? "\n" : fmt::format("    {}\n", printable_line(line));
  }
  return all;
}

std::string show_text(const RuleRow& row, const Paint& paint) {
  std::string text = fmt::format(
      "{}  {}\n  from        {}\n  languages   {}\n  type        {}\n  severity    {}\n"
      "  confidence  {}, so used from the level {} on\n  why         {}\n  fix         {}\n",
      paint(Tone::kName, printable_line(row.id)), printable_line(row.known.seen),
      printable_line(row.file.empty() ? row.source : fmt::format("{}, {}", row.source, row.file)),
      fmt::join(row.languages, ", "), name(row.known.type), row.severity,
      name(row.known.confidence), name(row.level), printable_line(row.known.why),
      row.known.change.empty() ? (row.has_fix ? "yes" : "none") : printable_line(row.known.change));
  if (!row.rule) return text;
  text += fmt::format("\n  finds\n{}", indented(row.rule->query));
  for (const auto& example : row.rule->examples) {
    text += fmt::format("\n  {}\n{}", example.is_clean ? "leaves alone" : "for example",
                        indented(example.marked));
    if (example.good) text += fmt::format("  becomes\n{}", indented(*example.good));
  }
  return text;
}

void hold(const analyzers::Rule& rule, RuleTest& test) {
  ++test.rules;
  test.examples += rule.examples.size();
  if (rule.examples.empty()) test.untested.push_back(rule.id);
  for (auto& failed : analyzers::failed_examples(rule)) {
    test.failures.push_back({rule.id, rule.file, std::move(failed)});
  }
}

Result<std::vector<analyzers::Rule>> read_rules(const Context& context, const std::string& file) {
  auto text = read_file(context.path(file), kMiB);
  if (!text) {
    text.error().kind = ErrorKind::kUsage;  // the user named it
    return fail(std::move(text.error()).within("reading the rules"));
  }
  return analyzers::parse_rules(
      *text, file, {.alone = std::filesystem::path(file).filename() != "automod.toml"});
}

/// As where the file is one of a project's, whose rules stand beside ours.
Result<void> check_id(const analyzers::Rule& rule, const std::vector<analyzers::Rule>& others) {
  const auto same = std::ranges::find(others, rule.id, &analyzers::Rule::id);
  if (same == others.end()) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("{}: id '{}' stands for another rule already, in {}",
                          printable_line(rule.file), rule.id, printable_line(same->file)),
              "give it another id; 'automod rules list' shows which are taken");
}

Result<std::vector<analyzers::Rule>> rules_of_files(const Context& context,
                                                    const std::vector<std::string>& files) {
  std::vector<analyzers::Rule> all;
  for (const std::string& file : files) {
    auto rules = read_rules(context, file);
    if (!rules) return rules;
    for (analyzers::Rule& rule : *rules) {
      auto is_new = check_id(rule, analyzers::builtin_rules());
      if (is_new) is_new = check_id(rule, all);
      if (!is_new) return fail(std::move(is_new.error()));
      all.push_back(std::move(rule));
    }
  }
  if (!all.empty()) return all;
  return fail(ErrorKind::kUsage,
              fmt::format("there is no rule to test in {}",
                          printable_line(fmt::format("{}", fmt::join(files, ", ")))),
              kHowToWrite);
}

Result<std::vector<analyzers::Rule>> rules_of_project(const Context& context) {
  const std::filesystem::path root = root_of(context);
  const auto book = rules_in(root);
  if (!book) return fail(book.error());
  std::vector<analyzers::Rule> all;
  std::ranges::copy_if(book->rules(), std::back_inserter(all),
                       [&](const analyzers::Rule& rule) { return book->is_own(rule); });
  if (!all.empty()) return all;
  const std::filesystem::path config = root / "automod.toml";
  const std::string where = printable_line(config.string());
  std::error_code code;
  return fail(
      ErrorKind::kUsage,
      std::filesystem::exists(config, code)
          ? fmt::format("there is no rule to test in {}, nor in files that its [rules] names",
                        where)
          : fmt::format("there is no rule to test: {} is not there", where),
      kHowToWrite);
}

Result<RuleTest> test_rules(const Context& context, const Arguments& arguments) {
  const auto rules = arguments.operands().empty() ? rules_of_project(context)
                                                  : rules_of_files(context, arguments.operands());
  if (!rules) return fail(rules.error());
  RuleTest test;
  for (const analyzers::Rule& rule : *rules) hold(rule, test);
  return test;
}

std::string outcome_text(const RuleTest& test) {
  if (!test.failures.empty()) return count(test.failures.size(), "problem");
  if (test.untested.empty()) return "all hold";
  return count(test.untested.size(), "rule") + " without examples";
}

}  // namespace

Result<int> run_rules_list(Context& context, const Arguments& arguments) {
  const auto book = rules_in(root_of(context));
  if (!book) return fail(book.error());
  std::vector<RuleRow> rows = rows_of(*book);
  if (const auto language = arguments.value("--language")) {
    std::erase_if(rows, [&](const RuleRow& row) {
      return std::ranges::find(row.languages, *language) == row.languages.end();
    });
  }
  if (context.json()) {
    context.print(rules_list_document(rows));
  } else {
    context.out() << list_text(rows, context.paint(), context.table_width());
  }
  return kDone;
}

Result<int> run_rules_show(Context& context, const Arguments& arguments) {
  const auto book = rules_in(root_of(context));
  if (!book) return fail(book.error());
  const std::vector<RuleRow> rows = rows_of(*book);
  const std::string id = arguments.operand(0);
  const auto row = std::ranges::find(rows, id, &RuleRow::id);
  if (row == rows.end()) {
    std::vector<std::string> ids;
    for (const RuleRow& one : rows) ids.push_back(one.id);
    return fail(ErrorKind::kUsage,
                fmt::format("there is no rule '{}'{}", printable_line(id), suggestion(id, ids)),
                "automod rules list");
  }
  if (context.json()) {
    context.print(rules_show_document(*row));
  } else {
    context.out() << show_text(*row, context.paint());
  }
  return kDone;
}

Result<int> run_rules_test(Context& context, const Arguments& arguments) {
  const auto test = test_rules(context, arguments);
  if (!test) return fail(test.error());
  if (context.json()) {
    context.print(rules_test_document(*test));
    return test->failures.empty() ? kDone : kRejected;
  }
  for (const RuleTest::Failure& failure : test->failures) {
    context.out() << fmt::format("{}: {}: example {} ({}): {}\n", printable_line(failure.file),
                                 context.paint()(Tone::kName, failure.rule), failure.example.number,
                                 name(failure.example.language), failure.example.what);
  }
  for (const std::string& id : test->untested) context.remark(id + " has no examples");
  context.out() << fmt::format("{}, {}: {}\n", count(test->rules, "rule"),
                               count(test->examples, "example"), outcome_text(*test));
  return test->failures.empty() ? kDone : kRejected;
}

}  // namespace automod::cli
