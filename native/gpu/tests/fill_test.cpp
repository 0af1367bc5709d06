#include "check.h"

struct FillParams {
  int64_t bits;
  int count;
};
struct EyeParams {
  int64_t one, k;
  int count, columns;
};
struct RangeParams {
  int count;
};
struct SizesParams {
  int64_t size[8];
  int count;
};

template <class T>
static void same(const std::string &what, const Memory &memory, const std::vector<T> &expected) {
  if (memory.values<T>() != expected) throw Failure{what};
}

TEST(fill) {
  Memory y1(7), y2(14), y4(28), y8(56);
  FillParams p{-2, 7};
  launch("fill_1", {1, 1, 1, 32}, {&y1}, &p);
  same("bytes", y1, std::vector<uint8_t>(7, 0xfe));
  launch("fill_2", {1, 1, 1, 32}, {&y2}, &p);
  same("two bytes", y2, std::vector<uint16_t>(7, 0xfffe));
  launch("fill_4", {1, 1, 1, 32}, {&y4}, &p);
  same("four bytes", y4, std::vector<uint32_t>(7, 0xfffffffe));
  launch("fill_8", {1, 1, 1, 32}, {&y8}, &p);
  same("eight bytes", y8, std::vector<int64_t>(7, -2));
}

TEST(eye) {
  EyeParams p{9, 1, 6, 3};
  Memory y(12);
  launch("eye_2", {1, 1, 1, 32}, {&y}, &p);
  same<uint16_t>("right of the main diagonal", y, {0, 9, 0, 0, 0, 9});
  p.k = -(int64_t(1) << 40);
  launch("eye_2", {1, 1, 1, 32}, {&y}, &p);
  same<uint16_t>("outside", y, {0, 0, 0, 0, 0, 0});
}

template <class T>
static void range_of(const std::string &type, T start, T delta, const std::vector<T> &expected) {
  RangeParams p{static_cast<int>(expected.size())};
  Memory ms(std::vector<T>{start}), md(std::vector<T>{delta}), my(expected.size() * sizeof(T));
  launch(("range_" + type).c_str(), {1, 1, 1, 32}, {&ms, &md, &my}, &p);
  same(type, my, expected);
}

TEST(range) {
  range_of<float>("f32", 1, -0.5f, {1, 0.5f, 0, -0.5f, -1});
  range_of<int>("i32", 7, -3, {7, 4, 1, -2, -5});
  int64_t far = int64_t(1) << 40;
  range_of<int64_t>("i64", far, 2, {far, far + 2, far + 4});
}

TEST(store_sizes) {
  SizesParams p{{3, int64_t(1) << 40, 5, 6, 7, 8, 9, 10}, 3};
  Memory y(24);
  launch("store_sizes", {1, 1, 1, 32}, {&y}, &p);
  same<int64_t>("sizes", y, {3, int64_t(1) << 40, 5});
}
