/* The cache and attention over it, for sequences whose pages lie anywhere in the pool. */
#include "check.h"

struct AppendParams {
  int64_t page_bytes, state_offset;
  int tokens, kv_heads, key_dim, value_dim, k_stride, v_stride;
};
struct AttentionParams {
  int64_t page_bytes, state_offset;
  int tokens, heads, kv_heads, key_dim, value_dim, value_view, window, max_pages, q_stride, y_stride, splits;
  float scale, softcap;
};

struct Shape {
  const char *dtype;
  int heads, kv_heads, key_dim, value_dim, value_view, window;
  float softcap;
  int length;
};

/* One sequence of length stored tokens and another, shorter one; queries at several of their positions. */
static void attend(const Shape &s, const char *prefix) {
  Random random(10);
  bool wide = (s.value_dim == 0 ? s.value_view : s.value_dim) > 128;
  int value = s.value_dim == 0 ? s.value_view : s.value_dim, size = s.dtype[0] == 'q' ? 1 : s.dtype[1] == '1' ? 2 : 4;
  int pages = (s.length + 63) / 64, other = 5;
  /* Pages of the first sequence backwards, then one of the second. */
  std::vector<int> table;
  for (int i = 0; i < pages; i++) table.push_back(pages - i);
  table.push_back(0);
  table.resize(static_cast<size_t>(2 * pages), 1 << 20);
  int kept = s.window == 0 ? 0 : std::max(0, s.length - s.window - 20);
  int blocks = (s.key_dim + 31) / 32 + (s.value_dim + 31) / 32;
  int64_t state = int64_t(64) * s.kv_heads * ((s.key_dim + s.value_dim) * size + (size == 1 ? 2 * blocks : 0));
  AppendParams append{state + 256, 128, s.length + other, s.kv_heads, s.key_dim, s.value_dim, s.kv_heads * s.key_dim,
                      s.kv_heads * s.value_dim};
  std::vector<float> k = random.floats(static_cast<size_t>(append.tokens * append.k_stride));
  std::vector<float> v = random.floats(static_cast<size_t>(append.tokens * append.v_stride));
  if (v.empty()) v.resize(1);
  std::vector<int> slots;
  for (int i = 0; i < s.length; i++) slots.push_back(i < kept ? -100000000 : (pages - i / 64) * 64 + i % 64);
  for (int i = 0; i < other; i++) slots.push_back(i);
  Memory mk(k), mv(v), ms(slots), pool(static_cast<size_t>((pages + 1) * append.page_bytes));
  std::string dtype = s.dtype;
  launch(("append_kv_" + dtype).c_str(), {groups(s.kv_heads * (size == 1 ? blocks : s.key_dim + s.value_dim), 64), static_cast<uint32_t>(append.tokens), 1, 64},
         {&mk, &mv, &ms, &pool}, &append);

  std::vector<int> sequences = {0, 0, 1, 1, 0}, positions = {s.length - 1, s.length - 2, 0, other - 1, s.length - 20};
  int tokens = static_cast<int>(sequences.size());
  AttentionParams p{append.page_bytes, append.state_offset, tokens, s.heads, s.kv_heads, s.key_dim, s.value_dim, s.value_view,
                    s.window, pages, s.heads * s.key_dim + 3, s.heads * value, 3, 0.3f, s.softcap};
  std::vector<float> q = random.floats(static_cast<size_t>((tokens - 1) * p.q_stride + s.heads * s.key_dim));
  auto half = [](float x) { return static_cast<float>(static_cast<_Float16>(x)); };
  /* Element d of a row as it is stored. */
  auto rounded = [&](const float *row, int d, int dim) {
    if (size == 4) return double(row[d]);
    if (size == 2) return double(half(row[d]));
    float most = 0;
    for (int i = d / 32 * 32; i < std::min(dim, d / 32 * 32 + 32); i++) most = std::fmax(most, std::fabs(row[i]));
    float step = most / 127.0f;
    return double(half(step)) * double(std::round(row[d] * (1.0f / step)));
  };
  std::vector<double> expected;
  for (int t = 0; t < tokens; t++) {
    size_t at = static_cast<size_t>(t);
    int last = positions[at], from = s.window == 0 ? 0 : std::max(0, last - s.window + 1);
    int start = sequences[at] == 0 ? 0 : s.length;
    for (int h = 0; h < s.heads; h++) {
      int kv = h / (s.heads / s.kv_heads);
      std::vector<double> weights;
      double most = -INFINITY, total = 0;
      for (int i = from; i <= last; i++) {
        double dot = 0;
        for (int d = 0; d < s.key_dim; d++) {
          dot += double(q[static_cast<size_t>(t * p.q_stride + h * s.key_dim + d)]) *
                 rounded(&k[static_cast<size_t>((start + i) * append.k_stride + kv * s.key_dim)], d, s.key_dim);
        }
        dot *= double(0.3f);
        if (s.softcap != 0) dot = double(s.softcap) * std::tanh(dot / double(s.softcap));
        weights.push_back(dot);
        most = std::fmax(most, dot);
      }
      for (double &w : weights) total += w = std::exp(w - most);
      for (int d = 0; d < value; d++) {
        double sum = 0;
        for (int i = from; i <= last; i++) {
          sum += weights[static_cast<size_t>(i - from)] *
                 (s.value_dim == 0
                      ? rounded(&k[static_cast<size_t>((start + i) * append.k_stride + kv * s.key_dim)], d, s.key_dim)
                      : rounded(&v[static_cast<size_t>((start + i) * append.v_stride + kv * s.value_dim)], d, s.value_dim));
        }
        expected.push_back(sum / total);
      }
    }
  }
  Memory mq(q), mt(table), mseq(sequences), mpos(positions), my(expected.size() * 4);
  std::string name = std::string(prefix) + (wide ? "wide_" : "") + dtype;
  Grid grid{static_cast<uint32_t>(s.heads), static_cast<uint32_t>(tokens), 1, 128};
  if (std::strcmp(prefix, "attention_split_") == 0) {
    Memory partial(static_cast<size_t>(tokens * s.heads * p.splits * (value + 2)) * 4);
    grid.z = static_cast<uint32_t>(p.splits);
    launch(name.c_str(), grid, {&mq, &pool, &mt, &mseq, &mpos, &partial}, &p);
    launch("attention_combine", {static_cast<uint32_t>(s.heads), static_cast<uint32_t>(tokens), 1, 32}, {&partial, &my}, &p);
  } else if (std::strcmp(prefix, "attention_blocks_") == 0) {
    int group = s.heads / s.kv_heads;
    grid.x = static_cast<uint32_t>(s.kv_heads) * groups(group, 16);
    grid.y = groups(tokens, std::max(1, 16 / group));
    launch(name.c_str(), grid, {&mq, &pool, &mt, &mseq, &mpos, &my}, &p);
  } else {
    p.splits = 1;
    launch(name.c_str(), grid, {&mq, &pool, &mt, &mseq, &mpos, &my}, &p);
  }
  close(name, my.values<float>(), expected, 1e-5);
}

static const Shape SHAPES[] = {
    {"f32", 4, 2, 16, 16, 0, 0, 0, 600},   {"f16", 4, 2, 16, 16, 0, 0, 0, 600},   {"f16", 3, 1, 20, 12, 0, 0, 5, 70},
    {"f32", 2, 2, 64, 64, 0, 100, 0, 400}, {"f16", 6, 2, 64, 128, 0, 40, 3, 200}, {"f32", 4, 1, 40, 0, 32, 0, 0, 90},
    {"f16", 2, 1, 256, 256, 0, 0, 0, 130}, {"f16", 2, 1, 576, 0, 512, 0, 0, 65},  {"f32", 20, 1, 8, 8, 0, 0, 0, 80},
    {"f32", 3, 3, 8, 33, 0, 3, 0, 80},     {"q8_0", 4, 2, 64, 48, 0, 0, 0, 300},  {"q8_0", 3, 1, 36, 40, 0, 20, 5, 70},
    {"q8_0", 2, 1, 192, 256, 0, 0, 0, 66}, {"q8_0", 2, 1, 64, 0, 40, 0, 0, 70},
};

TEST(attention) {
  for (const Shape &shape : SHAPES) attend(shape, "attention_");
}

TEST(attention_split) {
  for (const Shape &shape : SHAPES) attend(shape, "attention_split_");
}

TEST(attention_blocks) {
  for (const Shape &shape : SHAPES) attend(shape, "attention_blocks_");
}
