#include "tests/unit/engine/model/provider.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace automod::testing {

namespace {

constexpr const char* kScript = "tests/unit/engine/model/provider.py";
constexpr int kPatience = 20'000;  // milliseconds

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* owned) const {
    kFree(owned);
  }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

void need(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

void add_extension(X509* certificate, int which, const char* value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, which, value));
  need(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "no extension");
}

/// An authority of its own for 127.0.0.1, good for an hour.
Certificate make_certificate(EVP_PKEY* key) {
  constexpr long kSeconds = 3600;
  Certificate certificate(X509_new());
  need(certificate != nullptr, "no certificate");
  X509* const raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
  X509_gmtime_adj(X509_getm_notBefore(raw), -kSeconds);
  X509_gmtime_adj(X509_getm_notAfter(raw), kSeconds);
  X509_NAME* const name = X509_get_subject_name(raw);
  constexpr std::string_view kName = "provider";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(kName.data()),
                             static_cast<int>(kName.size()), -1, 0);
  X509_set_issuer_name(raw, name);
  add_extension(raw, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(raw, NID_subject_alt_name, "IP:127.0.0.1");
  need(X509_set_pubkey(raw, key) == 1 && X509_sign(raw, key, EVP_sha256()) != 0, "not signed");
  return certificate;
}

void write_certificate(const std::filesystem::path& public_part,
                       const std::filesystem::path& both) {
  // What EVP_EC_gen() does, without its cast.
  std::string kind = "EC";
  std::string curve = "P-256";
  const PrivateKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str(), curve.data()));
  need(key != nullptr, "no key");
  const Certificate certificate = make_certificate(key.get());
  for (const auto& path : {public_part, both}) {
    const File file(std::fopen(path.c_str(), "w"));
    need(file && PEM_write_X509(file.get(), certificate.get()) == 1, "not written");
    if (path != both) continue;
    need(PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "not written");
  }
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    need(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe");
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
  Fd read;
  Fd write;
};

pid_t start(std::vector<std::string> argv, const Fd& in, const Fd& out) {
  std::vector<char*> raw;
  for (std::string& argument : argv) raw.push_back(argument.data());
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  pid_t child = -1;
  const int code = posix_spawnp(&child, raw[0], &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  need(code == 0, "no python3");
  return child;
}

}  // namespace

Provider& Provider::instance() {
  static Provider provider;
  return provider;
}

Provider::Provider()
    : dir_(std::move(*TempDir::create(std::filesystem::temp_directory_path(), "provider-"))) {
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY",
                           "ALL_PROXY", "NO_PROXY"}) {
    unsetenv(name);
  }
  const auto both = dir_.path() / "both.pem";
  write_certificate(ca_file(), both);
  Pipe in;
  Pipe out;
  child_ = start({"python3", "-B", kScript, std::string(kKey), both.string()}, in.read, out.write);
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  out.write.reset();
  const nlohmann::json ports = read_line();
  port_ = ports.at("port");
  other_ = ports.at("other");
  tls_ = ports.at("tls");
}

Provider::~Provider() {
  in_.reset();
  int status = 0;
  waitpid(child_, &status, 0);
}

std::string Provider::url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::string Provider::tls_url(std::string_view path) const {
  return fmt::format("https://127.0.0.1:{}{}", tls_, path);
}

nlohmann::json Provider::read_line() {
  std::size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    pollfd poll_for{out_.get(), POLLIN, 0};
    need(poll(&poll_for, 1, kPatience) == 1, "the provider says nothing");
    std::array<char, 65536> buffer{};
    const ssize_t got = read(out_.get(), buffer.data(), buffer.size());
    need(got > 0, "the provider is gone");
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
  }
  nlohmann::json line = nlohmann::json::parse(unread_.substr(0, end));
  unread_.erase(0, end + 1);
  return line;
}

std::vector<nlohmann::json> Provider::requests() {
  std::vector<nlohmann::json> all;
  for (;;) {
    pollfd poll_for{out_.get(), POLLIN, 0};
    if (unread_.empty() && poll(&poll_for, 1, 0) != 1) return all;
    all.push_back(read_line());
  }
}

}  // namespace automod::testing
