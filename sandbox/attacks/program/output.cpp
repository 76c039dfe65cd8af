// Output, files and trees that are made to hurt whoever reads them.

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

Seen put(const std::string& text) {
  const bool done = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return done ? denied("printed") : tried(-1);
}

void make_file(const char* path, const std::string& text) {
  const int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (write(fd, text.data(), text.size()) < 0) std::perror(path);
  close(fd);
}

Seen leave_link(const std::string& target) { return tried(symlink(target.c_str(), "artifact")); }

/// A folder that is a link: the file below it is a plain one, elsewhere.
Seen leave_linked_folder(const std::string& target) {
  return tried(symlink(target.c_str(), "folder"));
}

Seen leave_two_names() {
  make_file("artifact", "text");
  return tried(link("artifact", "other-name"));
}

Seen leave_pipe() { return tried(mkfifo("artifact", 0644)); }

Seen leave_socket() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "artifact");
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return tried(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

Seen leave_sparse(long megabytes) {
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open("artifact", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  return tried(ftruncate(fd, static_cast<off_t>(megabytes) << 20));
}

Seen leave_large(long kilobytes) {
  make_file("artifact", std::string(static_cast<std::size_t>(kilobytes) << 10, 'x'));
  return denied("left");
}

Seen leave_unreadable() {
  make_file("artifact", "text");
  return tried(chmod("artifact", 0));
}

/// Exchanges a plain file and a link to a file outside, for as long as it lives.
[[noreturn]] void exchange(const std::string& target) {
  for (;;) {
    make_file("plain", "text");
    if (rename("plain", "artifact") != 0) usleep(100);
    if (symlink(target.c_str(), "linked") != 0) usleep(100);
    if (rename("linked", "artifact") != 0) usleep(100);
  }
}

Seen leave_exchanger(const std::string& target) {
  make_file("artifact", "text");
  if (fork() == 0) {
    setsid();
    exchange(target);
  }
  usleep(20'000);
  return denied("left");
}

/// Folders in folders, far more than any path can name. From the innermost outwards: deep down,
/// Landlock would make every step dearer.
Seen leave_deep_folders(long depth) {
  if (mkdir("d", 0755) != 0) return tried(-1);
  make_file("d/bottom", "text");
  for (long i = 1; i < depth; ++i) {
    if (mkdir("n", 0755) != 0 || rename("d", "n/d") != 0 || rename("n", "d") != 0) {
      return tried(-1);
    }
  }
  return denied(std::to_string(depth) + " folders");
}

Seen leave_locked_folders() {
  for (const char* name : {"locked", "locked/below"}) mkdir(name, 0755);
  make_file("locked/below/file", "text");
  chmod("locked/below", 0);
  return tried(chmod("locked", 0));
}

/// Names that are switches, or end a line, or steer a terminal.
Seen leave_names() {
  for (const char* name :
       {"-rf", "--", "a\nb", "\x1b[2J", "*", " ", "\xff\xfe", "$(touch pwned)"}) {
    make_file(name, "text");
  }
  return denied("left");
}

Seen leave_file(const std::string& path, const std::string& text) {
  make_file(path.c_str(), text);
  return denied("left");
}

/// Says exactly what it was given: nothing may have been interpreted on the way.
Seen echo(Arguments arguments) {
  for (const char* argument : arguments) std::printf("[%s]", argument);
  return denied("printed");
}

std::string escapes() {
  return "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m\x9b"
         "31m\x08\r\x7f\xe2\x80\xae"
         "abc";
}

const Attempt kAttempts[] = {
    {"print-long-lines",
     [](Arguments a) {
       return put(std::string(static_cast<std::size_t>(number(a, 0)) << 10, 'x') + "\n");
     }},
    {"print-nuls", [](Arguments) { return put(std::string("a\0b\0c", 5)); }},
    {"print-escapes", [](Arguments) { return put(escapes()); }},
    {"leave-file", [](Arguments a) { return leave_file(argument(a, 0), argument(a, 1)); }},
    {"leave-link", [](Arguments a) { return leave_link(argument(a, 0)); }},
    {"leave-linked-folder", [](Arguments a) { return leave_linked_folder(argument(a, 0)); }},
    {"leave-two-names", [](Arguments) { return leave_two_names(); }},
    {"leave-pipe", [](Arguments) { return leave_pipe(); }},
    {"leave-socket", [](Arguments) { return leave_socket(); }},
    {"leave-sparse", [](Arguments a) { return leave_sparse(number(a, 0)); }},
    {"leave-large", [](Arguments a) { return leave_large(number(a, 0)); }},
    {"leave-unreadable", [](Arguments) { return leave_unreadable(); }},
    {"leave-exchanger", [](Arguments a) { return leave_exchanger(argument(a, 0)); }},
    {"leave-deep-folders", [](Arguments a) { return leave_deep_folders(number(a, 0)); }},
    {"leave-locked-folders", [](Arguments) { return leave_locked_folders(); }},
    {"leave-names", [](Arguments) { return leave_names(); }},
    {"echo", echo},
};

}  // namespace

std::span<const Attempt> output_attempts() { return kAttempts; }

}  // namespace automod::attack
