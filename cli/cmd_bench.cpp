#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/bench_svg.hpp"
#include "cli/bench_text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/bench.hpp"

namespace automod::cli {

namespace {

Result<BenchRequest> read_request(const Arguments& arguments) {
  BenchRequest request;
  if (!arguments.operand(0).empty()) request.subject = arguments.operand(0);
  request.against = arguments.value("--against");
  request.only = arguments.values("--only");
  if (arguments.has("--rounds")) request.rounds = arguments.number("--rounds", 0);
  if (arguments.has("--seconds")) {
    if (request.rounds) {
      return fail(ErrorKind::kUsage, "bench takes --rounds or --seconds, not both");
    }
    request.seconds = static_cast<std::int64_t>(arguments.number("--seconds", 0));
  }
  return request;
}

}  // namespace

Result<int> run_bench(Context& context, const Arguments& arguments) {
  const auto request = read_request(arguments);
  if (!request) return fail(request.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto report = engine->bench(*request);
  if (!report) return fail(report.error());
  const int code = report->ok() ? kDone : kRejected;
  if (const auto file = arguments.value("--svg")) {
    if (auto written = write_file(context.path(*file), svg_of(*report)); !written) {
      return fail(std::move(written.error()).within("writing the drawing"));
    }
    context.remark("wrote " + printable_line(*file));
  }
  if (context.json()) {
    context.print(bench_document(*report, code));
  } else {
    context.out() << report_text(*report, context.paint());
  }
  return code;
}

}  // namespace automod::cli
