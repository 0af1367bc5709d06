/*
 * Weights of every format, against ggml's own decoding of the same blocks (java-core/tensor's goldens), and sums in
 * double precision.
 */
#include "check.h"

struct GatherRowsParams {
  int rows, width, table_rows, y_stride;
};
struct MatmulParams {
  int rows, in, out, x_stride, y_stride, residual_stride, has_bias, has_residual;
};

struct ExpertParams {
  int in, out, experts, share;
};

struct Format {
  const char *name, *golden;
  int elements, bytes;
  bool lattice;
};

static const Format FORMATS[] = {
    {"f32", nullptr, 1, 4, false},         {"f16", "F16", 1, 2, false},           {"bf16", "BF16", 1, 2, false},
    {"q8_0", "Q8_0", 32, 34, false},       {"q4_0", "Q4_0", 32, 18, false},       {"q4_1", "Q4_1", 32, 20, false},
    {"q5_0", "Q5_0", 32, 22, false},       {"q5_1", "Q5_1", 32, 24, false},       {"q2_k", "Q2_K", 256, 84, false},
    {"q3_k", "Q3_K", 256, 110, false},     {"q4_k", "Q4_K", 256, 144, false},     {"q5_k", "Q5_K", 256, 176, false},
    {"q6_k", "Q6_K", 256, 210, false},     {"iq4_nl", "IQ4_NL", 32, 18, false},   {"iq4_xs", "IQ4_XS", 256, 136, false},
    {"mxfp4", "MXFP4", 32, 17, false},     {"nvfp4", "NVFP4", 64, 36, false},     {"tq1_0", "TQ1_0", 256, 54, false},
    {"tq2_0", "TQ2_0", 256, 66, false},    {"q1_0", "Q1_0", 128, 18, false},      {"q2_0", "Q2_0", 64, 18, false},
    {"iq1_s", "IQ1_S", 256, 50, true},     {"iq1_m", "IQ1_M", 256, 56, true},     {"iq2_xxs", "IQ2_XXS", 256, 66, true},
    {"iq2_xs", "IQ2_XS", 256, 74, true},   {"iq2_s", "IQ2_S", 256, 82, true},     {"iq3_xxs", "IQ3_XXS", 256, 98, true},
    {"iq3_s", "IQ3_S", 256, 110, true},
};

static std::vector<uint8_t> read(const std::string &command) {
  std::vector<uint8_t> bytes;
  FILE *pipe = popen(command.c_str(), "r");
  for (int c; (c = std::fgetc(pipe)) != EOF;) bytes.push_back(static_cast<uint8_t>(c));
  if (pclose(pipe) != 0 || bytes.empty()) throw Failure{command + " gives nothing"};
  return bytes;
}

/* Blocks whose values are all finite and at most so large, and the values. */
struct Blocks {
  std::vector<std::vector<uint8_t>> bytes;
  std::vector<std::vector<float>> values;
};

static Blocks blocks(const Format &format, float most) {
  Blocks result;
  size_t elements = static_cast<size_t>(format.elements), size = static_cast<size_t>(format.bytes);
  std::vector<uint8_t> golden;
  if (format.golden == nullptr) {
    std::vector<float> values = Random(5).floats(40);
    golden.resize(320);
    std::memcpy(golden.data(), values.data(), 160);
    std::memcpy(golden.data() + 160, values.data(), 160);
  } else {
    golden = read(std::string("gzip -dc ") + GOLDENS + "/" + format.golden + ".decode.gz");
  }
  size_t count = golden.size() / (size + 4 * elements);
  for (size_t i = 0; i < count; i++) {
    std::vector<float> values(elements);
    std::memcpy(values.data(), golden.data() + count * size + i * elements * 4, elements * 4);
    bool finite = true;
    for (float x : values) finite = finite && std::fabs(x) <= most;
    if (!finite) continue;
    const uint8_t *start = golden.data() + i * size;
    result.bytes.emplace_back(start, start + size);
    result.values.push_back(values);
  }
  if (result.bytes.size() < 3) throw Failure{std::string(format.name) + ": few such blocks"};
  return result;
}

/* A matrix of random blocks. */
struct Weights {
  int rows, width;
  std::vector<uint8_t> bytes;
  std::vector<float> values;
};

static Weights weights(const Format &format, int rows, int per_row, Random &random, float most = 3e38f) {
  Blocks from = blocks(format, most);
  Weights result{rows, per_row * format.elements, {}, {}};
  for (int i = 0; i < rows * per_row; i++) {
    size_t one = static_cast<size_t>(random.below(static_cast<int>(from.bytes.size())));
    result.bytes.insert(result.bytes.end(), from.bytes[one].begin(), from.bytes[one].end());
    result.values.insert(result.values.end(), from.values[one].begin(), from.values[one].end());
  }
  return result;
}

static const Memory &lattice() {
  static const Memory memory(read(std::string("cat ") + LATTICES));
  return memory;
}

static std::vector<const Memory *> with_lattice(const Format &format, std::vector<const Memory *> memory, int at) {
  if (format.lattice) memory.insert(memory.begin() + at, &lattice());
  return memory;
}

TEST(gather_rows) {
  for (const Format &format : FORMATS) {
    Random random(6);
    int per_row = format.elements == 1 ? 37 : 2;
    Weights table = weights(format, 5, per_row, random);
    std::vector<int> ids = {3, 0, 4, 4, -1, 5};
    int stride = table.width + 3, rows = static_cast<int>(ids.size());
    std::vector<double> expected(static_cast<size_t>((rows - 1) * stride + table.width), NAN);
    for (int r = 0; r < 4; r++) {
      for (int i = 0; i < table.width; i++) {
        expected[static_cast<size_t>(r * stride + i)] = table.values[static_cast<size_t>(ids[static_cast<size_t>(r)] * table.width + i)];
      }
    }
    Memory mt(table.bytes), mi(ids), my(expected.size() * 4);
    GatherRowsParams p{rows, table.width, 5, stride};
    std::string name = std::string("gather_rows_") + format.name;
    launch(name.c_str(), {groups(table.width, 8 * 64), 6, 1, 64}, with_lattice(format, {&mt, &mi, &my}, 1), &p);
    close(name, my.values<float>(), expected, 1e-6);
  }
}

static void multiply(const Format &format, const std::string &kernel, int rows, bool bias, bool residual,
                     bool f16 = false) {
  Random random(7);
  int per_row = format.elements == 1 ? 75 : format.elements < 256 ? 3 : 2;
  Weights w = weights(format, 70, per_row, random, f16 ? 3e4f : 3e38f);
  /* Rounding to f16: 2^-11 of each factor, or half of its smallest number. */
  double bound = f16 ? 1e-3 : 2e-6, floor = f16 ? 3e-8 * w.width : 0;
  int in = w.width, out = w.rows, x_stride = in + 1 + rows % 2 * 3, y_stride = out + 2;
  std::vector<float> x = random.floats(static_cast<size_t>((rows - 1) * x_stride + in));
  std::vector<float> b = random.floats(static_cast<size_t>(out));
  std::vector<float> before = random.floats(static_cast<size_t>((rows - 1) * y_stride + out));
  Memory mx(x), mw(w.bytes), mb(b), mr(before), my(before.size() * 4);
  MatmulParams p{rows, in, out, x_stride, y_stride, y_stride, bias, residual};
  std::string name = kernel + "_" + format.name;
  bool tiles = kernel.find("matmul") == 0;
  Grid grid = tiles ? Grid{groups(out, 64), groups(rows, 64), 1, 256} : Grid{groups(out, 4), 1, 1, 128};
  launch(name.c_str(), grid, with_lattice(format, {&mx, &mw, &mb, &mr, &my}, 2), &p);
  std::vector<float> y = my.values<float>();
  for (int r = 0; r < rows; r++) {
    for (int o = 0; o < out; o++) {
      size_t at = static_cast<size_t>(r * y_stride + o);
      double sum = (bias ? double(b[static_cast<size_t>(o)]) : 0) + (residual ? double(before[at]) : 0);
      double size = std::fabs(sum);
      for (int i = 0; i < in; i++) {
        double term = double(x[static_cast<size_t>(r * x_stride + i)]) * double(w.values[static_cast<size_t>(o * in + i)]);
        sum += term;
        size += std::fabs(term);
      }
      if (!(std::fabs(double(y[at]) - sum) <= bound * size + floor)) {
        throw Failure{name + ": [" + std::to_string(r) + ", " + std::to_string(o) + "] is " + std::to_string(y[at]) +
                      ", not " + std::to_string(sum)};
      }
    }
    for (int o = out; o < y_stride && r + 1 < rows; o++) {
      if (!std::isnan(y[static_cast<size_t>(r * y_stride + o)])) throw Failure{name + " writes between the rows"};
    }
  }
}

TEST(matvec) {
  for (const Format &format : FORMATS) {
    multiply(format, "matvec", 1, false, false);
    multiply(format, "matvec4", 3, true, false);
    multiply(format, "matvec8", 5, false, true);
    multiply(format, "matvec8", 8, true, true);
  }
}

TEST(matmul) {
  for (const Format &format : FORMATS) multiply(format, "matmul", 70, true, true);
}

TEST(matmul_mma) {
  for (const Format &format : FORMATS) {
    bool there = gatun_gpu_find((std::string("matmul_mma_") + format.name).c_str()) != nullptr;
    if (there) multiply(format, "matmul_mma", 70, true, true, true);
  }
}

TEST(matmul_simd) {
  for (const Format &format : FORMATS) {
    bool there = gatun_gpu_find((std::string("matmul_simd_") + format.name).c_str()) != nullptr;
    if (there) multiply(format, "matmul_simd", 70, true, true);
  }
}

TEST(expert_matvec) {
  for (const Format &format : FORMATS) {
    Random random(11);
    int per_row = format.elements == 1 ? 41 : 2, experts = 3, out = 6, rows = 5, share = 2;
    Weights w = weights(format, experts * out, per_row, random);
    int in = w.width;
    std::vector<int> ids = {2, 0, 0, 1, 3};
    std::vector<float> x = random.floats(static_cast<size_t>(3 * in));
    Memory mx(x), mw(w.bytes), mi(ids), my(static_cast<size_t>(rows * out) * 4);
    ExpertParams p{in, out, experts, share};
    std::string name = std::string("expert_matvec_") + format.name;
    launch(name.c_str(), {groups(out, 4), static_cast<uint32_t>(rows), 1, 128}, with_lattice(format, {&mx, &mw, &mi, &my}, 2), &p);
    std::vector<float> y = my.values<float>();
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        double sum = 0, size = 0;
        for (int i = 0; i < in && ids[static_cast<size_t>(r)] < experts; i++) {
          double term = double(x[static_cast<size_t>(r / share * in + i)]) *
                        double(w.values[static_cast<size_t>((ids[static_cast<size_t>(r)] * out + o) * in + i)]);
          sum += term;
          size += std::fabs(term);
        }
        float actual = y[static_cast<size_t>(r * out + o)];
        bool right = ids[static_cast<size_t>(r)] < experts ? std::fabs(double(actual) - sum) <= 2e-6 * size : std::isnan(actual);
        if (!right) throw Failure{name + ": " + std::to_string(actual) + ", not " + std::to_string(sum)};
      }
    }
  }
}
