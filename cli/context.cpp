#include "cli/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kLargestPatch = 64 * kMiB;  // the configuration's limit is far below
constexpr std::size_t kProseWidth = 100;

bool wants_color(const World& world, const Arguments& arguments, bool is_terminal) {
  return is_terminal && world.color_allowed && !arguments.has("--no-color");
}

ProgressStyle progress_style(const World& world, const Arguments& arguments) {
  if (arguments.has("--quiet")) return ProgressStyle::kNone;
  return world.err_is_terminal && !world.dumb_terminal ? ProgressStyle::kMoving
                                                       : ProgressStyle::kLines;
}

Result<std::string> read_stream(std::istream& in) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargestPatch) {
      return fail(ErrorKind::kRefused, "standard input holds more than 64 MiB");
    }
  }
  return text;
}

}  // namespace

int exit_code(Decision decision) {
  switch (decision) {
    case Decision::kApproved:
      return kDone;
    case Decision::kNeedsApproval:
      return kNeedsApproval;
    case Decision::kRejected:
      return kRejected;
  }
  return kInternal;
}

int worse(int a, int b) {
  constexpr std::array kOrder{0, 4, 1, 5, 2, 3, 70, 130};
  return std::ranges::find(kOrder, a) < std::ranges::find(kOrder, b) ? b : a;
}

Context::Context(const World& world, const Arguments& arguments)
    : world_(world),
      directory_(arguments.value("-C").value_or(".")),
      json_(arguments.has("--json")),
      quiet_(arguments.has("--quiet")),
      jobs_(static_cast<unsigned>(std::min<std::size_t>(
          arguments.number("--jobs", std::max(1u, std::thread::hardware_concurrency())), 1024))),
      parallel_(
          static_cast<unsigned>(std::min<std::size_t>(arguments.number("--parallel", 0), 1024))),
      paint_(wants_color(world, arguments, world.out_is_terminal)),
      progress_(world.err, progress_style(world, arguments),
                Paint(wants_color(world, arguments, world.err_is_terminal)), world.width) {}

std::ostream& Context::out() {
  progress_.clear();
  return world_.out;
}

std::ostream& Context::err() {
  progress_.clear();
  return world_.err;
}

void Context::remark(std::string_view text) {
  if (quiet_) return;
  progress_.clear();
  world_.err << "automod: " << text << '\n';
}

void Context::warn(std::string_view text) {
  progress_.clear();
  world_.err << "automod: " << text << '\n';
}

void Context::print(const nlohmann::json& document) {
  out() << json_text(document, 2) << '\n' << std::flush;  // it is out before anything is closed
}

void Context::pass_on(bool is_err, std::string_view bytes, bool last) {
  constexpr std::size_t kLongLine = 64 * 1024;
  progress_.clear();
  std::ostream& stream = is_err ? world_.err : world_.out;
  if (!(is_err ? world_.err_is_terminal : world_.out_is_terminal)) {
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.flush();
    return;
  }
  std::string& held = held_[is_err ? 1 : 0];  // a character may come in two pieces, a line does not
  held += bytes;
  const std::size_t whole =
      last || held.size() > kLongLine ? held.size() : held.find_last_of('\n') + 1;
  stream << printable(std::string_view(held).substr(0, whole));
  stream.flush();
  held.erase(0, whole);
}

std::size_t Context::text_width() const {
  return std::clamp<std::size_t>(world_.width, 40, kProseWidth);
}

std::size_t Context::table_width() const { return world_.out_is_terminal ? world_.width : 0; }

std::string Context::command_line(std::string_view rest) const {
  std::string line = "automod ";
  if (directory_ != ".") line += "-C " + shell_word(printable_line(directory_.string())) + ' ';
  return line.append(rest);
}

Result<std::filesystem::path> Context::book(const Arguments& arguments) const {
  const auto given = arguments.value("--book");
  if (!given) return std::filesystem::path();
  std::filesystem::path folder = path(*given);
  std::error_code code;
  if (!std::filesystem::exists(folder, code) || std::filesystem::is_directory(folder, code)) {
    return folder;
  }
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' is a file, --book names a folder", printable_line(*given)));
}

Result<std::string> Context::read_patch(std::string_view given) const {
  if (given == "-") return read_stream(world_.in);
  auto text = read_file(path(given), kLargestPatch);
  if (!text) {
    text.error().kind = ErrorKind::kUsage;  // the user named it
    return fail(std::move(text.error()).within("reading the patch"));
  }
  return text;
}

EngineWorld Context::engine_world() {
  return {world_.clock, world_.cancel, progress_, jobs_, parallel_};
}

Result<Engine> Context::open_engine() { return open_engine(directory_); }

Result<Engine> Context::open_engine(const std::filesystem::path& directory) {
  return Engine::open(directory, engine_world());
}

Result<Engine> Context::open_reviewed_engine(const Arguments& arguments) {
  EngineWorld world = engine_world();
  world.review = arguments.value("--review").value_or("");
  if (world.review.empty() && arguments.has("--review")) {
    return fail(ErrorKind::kUsage, "--review names no model");
  }
  if (world.review == "none") world.review.clear();
  return Engine::open(directory_, world);
}

}  // namespace automod::cli
