#include "engine/model/answer_book.hpp"

#include <sys/stat.h>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using testing::ContainsSubstring;
namespace fs = std::filesystem;

class BookTest {
 protected:
  static Page page(const std::string& material, std::int64_t turn = 0) {
    Page page;
    page.kind = "anthropic";
    page.provider_model = "big-1";
    page.turn = turn;
    page.model = "mine";
    page.asked_at = "2026-01-31T23:59:59.123Z";
    page.question = question(material);
    page.digest = question_digest(page.kind, page.provider_model, page.question, turn);
    return page;
  }
  static Answer answer(std::string text) {
    Answer answer;
    answer.text = std::move(text);
    answer.model = "big-1-2026";
    answer.usage = {.input = 10, .cached = 4, .written = 2, .output = 3};
    answer.usage_known = false;
    answer.is_cut = true;
    return answer;
  }
  fs::path file_of(const Page& page) const {
    return dir_.path() / page.digest.substr(0, 2) / (page.digest + ".json");
  }
  /// Writes a page with one text in its file replaced; what find() says then.
  std::string after(std::string_view from, std::string_view to) const {
    Page written = page("x");
    written.answer = answer("text");
    REQUIRE(book_.write(written));
    std::string text = read_file(file_of(written), kMiB).value();
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    REQUIRE(write_file(file_of(written), text));
    const auto found = book_.find(written.digest);
    if (found) return "fine";
    CHECK(found.error().kind == ErrorKind::kInternal);
    CHECK_THAT(found.error().message, ContainsSubstring(file_of(written).string()));
    return found.error().message;
  }

  TempDir dir_ = test_dir();
  AnswerBook book_{dir_.path()};
};

}  // namespace

TEST_CASE_METHOD(BookTest, "a page comes back as it was written") {
  Page written = page("code with \"quotes\", \\, \x1b[31m, \xe2\x80\xae and é\n", 3);
  written.question.temperature = 0.1;
  written.question.most_tokens = 77;
  written.digest =
      question_digest(written.kind, written.provider_model, written.question, written.turn);
  written.answer = answer("\x01 text\r\n");
  REQUIRE(book_.write(written));
  const Page read = book_.find(written.digest).value().value();
  CHECK(read.digest == written.digest);
  CHECK(read.kind == "anthropic");
  CHECK(read.provider_model == "big-1");
  CHECK(read.turn == 3);
  CHECK(read.model == "mine");
  CHECK(read.asked_at == written.asked_at);
  CHECK(read.question.instructions == written.question.instructions);
  CHECK(read.question.material == written.question.material);
  CHECK(read.question.most_tokens == 77);
  CHECK(read.question.temperature == 0.1);
  REQUIRE(read.answer);
  CHECK(read.answer->text == "\x01 text\r\n");
  CHECK(read.answer->model == "big-1-2026");
  CHECK(read.answer->usage == written.answer->usage);
  CHECK_FALSE(read.answer->usage_known);
  CHECK(read.answer->is_cut);
}

TEST_CASE_METHOD(BookTest, "a page without an answer is a question that was asked") {
  Page written = page("x");
  REQUIRE(book_.write(written));
  CHECK_FALSE(book_.find(written.digest).value().value().answer);
  written.answer = answer("later");
  REQUIRE(book_.write(written));
  CHECK(book_.find(written.digest).value().value().answer->text == "later");
}

TEST_CASE_METHOD(BookTest, "a page is the user's alone") {
  const Page written = page("x");
  REQUIRE(book_.write(written));
  struct stat info{};
  REQUIRE(stat(file_of(written).c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(BookTest, "a page that is not there is no error, and what is no digest is") {
  CHECK_FALSE(book_.find(page("x").digest).value());
  CHECK(book_.find("../../etc/passwd").error().kind == ErrorKind::kUsage);
  CHECK(book_.find("").error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(BookTest, "every part of a question makes another digest") {
  const Question plain = question("x");
  std::vector<std::string> digests{question_digest("k", "m", plain, 0)};
  const auto add = [&](const Question& other, std::string_view kind, std::string_view model,
                       std::int64_t turn) {
    digests.push_back(question_digest(kind, model, other, turn));
  };
  add(plain, "k2", "m", 0);
  add(plain, "k", "m2", 0);
  add(plain, "km", "", 0);
  add(plain, "k", "m", 1);
  Question other = plain;
  other.material = "y";
  add(other, "k", "m", 0);
  other = plain;
  other.instructions += "x";
  other.material = "";
  add(other, "k", "m", 0);
  other = plain;
  other.most_tokens = 1;
  add(other, "k", "m", 0);
  other = plain;
  other.temperature = 0.0;
  add(other, "k", "m", 0);
  std::ranges::sort(digests);
  CHECK(std::ranges::adjacent_find(digests) == digests.end());
}

TEST_CASE("digests are frozen: records of earlier versions are found by them") {
  Question fixed = question("material\n");
  fixed.most_tokens = 100;
  CHECK(question_digest("anthropic", "big-1", fixed, 2) ==
        "643121801001cb570011972d9aec7925ae9926cdb0ed1c1368491053869a2c43");
  fixed.temperature = 0.7;
  CHECK(question_digest("anthropic", "big-1", fixed, 2) ==
        "779321a0dafc78140bbe7cc39b6baf66573c28ce5fec7ccab3f30912f9db797e");
}

TEST_CASE_METHOD(BookTest, "a page that was changed is refused") {
  CHECK(after("\"text\": \"text\"", "\"text\": \"other\"") == "fine");
  CHECK_THAT(after("\"material\": \"x\"", "\"material\": \"y\""),
             ContainsSubstring("not the page that its name says"));
  CHECK_THAT(after("\"turn\": 0", "\"turn\": 1"), ContainsSubstring("not the page"));
  CHECK_THAT(after("\"turn\": 0", "\"turn\": \"0\""), ContainsSubstring("turn is no whole number"));
  CHECK_THAT(after("\"schema\": 1", "\"schema\": 2"),
             ContainsSubstring("has schema 2, expected 1"));
  CHECK_THAT(after("\"turn\"", "\"turm\""), ContainsSubstring("has no turn"));
  CHECK_THAT(after("\"turn\": 0", "\"turn\": 0, \"more\": 1"), ContainsSubstring("nobody knows"));
  CHECK_THAT(after("\"turn\": 0", "\"turn\": 0, \"turn\": 0"), ContainsSubstring("twice"));
  CHECK_THAT(after("\"answer\": {", "\"answer\": [{"), ContainsSubstring("not JSON"));
  CHECK_THAT(after("\"output\": 3", "\"output\": 3.5"), ContainsSubstring("output is no whole"));
  CHECK_THAT(after("\"is_cut\": true", "\"is_cut\": 1"), ContainsSubstring("is_cut"));
}

TEST_CASE_METHOD(BookTest, "a page cannot stand in for another") {
  const Page one = page("one");
  const Page two = page("two");
  REQUIRE(book_.write(one));
  REQUIRE(book_.write(two));
  fs::copy_file(file_of(one), file_of(two), fs::copy_options::overwrite_existing);
  CHECK_THAT(book_.find(two.digest).error().message, ContainsSubstring("not the page"));
  Page false_name = one;
  false_name.digest = two.digest;
  CHECK(book_.write(false_name).error().kind == ErrorKind::kInternal);
  false_name.digest = "../escape";
  CHECK(book_.write(false_name).error().kind == ErrorKind::kInternal);
}

TEST_CASE_METHOD(BookTest, "a page is named by its digest or a beginning that is its own") {
  const Page one = page("one");
  REQUIRE(book_.write(one));
  CHECK(book_.named(one.digest).value().digest == one.digest);
  CHECK(book_.named(one.digest.substr(0, 4)).value().digest == one.digest);
  CHECK(book_.named(one.digest.substr(0, 3)).error().kind == ErrorKind::kUsage);
  CHECK(book_.named("zzzz").error().kind == ErrorKind::kUsage);
  CHECK(book_.named("../..").error().kind == ErrorKind::kUsage);
  CHECK(book_.named(one.digest + "0").error().kind == ErrorKind::kUsage);
  const std::string unknown = one.digest.substr(0, 4) == "0000" ? "1111" : "0000";
  CHECK_THAT(book_.named(unknown).error().message, ContainsSubstring("no question was asked"));
}

TEST_CASE_METHOD(BookTest, "a beginning that several pages share names none of them") {
  const Page one = page("one");
  REQUIRE(book_.write(one));
  std::string near = one.digest;
  near.back() = near.back() == '0' ? '1' : '0';
  fs::copy_file(file_of(one), file_of(one).parent_path() / (near + ".json"));
  CHECK_THAT(book_.named(one.digest.substr(0, 8)).error().message,
             ContainsSubstring("2 questions begin with"));
  CHECK(book_.named(one.digest).value().digest == one.digest);
}

}  // namespace automod::model
