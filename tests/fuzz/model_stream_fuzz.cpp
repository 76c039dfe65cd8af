#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "engine/model/stream.hpp"

/// Any bytes at all as what a provider sends back. The first byte says which provider, the second
/// into what pieces it is cut: the answer must be the same as in one piece, and fit to be kept.

namespace {

using namespace automod::model;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

Reply read(const Reading& reading, std::string_view bytes, std::size_t piece) {
  AnswerReader reader(reading);
  while (!bytes.empty()) {
    if (!reader.feed(bytes.substr(0, piece))) return reader.finish(false);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return reader.finish(true);
}

void check(const Usage& usage) {
  if (usage.input < 0 || usage.output < 0 || usage.cached < 0 || usage.written < 0 ||
      usage.cached + usage.written > usage.input) {
    give_up("a usage that cannot be");
  }
}

void check(const Reply& reply) {
  check(reply ? reply->usage : reply.error().usage);
  if (!reply) {
    if (reply.error().message.empty()) give_up("a failure without words");
    return;
  }
  if (reply->text.size() > kMostAnswer) give_up("an answer that is too long");
  if (automod::valid_utf8(reply->text) != reply->text) give_up("an answer that is no UTF-8");
  if (automod::valid_utf8(reply->model) != reply->model) give_up("a name that is no UTF-8");
}

bool same(const Reply& a, const Reply& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return a.error().kind == b.error().kind && a.error().message == b.error().message;
  return a->text == b->text && a->usage == b->usage && a->is_cut == b->is_cut;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kPieces = 16;
  if (size < 2) return 0;
  const std::array<const Reading*, 3> all = {&anthropic_reading(), &openai_chat_reading(),
                                             &openai_responses_reading()};
  const Reading& reading = *all[data[0] % all.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Reply whole = read(reading, bytes, bytes.size() + 1);
  check(whole);
  if (!same(whole, read(reading, bytes, 1 + data[1] % kPieces)))
    give_up("another answer in pieces");
  (void)read_trouble(bytes);
  return 0;
}
