#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/change.hpp"

namespace automod {
namespace {

using testing::Change;
using Facts = std::vector<std::string>;

Facts added(const std::string& path, const std::string& text) {
  Change change;
  change.now[path] = text;
  return change.facts(trial::review_text);
}

// Put together here, so that no tool takes this file for a leak.
const std::string kDrawn = std::string("hR7mZq2Vx9LkT4wYb8NcJ6") + "sPdF3gA1eU5oQi0KzX";

TEST_CASE("secrets are known by their formats, and never repeated") {
  const auto [kind, text] = GENERATE(table<std::string, std::string>({
      {"private key", std::string("-----BEGIN RSA ") + "PRIVATE KEY-----"},
      {"AWS access key", std::string("key: AKIA") + "Q4R7T2WZX9L3VBN5"},
      {"GitHub token", std::string("ghp_") + kDrawn},
      {"GitLab token", std::string("x=glpat-") + kDrawn.substr(0, 20)},
      {"Slack token", std::string("xoxb-") + kDrawn},
      {"Google API key", std::string("AIza") + kDrawn},
      {"Stripe key", std::string("sk_live_") + kDrawn},
      {"AWS access key", std::string("s = \"AK\" \"IAQ4R7") + "T2WZX9L3VBN5\""},
      {"JSON web token",
       std::string("eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkwIn0.") + kDrawn},
      {"password in an address", "url = postgres://app:Vx9LkT4wYb@db.internal/x"},
      {"password or token", "constexpr const char* kServiceToken = \"" + kDrawn + "\";"},
      {"password or token", "password: \"Tr0ub4dor-and-3-horses\""},
      {"password or token", "setPassword('db_password', 'Vx9LkT4wYb8Nc')"},
  }));
  INFO(kind << " " << text);
  Change change;
  change.now["src/a.cpp"] = "int x;\n" + text + "\n";
  const auto review = change.read(trial::review_text);
  REQUIRE(review.facts.size() == 1);
  CHECK(review.facts[0].kind == FactKind::kSecret);
  CHECK(review.facts[0].what == kind);
  CHECK(review.facts[0].line == 2);
  CHECK((review.facts[0].before + review.facts[0].after).empty());
}

TEST_CASE("what only speaks of secrets is none") {
  const std::string text = GENERATE(values<std::string>({
      "password = read_password(prompt)",
      "token = \"<your token here>\"",
      "kTokenHeader = \"X-Auth-Token\"",
      "password = os.environ[\"DB_PASSWORD\"]",
      "api_key = \"${API_KEY}\"",
      "AKIAIOSFODNN7EXAMPLE",
      "url = https://user:password@example.org/",
      "git@github.com:someone/project.git",
      "digest = \"3f786850e387550fdab836ed7e6dc881de23001b\"",
      "-----BEGIN PUBLIC KEY-----",
      "ghp_short",
  }));
  INFO(text);
  CHECK(added("src/a.cpp", text + "\n") == Facts{});
}

TEST_CASE("a secret that was there before, or was moved, is not added") {
  Change change;
  change.base["a.cpp"] = "auto token = \"" + kDrawn + "\";\nint x;\n";
  change.now["b.cpp"] = "  auto token = \"" + kDrawn + "\";\n";
  change.now["a.cpp"] = "int x;\n";
  CHECK(change.facts(trial::review_text) == Facts{});
}

TEST_CASE("characters that turn or hide text are seen") {
  const auto [path, text, fact] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "/* \u202e } \u2066 */", "bidirectional U+202E:1"},
      {"CMakeLists.txt", "set(x \u2067)", "bidirectional U+2067:1"},
      {"README.md", "see \u202egpj.exe", "bidirectional U+202E:1"},
      {"a.py", "x\u200b = 1", "invisible U+200B:1"},
      {"a.py", "s = 'a\u2060b'", "invisible U+2060:1"},
      {"a.js", "const \u3164 = 1;", "invisible U+3164:1"},
      {"a.py", "x = 1\n\ufeffy = 2", "invisible U+FEFF:2"},
      {"a.py", "s = 'a\ufe01'", "invisible U+FE01:1"},
      {"README.md", "text \U000e0041\U000e0042", "invisible U+E0041:1"},
  }));
  INFO(path << ": " << text);
  const auto facts = added(path, text);
  REQUIRE_FALSE(facts.empty());
  CHECK(facts[0] == fact);
}

TEST_CASE("text in other scripts, and with pictures, is what it seems") {
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"README.md", "Привет, мир. Αυτό είναι κείμενο. שלום \u200f(עולם)"},
      {"a.cpp", "// Считает слова, 数える\nconst char* s = \"Привет\";"},
      {"a.py", "s = '✔\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467 1\ufe0f\u20e3'"},
      {"a.py", "flag = '\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f'"},
      {"a.py", "persian = 'می\u200cخواهم'"},
      {"a.cpp", "\ufeffint x;"},
      {"a.py", "Δt = 1\nσ_max = 2\nα = β = 3\ny = a = b = 4"},
      {"a.py", "имя = 1\nдлина_слова = 2"},
      {"i18n/ar.json", "{\"x\": \"\u2067شكرا\u2069\"}"},
  }));
  INFO(path << ": " << text);
  CHECK(added(path, text) == Facts{});
}

TEST_CASE("names that look like others are seen") {
  const auto [path, text, name] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "int l\u043ewer(int x);", "l\u043ewer:1"},
      {"a.py", "def \u0455um(x):\n  return x", "\u0455um:1"},
      {"a.py", "\U0001d41e\U0001d42f\U0001d41a\U0001d425(x)",
       "\U0001d41e\U0001d42f\U0001d41a\U0001d425:1"},
      {"a.cpp", "int \uff4c\uff45\uff4e;", "\uff4c\uff45\uff4e:1"},
      {"a.cpp", "int c\u03bfunt;", "c\u03bfunt:1"},
      {"a.js", "\\u0065val(x);", "\\u0065val:1"},
  }));
  INFO(text);
  CHECK(added(path, text) == Facts{"homoglyph " + name});
}

TEST_CASE("a name all in letters of another script counts when the tree has its double") {
  Change change;
  change.base["lib/b.py"] = "def cop(x):\n  return x\n";
  change.now["a.py"] = "def \u0441\u043e\u0440(x):\n  return x\n";
  CHECK(change.facts(trial::review_text).size() == 1);
  change.base.clear();
  CHECK(change.facts(trial::review_text) == Facts{});
}

TEST_CASE("content that nobody can read is named for what it is") {
  const std::string zero(1, '\0');
  CHECK(added("a.bin", "ab" + zero + "cd") == Facts{"binary binary content:0"});
  CHECK(added("tool",
              "\x7f"
              "ELF" +
                  zero) == Facts{"binary executable:0"});
  CHECK(added("x.png",
              "PK\x03\x04"
              "data") == Facts{"binary archive:0"});
  CHECK(added("a.cpp", "int x;" + zero) == Facts{"binary binary content:0"});
  CHECK(added("a.py", std::string("\xff\xfe") + "x" + zero) == Facts{"binary text in UTF-16:0"});
  CHECK(added("noise", std::string(200, '\x93')) == Facts{"binary binary content:0"});
  CHECK(added("docs/x.png", "\x89PNG\r\n\x1a\n" + zero + zero) == Facts{});
  CHECK(added("latin.c",
              "/* Gr\xfc\xdf"
              "e aus M\xfcnchen, an old comment in an old file */\nint x;\n") == Facts{});
}

TEST_CASE("a heading with the licence may not go") {
  const std::string heading = "// SPDX-License-Identifier: MIT\n// Copyright (c) 2024 The makers\n";
  Change change;
  change.base["a.hpp"] = heading + "int x;\n";
  SECTION("gone") {
    change.now["a.hpp"] = "int x;\n";
    const auto facts = change.read(trial::review_text).facts;
    REQUIRE(facts.size() == 2);
    CHECK(facts[0].after.empty());
  }
  SECTION("altered") {
    change.now["a.hpp"] = "// SPDX-License-Identifier: GPL-3.0\n// Copyright (c) 2024 The makers\n";
    const auto facts = change.read(trial::review_text).facts;
    REQUIRE(facts.size() == 1);
    CHECK_FALSE(facts[0].after.empty());
  }
  SECTION("another year is no other licence") {
    change.now["a.hpp"] =
        "// Copyright (c) 2024-2026 The makers\n// SPDX-License-Identifier: MIT\n";
    CHECK(change.facts(trial::review_text) == Facts{});
  }
  SECTION("with the file it may go") {
    change.deleted = {"a.hpp"};
    CHECK(change.facts(trial::review_text) == Facts{});
  }
  SECTION("the licence file itself may not") {
    change.base["LICENSE"] = "MIT License\n";
    change.deleted = {"LICENSE"};
    CHECK(change.facts(trial::review_text) == Facts{"license_removed licence file:0"});
  }
}

TEST_CASE("rubbish is read to its end") {
  std::string rubbish;
  unsigned state = 7;
  for (int i = 0; i < 60000; ++i) {
    state = state * 1664525U + 1013904223U;
    rubbish += static_cast<char>(state >> 24);
  }
  for (const std::string path : {"a.cpp", "a.py", "a.js", "a.go", "a.rs", "A.java", "a.txt"}) {
    Change change;
    change.base[path] = rubbish.substr(0, 30000);
    change.now[path] = rubbish;
    change.goal = rubbish.substr(0, 1000);
    for (const auto part :
         {trial::review_text, trial::review_capabilities, trial::review_special_cases,
          trial::review_suppressions, trial::review_scope}) {
      CHECK(change.read(part).facts.size() < 2000);
    }
  }
}

}  // namespace
}  // namespace automod
