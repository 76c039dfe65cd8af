#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents_prompt.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kShownDigest = 12;

Result<PromptShown> of_goal(prompts::Purpose purpose) {
  auto text = prompts::in_force(purpose);
  if (!text) return fail(std::move(text.error()));
  return PromptShown{.text = std::move(*text), .modification = {}, .page = {}};
}

bool may_be_digest(std::string_view word) {
  return word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool may_be_id(std::string_view word) {
  return word.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

/// What names no prompt wherever it is looked up.
std::unexpected<Error> no_prompt(std::string_view word) {
  std::vector<std::string> goals;
  for (const prompts::Purpose purpose : prompts::all_purposes()) goals.emplace_back(name(purpose));
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' is no goal, modification or question{}", printable_line(word),
                          suggestion(word, goals)),
              fmt::format("name a modification, a question's digest, or a goal: {}",
                          fmt::join(goals, ", ")));
}

Result<PromptShown> of_question(Context& context, const Arguments& arguments) {
  const std::string word = arguments.operand(0);
  if (!may_be_id(word)) return no_prompt(word);
  PromptShown shown;
  std::string digest = word;
  const auto own = context.book(arguments);
  if (!own) return fail(own.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const model::AnswerBook book(own->empty() ? engine->book() : *own);
  const auto found = engine->store().modification(word);
  if (found) {
    digest = found->modification.candidate.origin.prompt_digest;
    shown.modification = found->modification.id;
    if (digest.empty()) {
      return fail(ErrorKind::kUsage,
                  fmt::format("no model was asked for {}", found->modification.id.text),
                  "'automod show' says who proposed it");
    }
  } else if (!may_be_digest(word)) {
    return fail(found.error());
  }
  auto page = book.named(digest);
  if (!page) {
    if (!shown.modification) return fail(std::move(page.error()));
    return fail(
        std::move(page.error())
            .within(fmt::format("looking up what was asked for {}", shown.modification->text)));
  }
  shown.page = std::move(*page);
  return shown;
}

Result<void> print_answer(Context& context, const PromptShown& shown) {
  if (!shown.page) {
    return fail(ErrorKind::kUsage, "a goal has no answer", "name a modification or a question");
  }
  if (!shown.page->answer) {
    return fail(ErrorKind::kUsage, fmt::format("question {} was not answered",
                                               shown.page->digest.substr(0, kShownDigest)));
  }
  const std::string& text = shown.page->answer->text;
  context.out() << printable(text) << (text.ends_with('\n') ? "" : "\n");
  if (shown.page->answer->is_cut) context.remark("the answer ends where its tokens were used up");
  return {};
}

void print_prompt(Context& context, const PromptShown& shown) {
  if (shown.text) {
    context.out() << printable(shown.text->instructions) << printable(shown.text->frame);
    for (const std::string& file : shown.text->own) {
      context.remark(fmt::format("your own: {}", printable_line(file)));
    }
    return;
  }
  const model::Page& page = *shown.page;
  // As it is sent to a command.
  context.out() << printable(page.question.instructions) << '\n'
                << printable(page.question.material);
  context.remark(fmt::format("asked {} at {}, question {}", printable_line(page.model),
                             printable_line(page.asked_at), page.digest.substr(0, kShownDigest)));
}

/// A misspelt name is as good as no file, which nobody would find out.
Result<void> note_strays(Context& context) {
  const auto strays = prompts::strays();
  if (!strays) return fail(strays.error());
  for (const std::filesystem::path& stray : *strays) {
    context.remark(fmt::format("{} belongs to no goal and is not read{}",
                               printable_line(stray.string()),
                               suggestion(stray.filename().string(), prompts::file_names())));
  }
  return {};
}

}  // namespace

Result<int> run_prompt_list(Context& context, const Arguments&) {
  std::vector<prompts::Template> all;
  for (const prompts::Purpose purpose : prompts::all_purposes()) {
    auto text = prompts::in_force(purpose);
    if (!text) return fail(std::move(text.error()));
    all.push_back(std::move(*text));
  }
  if (auto noted = note_strays(context); !noted) return fail(noted.error());
  if (context.json()) {
    context.print(prompt_list_document(all));
    return kDone;
  }
  for (const prompts::Template& text : all) {
    context.out() << fmt::format("{:<12} {}  {}\n", name(text.purpose),
                                 text.digest.substr(0, kShownDigest),
                                 text.own.empty() ? "ours" : "with files of yours:");
    for (const std::string& file : text.own) context.out() << "  " << printable_line(file) << '\n';
  }
  return kDone;
}

Result<int> run_prompt_show(Context& context, const Arguments& arguments) {
  const std::string word = arguments.operand(0);
  const auto purpose = prompts::parse(word);
  const auto shown = purpose ? of_goal(*purpose) : of_question(context, arguments);
  if (!shown) return fail(shown.error());
  if (context.json()) {
    context.print(prompt_show_document(*shown));
  } else if (arguments.has("--answer")) {
    if (auto printed = print_answer(context, *shown); !printed) return fail(printed.error());
  } else {
    print_prompt(context, *shown);
  }
  return kDone;
}

}  // namespace automod::cli
