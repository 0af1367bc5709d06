/*
 * Runs all tests; then leaves out each barrier and each check of bounds, one at a time, and wants a test to fail.
 *   gatun_gpu_test [file of src/]...
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>

#include "check.h"

namespace gatun {
void mutate(const char *file, int line);
}

static int run_tests(bool loud) {
  int failures = 0;
  for (const Test &test : Test::all()) {
    try {
      test.body();
    } catch (const Failure &failure) {
      failures++;
      if (!loud) return 1;
      std::printf("FAILED %s: %s\n", test.name, failure.text.c_str());
    }
  }
  if (loud) std::printf("%zu tests, %d failed\n", Test::all().size(), failures);
  return failures == 0 ? 0 : 1;
}

/* In a child: a kernel without its check may end the process. */
static bool passes(const char *file, int line) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    /* A mutant may go on for ever. Its own time counts: another program may have the processor. */
    rlimit seconds{60, 60};
    setrlimit(RLIMIT_CPU, &seconds);
    alarm(1200);
    if (file != nullptr) gatun::mutate(file, line);
    int status = run_tests(file == nullptr);
    std::fflush(stdout);
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (file == nullptr && WIFSIGNALED(status)) std::printf("FAILED: signal %d\n", WTERMSIG(status));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int count, char **files) {
  if (!passes(nullptr, 0)) return 1;
  int sites = 0, survivors = 0;
  for (int i = 1; i < count; i++) {
    std::ifstream in(files[i]);
    if (!in) {
      std::printf("%s cannot be read\n", files[i]);
      return 1;
    }
    std::string text;
    for (int line = 1; std::getline(in, text); line++) {
      bool site = text.find("BARRIER()") != std::string::npos || text.find("INSIDE(") != std::string::npos;
      if (!site || text.find("equivalent:") != std::string::npos) continue;
      sites++;
      if (passes(files[i], line)) {
        survivors++;
        std::printf("%s:%d is left out, and no test fails: %s\n", files[i], line, text.c_str());
      }
    }
  }
  std::printf("%d barriers and checks left out, %d unnoticed\n", sites, survivors);
  return survivors == 0 ? 0 : 1;
}
