#include <array>
#include <span>

#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

using enum FactKind;

/// Many names of one kind, group and use.
struct Names {
  FactKind kind;
  std::string_view group;
  Use use;
  std::string_view names;  // divided by spaces
};

constexpr Names kCNames[] = {
    {kCapabilityProcess, "shell", Use::kAny, "popen wordexp posix_spawnp"},
    {kCapabilityProcess, "shell", Use::kCall, "system"},
    {kCapabilityProcess, "process", Use::kAny,
     "vfork execl execlp execle execv execvp execvpe execve fexecve execveat posix_spawn clone3 "
     "boost::process ptrace process_vm_writev process_vm_readv"},
    {kCapabilityProcess, "process", Use::kCall, "fork clone unshare setns"},
    {kCapabilityNetwork, "network", Use::kAny,
     "getaddrinfo gethostbyname gethostbyname2 curl_easy_init curl_easy_perform curl_easy_setopt "
     "curl_multi_init curl_global_init socketpair boost::asio asio::ip httplib inet_pton sendto "
     "recvfrom sendmsg recvmsg"},
    {kCapabilityNetwork, "network", Use::kCall, "socket connect bind listen accept accept4"},
    {kCapabilityFile, "file", Use::kAny,
     "fopen fopen64 freopen fdopen std::ifstream std::basic_ifstream std::filebuf openat"},
    {kCapabilityFile, "file", Use::kCall, "open open64"},
    {kCapabilityFile, "file_write", Use::kAny,
     "std::ofstream std::basic_ofstream std::fstream creat mkstemp tmpfile shm_open memfd_create "
     "mkfifo O_CREAT O_WRONLY O_RDWR O_TRUNC O_APPEND"},
    {kCapabilityFile, "filesystem", Use::kAny, "std::filesystem boost::filesystem"},
    {kCapabilityFile, "file_change", Use::kAny,
     "unlink unlinkat rmdir mkdirat renameat symlink ftruncate fchmod chmod chown fchown "
     "sendfile copy_file_range utimensat"},
    {kCapabilityFile, "file_change", Use::kCall, "rename mkdir truncate link"},
    {kCapabilityEnvironment, "environment", Use::kAny,
     "getenv secure_getenv setenv unsetenv putenv clearenv environ __environ getauxval"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "std::chrono::steady_clock std::chrono::system_clock std::chrono::high_resolution_clock "
     "chrono::steady_clock chrono::system_clock chrono::high_resolution_clock clock_gettime "
     "gettimeofday timespec_get "
     "std::random_device random_device getrandom getentropy arc4random arc4random_uniform drand48 "
     "lrand48 __rdtsc"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kCall, "rand random time clock"},
    {kCapabilityLoading, "loading", Use::kAny,
     "dlopen dlmopen dlsym dlvsym dladdr dl_iterate_phdr LoadLibraryA GetProcAddress Py_Initialize "
     "luaL_newstate"},
    {kCapabilityAssembly, "assembly", Use::kAny,
     "asm __asm __asm__ syscall mprotect PROT_EXEC pkey_mprotect setcontext swapcontext "
     "__builtin___clear_cache"},
    {kCapabilityThread, "thread", Use::kAny,
     "std::thread std::jthread std::async pthread_create thrd_create pthread_detach "
     "omp_set_num_threads "
     "std::execution tbb::parallel_for QThread boost::thread"},
    {kCapabilityThread, "thread", Use::kMember, "detach"},
    {kCapabilitySignal, "signal", Use::kAny,
     "sigaction setitimer timer_create timer_settime sigprocmask pthread_sigmask signalfd "
     "std::signal bsd_signal sigsuspend"},
    {kCapabilitySignal, "signal", Use::kCall, "signal alarm ualarm raise kill pthread_kill"},
    {kCapabilityExit, "exit_now", Use::kAny,
     "_exit _Exit quick_exit std::quick_exit exit_group pthread_exit longjmp siglongjmp"},
    {kCapabilityExit, "exit", Use::kCall, "exit"},
    {kCapabilityExit, "abort", Use::kAny, "std::terminate std::set_terminate __builtin_trap"},
    {kCapabilityExit, "abort", Use::kCall, "abort"},
    {kCapabilityExit, "atexit", Use::kAny,
     "atexit at_quick_exit on_exit __cxa_atexit pthread_atfork"},
};

constexpr Names kPythonNames[] = {
    {kCapabilityProcess, "shell", Use::kAny, "os.system os.popen commands.getoutput"},
    {kCapabilityProcess, "process", Use::kAny,
     "subprocess pty os.execv os.execve os.execvp os.execvpe os.execl os.execle os.execlp "
     "os.spawnl "
     "os.spawnv os.spawnve os.spawnvp os.posix_spawn os.posix_spawnp os.fork os.forkpty "
     "os.startfile "
     "asyncio.create_subprocess_exec asyncio.create_subprocess_shell pexpect sh.Command"},
    {kCapabilityNetwork, "network", Use::kAny,
     "socket ssl urllib urllib2 urllib3 requests httpx http aiohttp ftplib smtplib telnetlib "
     "poplib "
     "imaplib xmlrpc socketserver asyncio.open_connection asyncio.start_server paramiko "
     "websockets"},
    {kCapabilityFile, "file", Use::kCall, "open"},
    {kCapabilityFile, "file", Use::kAny, "io.open os.open os.fdopen codecs.open"},
    {kCapabilityFile, "file", Use::kMember, "read_text read_bytes"},
    {kCapabilityFile, "file_write", Use::kAny,
     "tempfile shelve dbm sqlite3 os.O_CREAT os.O_WRONLY os.O_RDWR"},
    {kCapabilityFile, "file_write", Use::kMember, "write_text write_bytes"},
    {kCapabilityFile, "file_change", Use::kAny,
     "os.remove os.unlink os.rename os.replace os.rmdir os.removedirs os.mkdir os.makedirs "
     "os.chmod "
     "os.chown os.symlink os.link os.truncate shutil"},
    {kCapabilityFile, "file_change", Use::kMember, "unlink rmdir mkdir touch symlink_to"},
    {kCapabilityEnvironment, "environment", Use::kAny,
     "os.environ os.environb os.getenv os.putenv os.unsetenv"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "random secrets time.time time.time_ns time.monotonic time.perf_counter datetime.now "
     "datetime.utcnow datetime.today date.today os.urandom uuid.uuid1 uuid.uuid4"},
    {kCapabilityLoading, "loading", Use::kAny,
     "ctypes cffi importlib __import__ imp runpy pkgutil zipimport marshal pickle dill cloudpickle "
     "builtins __builtins__ types.FunctionType types.CodeType codeop sys.meta_path sys.path_hooks"},
    {kCapabilityLoading, "loading", Use::kCall, "eval exec compile globals"},
    {kCapabilityThread, "thread", Use::kAny,
     "threading _thread multiprocessing concurrent.futures asyncio.to_thread"},
    {kCapabilitySignal, "signal", Use::kAny,
     "signal os.kill os.killpg faulthandler sys.settrace sys.setprofile sys.excepthook "
     "sys.unraisablehook sys.monitoring gc.freeze"},
    {kCapabilityExit, "exit_now", Use::kAny, "os._exit os.abort"},
    {kCapabilityExit, "exit", Use::kAny, "sys.exit SystemExit"},
    {kCapabilityExit, "exit", Use::kCall, "exit quit"},
    {kCapabilityExit, "atexit", Use::kAny, "atexit"},
};

constexpr Names kScriptNames[] = {
    {kCapabilityFile, "file_write", Use::kMember,
     "writeFile writeFileSync appendFile appendFileSync createWriteStream unlink unlinkSync rmSync "
     "renameSync mkdirSync"},
    {kCapabilityNetwork, "network", Use::kCall, "fetch"},
    {kCapabilityNetwork, "network", Use::kAny,
     "XMLHttpRequest WebSocket EventSource navigator.sendBeacon"},
    {kCapabilityEnvironment, "environment", Use::kAny, "process.env"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "Math.random Date.now performance.now process.hrtime crypto.randomUUID"},
    {kCapabilityLoading, "loading", Use::kCall, "eval Function"},
    {kCapabilityLoading, "loading", Use::kAny,
     "process.binding process.dlopen process.mainModule WebAssembly globalThis.eval "
     "process.getBuiltinModule Reflect.construct"},
    {kCapabilityThread, "thread", Use::kAny, "Worker SharedArrayBuffer"},
    {kCapabilitySignal, "signal", Use::kAny, "process.on process.once process.kill process.emit"},
    {kCapabilityExit, "exit", Use::kAny, "process.exit process.exitCode process.reallyExit"},
    {kCapabilityExit, "abort", Use::kAny, "process.abort"},
};

constexpr Names kGoNames[] = {
    {kCapabilityProcess, "process", Use::kAny, "os.StartProcess syscall.Exec syscall.ForkExec"},
    {kCapabilityFile, "file", Use::kAny, "os.Open os.ReadFile ioutil.ReadFile os.ReadDir os.DirFS"},
    {kCapabilityFile, "file_write", Use::kAny,
     "os.OpenFile os.Create os.CreateTemp os.WriteFile ioutil.WriteFile ioutil.TempFile "
     "ioutil.TempDir"},
    {kCapabilityFile, "file_change", Use::kAny,
     "os.Remove os.RemoveAll os.Rename os.Mkdir os.MkdirAll os.Chmod os.Chown os.Symlink "
     "os.Truncate"},
    {kCapabilityEnvironment, "environment", Use::kAny,
     "os.Getenv os.Setenv os.LookupEnv os.Environ os.Unsetenv os.Clearenv os.ExpandEnv"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "time.Now time.Since rand.Int rand.Intn rand.Float64 rand.Perm rand.Shuffle rand.Read"},
    {kCapabilityExit, "exit", Use::kAny, "os.Exit log.Fatal log.Fatalf log.Fatalln runtime.Goexit"},
    {kCapabilitySignal, "signal", Use::kAny, "debug.SetGCPercent debug.SetMaxThreads"},
};

constexpr Names kRustNames[] = {
    {kCapabilityProcess, "process", Use::kAny,
     "std::process::Command process::Command Command::new tokio::process nix::unistd::fork"},
    {kCapabilityNetwork, "network", Use::kAny,
     "std::net tokio::net reqwest hyper ureq TcpStream TcpListener UdpSocket UnixStream"},
    {kCapabilityFile, "file", Use::kAny,
     "std::fs tokio::fs fs::read fs::read_to_string fs::File File::open"},
    {kCapabilityFile, "file_write", Use::kAny,
     "fs::write fs::remove_file fs::rename File::create OpenOptions tempfile std::fs::write "
     "std::fs::remove_file std::fs::rename std::fs::OpenOptions"},
    {kCapabilityEnvironment, "environment", Use::kAny,
     "std::env env::var env::vars env::var_os env::set_var env::remove_var env::args option_env"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "SystemTime::now Instant::now rand::random thread_rng"},
    {kCapabilityLoading, "loading", Use::kAny, "libloading dlopen Library::new"},
    {kCapabilityAssembly, "assembly", Use::kAny,
     "asm global_asm naked_asm std::arch::asm core::arch::asm llvm_asm"},
    {kCapabilityThread, "thread", Use::kAny,
     "std::thread thread::spawn rayon crossbeam tokio::spawn tokio::task thread::Builder"},
    {kCapabilitySignal, "signal", Use::kAny, "signal_hook tokio::signal nix::sys::signal ctrlc"},
    {kCapabilityExit, "exit", Use::kAny,
     "std::process::exit process::exit std::process::abort process::abort std::panic::set_hook "
     "panic::set_hook"},
};

constexpr Names kJavaNames[] = {
    {kCapabilityProcess, "process", Use::kAny, "ProcessBuilder Runtime.getRuntime ProcessHandle"},
    {kCapabilityNetwork, "network", Use::kAny,
     "java.net java.nio.channels.SocketChannel HttpClient Socket ServerSocket HttpURLConnection "
     "URLConnection InetAddress DatagramSocket"},
    {kCapabilityFile, "file", Use::kAny,
     "java.io.File java.nio.file FileReader FileInputStream Files.readString "
     "Files.newBufferedReader"},
    {kCapabilityFile, "file_write", Use::kAny,
     "FileWriter FileOutputStream RandomAccessFile Files.write Files.writeString Files.delete "
     "Files.newBufferedWriter Files.createTempFile"},
    {kCapabilityEnvironment, "environment", Use::kAny,
     "System.getenv System.getProperty System.setProperty System.getProperties"},
    {kCapabilityEnvironment, "clock_or_chance", Use::kAny,
     "System.currentTimeMillis System.nanoTime Math.random java.util.Random ThreadLocalRandom "
     "SecureRandom UUID.randomUUID Instant.now LocalDate.now LocalDateTime.now"},
    {kCapabilityLoading, "loading", Use::kAny,
     "Class.forName java.lang.reflect ClassLoader URLClassLoader ScriptEngineManager System.load "
     "System.loadLibrary MethodHandles sun.misc.Unsafe ObjectInputStream"},
    {kCapabilityThread, "thread", Use::kAny,
     "Thread Executors ExecutorService CompletableFuture ForkJoinPool "
     "java.util.concurrent.Executors"},
    {kCapabilityThread, "thread", Use::kMember, "parallelStream parallel"},
    {kCapabilitySignal, "signal", Use::kAny,
     "sun.misc.Signal Thread.setDefaultUncaughtExceptionHandler"},
    {kCapabilityExit, "exit", Use::kAny, "System.exit Runtime.halt"},
    {kCapabilityExit, "exit", Use::kMember, "halt addShutdownHook"},
};

constexpr Names kScriptModules[] = {
    {kCapabilityProcess, "process", Use::kAny, "child_process cluster execa shelljs"},
    {kCapabilityNetwork, "network", Use::kAny,
     "net http https http2 dgram tls dns dns/promises axios node-fetch got undici ws inspector"},
    {kCapabilityFile, "file", Use::kAny, "fs fs/promises fs-extra"},
    {kCapabilityLoading, "loading", Use::kAny, "vm module ffi-napi v8 wasi"},
    {kCapabilityThread, "thread", Use::kAny, "worker_threads"},
};

constexpr Names kGoModules[] = {
    {kCapabilityProcess, "process", Use::kAny, "os/exec golang.org/x/sys/unix"},
    {kCapabilityNetwork, "network", Use::kAny,
     "net net/http net/rpc net/smtp crypto/tls net/http/httptest golang.org/x/net"},
    {kCapabilityLoading, "loading", Use::kAny, "plugin C reflect.Value unsafe"},
    {kCapabilityAssembly, "assembly", Use::kAny, "syscall"},
    {kCapabilitySignal, "signal", Use::kAny, "os/signal"},
};

std::vector<ReachRow> rows(Family family, std::span<const Names> all) {
  std::vector<ReachRow> made;
  for (const Names& some : all) {
    std::string_view rest = some.names;
    while (!rest.empty()) {
      const auto end = rest.find(' ');
      const std::string_view name = rest.substr(0, end);
      if (!name.empty()) made.push_back({family, name, some.kind, some.group, some.use});
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return made;
}

}  // namespace

Family family_of(analyzers::Language language) {
  using analyzers::Language;
  switch (language) {
    case Language::kC:
    case Language::kCpp:
      return Family::kC;
    case Language::kPython:
      return Family::kPython;
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return Family::kScript;
    case Language::kGo:
      return Family::kGo;
    case Language::kRust:
      return Family::kRust;
    case Language::kJava:
      return Family::kJava;
  }
  return Family::kC;
}

const std::vector<ReachRow>& reach_table(Family family) {
  static const std::array<std::vector<ReachRow>, 6> kTables = {
      rows(Family::kC, kCNames),           rows(Family::kPython, kPythonNames),
      rows(Family::kScript, kScriptNames), rows(Family::kGo, kGoNames),
      rows(Family::kRust, kRustNames),     rows(Family::kJava, kJavaNames)};
  return kTables.at(static_cast<std::size_t>(family));
}

const ReachRow* module_named(Family family, std::string_view name) {
  static const std::vector<ReachRow> kScripts = rows(Family::kScript, kScriptModules);
  static const std::vector<ReachRow> kGo = rows(Family::kGo, kGoModules);
  if (family != Family::kScript && family != Family::kGo) return nullptr;
  if (name.starts_with("node:")) name.remove_prefix(5);
  for (const ReachRow& row : family == Family::kGo ? kGo : kScripts) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace automod::trial
