#include <cstring>
#include <string>

namespace gatun {

static std::string mutated_file;
static int mutated_line;

static const char *base(const char *path) {
  const char *slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

void mutate(const char *file, int line) {
  mutated_file = base(file);
  mutated_line = line;
}

bool mutated(const char *file, int line) { return line == mutated_line && mutated_file == base(file); }

}  // namespace gatun
