#include "check.h"

struct UnaryParams {
  int count, function;
  float alpha, beta;
};
struct PairParams {
  int count, function, rank, extent[8], a[8], b[8], dtype;
};
struct WhereParams {
  int count, rank, extent[8], condition[8], a[8], b[8];
};
struct CastParams {
  int count, from, to;
};
struct ChannelParams {
  int count, channels, inner;
  float epsilon;
};

TEST(unary) {
  std::vector<float> x = Random(20).floats(70);
  std::vector<double> expected, folded;
  for (float each : x) {
    expected.push_back(std::exp(double(each)));
    folded.push_back(each < 0 ? 0.25 * each : each);
  }
  Memory mx(x), my(280);
  UnaryParams p{70, 2, 0, 0};
  launch("unary_f32", {groups(70, 64), 1, 1, 64}, {&mx, &my}, &p);
  close("exp", my.values<float>(), expected, 1e-6);
  p = {70, 22, 0.25f, 0};
  launch("elementwise_f32", {groups(70, 64), 1, 1, 64}, {&mx, &my}, &p);
  close("leaky", my.values<float>(), folded, 1e-6);
}

/* What the names of codes 0 to 25 mean. */
static double function(int code, double x, double a, double b) {
  double softplus = std::log1p(std::exp(x));
  switch (code) {
    case 0: return std::sin(x);
    case 1: return std::cos(x);
    case 2: return std::tan(x);
    case 3: return std::asin(x);
    case 4: return std::acos(x);
    case 5: return std::atan(x);
    case 6: return std::sinh(x);
    case 7: return std::cosh(x);
    case 8: return std::asinh(x);
    case 9: return std::acosh(x);
    case 10: return std::atanh(x);
    case 11: return std::ceil(x);
    case 12: return std::floor(x);
    case 13: return std::nearbyint(x);
    case 14: return x > 0 ? 1 : x < 0 ? -1 : 0;
    case 15: return x / (1 + std::fabs(x));
    case 16: return softplus;
    case 17: return x * std::tanh(softplus);
    case 18: return x * std::fmin(1, std::fmax(0, x / 6 + 0.5));
    case 19: return x < 0 ? a * std::expm1(x) : x;
    case 20: return std::fmax(0, x) + std::fmin(0, a * std::expm1(x / a));
    case 21: return b * (x <= 0 ? a * std::expm1(x) : x);
    case 22: return x < 0 ? a * x : x;
    case 23: return x > a ? x : 0;
    case 24: return std::fmax(0, std::fmin(1, a * x + b));
    default: return x < -b ? x + a : x > b ? x - a : 0;
  }
}

TEST(elementwise_functions) {
  std::vector<float> x{0, 1e-7f, -1e-7f, 0.1f, -0.1f, 0.24f, -0.26f, 0.5f, -0.5f, 0.99f, -0.99f, 1.5f, -2.5f, 6, -7, 20};
  for (int code = 0; code < 26; code++) {
    std::vector<double> expected;
    for (float each : x) expected.push_back(function(code, each, 0.75f, 0.5f));
    Memory mx(x), my(64);
    UnaryParams p{16, code, 0.75f, 0.5f};
    launch("elementwise_f32", {1, 1, 1, 32}, {&mx, &my}, &p);
    close("function " + std::to_string(code), my.values<float>(), expected, 2e-6);
  }
}

/* [2, 3, 5] with [3, 1]. */
TEST(binary) {
  std::vector<float> a = Random(21).floats(30), b{2, 3, 4};
  std::vector<double> expected;
  std::vector<int32_t> ai, bi{7, -1, 0}, quotients;
  std::vector<int64_t> al, bl{7, -1, 0}, products;
  for (int i = 0; i < 30; i++) {
    expected.push_back(double(a[i]) - b[i / 5 % 3]);
    ai.push_back(i == 9 ? INT32_MIN : 10 * i - 100);
    al.push_back((int64_t(1) << 40) + i);
    int divisor = bi[i / 5 % 3];
    quotients.push_back(divisor == 0 ? 0 : static_cast<int32_t>(int64_t(ai[i]) / divisor));
    products.push_back(al[i] * divisor);
  }
  PairParams p{30, 1, 3, {}, {}, {}, 0};
  int extent[] = {5, 3, 2}, sa[] = {1, 5, 15}, sb[] = {0, 1, 0};
  std::memcpy(p.extent, extent, sizeof extent);
  std::memcpy(p.a, sa, sizeof sa);
  std::memcpy(p.b, sb, sizeof sb);
  Memory ma(a), mb(b), my(120);
  launch("binary_f32", {1, 1, 1, 64}, {&ma, &mb, &my}, &p);
  close("sub", my.values<float>(), expected, 1e-7);
  std::vector<uint8_t> larger;
  for (int i = 0; i < 30; i++) larger.push_back(a[i] > b[i / 5 % 3] - 3);
  for (float &each : b) each -= 3;
  Memory mless(b), ml(30);
  launch("compare_f32", {1, 1, 1, 64}, {&ma, &mless, &ml}, &p);
  if (ml.values<uint8_t>() != larger) throw Failure{"greater of f32"};
  p.function = 3;
  p.dtype = 5;
  Memory mai(ai), mbi(bi), myi(120);
  launch("binary_whole", {1, 1, 1, 64}, {&mai, &mbi, &myi}, &p);
  if (myi.values<int32_t>() != quotients) throw Failure{"div of i32"};
  p.function = 2;
  p.dtype = 6;
  Memory mal(al), mbl(bl), myl(240);
  launch("binary_whole", {1, 1, 1, 64}, {&mal, &mbl, &myl}, &p);
  if (myl.values<int64_t>() != products) throw Failure{"mul of i64"};
  p.function = 1;
  p.dtype = 5;
  std::vector<uint8_t> greater;
  for (int i = 0; i < 30; i++) greater.push_back(ai[i] > bi[i / 5 % 3]);
  Memory mg(30);
  launch("compare_whole", {1, 1, 1, 64}, {&mai, &mbi, &mg}, &p);
  if (mg.values<uint8_t>() != greater) throw Failure{"greater"};
}

/* Functions of integers: a of a dtype with each b. */
template <class T>
static void wholes(const char *name, int dtype, int code, std::vector<T> a, std::vector<T> b, std::vector<T> expected) {
  int count = static_cast<int>(a.size());
  PairParams p{count, code, 1, {}, {1}, {1}, dtype};
  Memory ma(a), mb(b), my(a.size() * sizeof(T));
  launch("binary_whole", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
  if (my.values<T>() != expected) throw Failure{name};
}

TEST(wholes) {
  wholes<int8_t>("add of i8", 3, 0, {100, -100, 3}, {100, -100, 4}, {-56, 56, 7});
  wholes<uint8_t>("sub of u8", 7, 1, {1, 200}, {2, 100}, {255, 100});
  wholes<int16_t>("pow of i16", 4, 4, {2, -3, 5, -1, 2}, {10, 3, 0, -3, -1}, {1024, -27, 1, -1, 0});
  wholes<uint64_t>("max of u64", 11, 5, {UINT64_MAX, 1}, {1, 0}, {UINT64_MAX, 1});
  wholes<uint64_t>("min of u64", 11, 6, {UINT64_MAX, 1}, {1, 0}, {1, 0});
  wholes<uint64_t>("div of u64", 11, 3, {UINT64_MAX, 7}, {2, 0}, {UINT64_MAX / 2, 0});
  wholes<int32_t>("mod", 5, 7, {-7, 7, -6, 5}, {3, -3, 3, 0}, {2, -2, 0, 0});
  wholes<int32_t>("fmod", 5, 8, {-7, 7, INT32_MIN}, {3, -3, -1}, {-1, 1, 0});
  wholes<uint8_t>("xor of bool", 10, 11, {0, 1, 1}, {1, 1, 0}, {1, 0, 1});
  wholes<uint8_t>("not of bool", 10, 12, {0, 1}, {0, 1}, {1, 0});
  wholes<int64_t>("not of bits", 6, 16, {0, 5}, {0, 0}, {-1, -6});
  wholes<uint16_t>("shift left", 8, 17, {0x8001, 1}, {1, 64}, {2, 0});
  wholes<uint32_t>("shift right", 9, 18, {0x80000000u, 1}, {4, 1}, {0x08000000u, 0});
  std::vector<uint64_t> a{UINT64_MAX}, b{1};
  Memory ma(a), mb(b), my(1);
  PairParams p{1, 1, 1, {}, {1}, {1}, 11};
  launch("compare_whole", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
  if (my.values<uint8_t>()[0] != 1) throw Failure{"greater of u64"};
}

TEST(mod_f32) {
  std::vector<float> a{-7.5f, 7.5f, 6, 1e10f}, b{2, -2, 3, 3};
  Memory ma(a), mb(b), my(16);
  PairParams p{4, 7, 1, {}, {1}, {1}, 0};
  launch("binary_f32", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
  close("mod", my.values<float>(), {0.5, -0.5, 0, 1}, 1e-6);
  p.function = 8;
  launch("binary_f32", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
  close("fmod", my.values<float>(), {-1.5, 1.5, 0, 1}, 1e-6);
}

struct NumberTestParams {
  int count, dtype, nan, negative, positive;
};

TEST(number_test) {
  std::vector<float> x{NAN, INFINITY, -INFINITY, 0, 3e38f};
  Memory mx(x), my(5);
  NumberTestParams p{5, 0, 1, 0, 0};
  launch("number_test", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<uint8_t>() != std::vector<uint8_t>{1, 0, 0, 0, 0}) throw Failure{"is nan"};
  p = {5, 0, 0, 1, 0};
  launch("number_test", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<uint8_t>() != std::vector<uint8_t>{0, 0, 1, 0, 0}) throw Failure{"is negative infinity"};
}

TEST(where) {
  std::vector<uint8_t> condition{1, 0, 0, 1, 1};
  std::vector<uint32_t> a{1, 2, 3, 4, 5}, b{9};
  WhereParams p{5, 1, {5}, {1}, {1}, {0}};
  Memory mc(condition), ma(a), mb(b), my(20);
  launch("where_4", {1, 1, 1, 32}, {&mc, &ma, &mb, &my}, &p);
  if (my.values<uint32_t>() != std::vector<uint32_t>{1, 9, 9, 4, 5}) throw Failure{"where"};
}

TEST(cast) {
  std::vector<float> x{0, -1.5f, 2.5f, 65520, 1e-8f, NAN, 1.00390625f, 1.01171875f};
  Memory mx(x), half(16), bf16(16), whole(64), back(32), flags(8);
  CastParams p{8, 0, 1};
  launch("cast", {1, 1, 1, 32}, {&mx, &half}, &p);
  std::vector<uint16_t> h = half.values<uint16_t>();
  if (h[1] != 0xbe00 || h[3] != 0x7c00 || h[4] != 0 || (h[5] & 0x7fff) <= 0x7c00) throw Failure{"to f16"};
  p = {8, 0, 2};
  launch("cast", {1, 1, 1, 32}, {&mx, &bf16}, &p);
  std::vector<uint16_t> b = bf16.values<uint16_t>();
  if (b[1] != 0xbfc0 || (b[5] & 0x7fff) <= 0x7f80 || b[6] != 0x3f80 || b[7] != 0x3f82) throw Failure{"to bf16"};
  p = {4, 0, 6};
  launch("cast", {1, 1, 1, 32}, {&mx, &whole}, &p);
  std::vector<int64_t> w = whole.values<int64_t>();
  if (w[0] != 0 || w[1] != -1 || w[2] != 2 || w[3] != 65520) throw Failure{"to i64"};
  p = {4, 6, 0};
  launch("cast", {1, 1, 1, 32}, {&whole, &back}, &p);
  if (back.values<float>()[1] != -1) throw Failure{"from i64"};
  p = {8, 0, 10};
  launch("cast", {1, 1, 1, 32}, {&mx, &flags}, &p);
  if (flags.values<uint8_t>() != std::vector<uint8_t>{0, 1, 1, 1, 1, 1, 1, 1}) throw Failure{"to bool"};
}

TEST(batch_normalization) {
  std::vector<float> x = Random(22).floats(24), each{0.5f, 2, 3}, bias{1, 0, -1}, mean{0, 0.25f, 1}, variance{1, 2, 4};
  std::vector<double> expected;
  for (int i = 0; i < 24; i++) {
    int c = i / 4 % 3;
    expected.push_back((x[i] - mean[c]) / std::sqrt(variance[c] + 1e-5) * each[c] + bias[c]);
  }
  Memory mx(x), ms(each), mb(bias), mm(mean), mv(variance), my(96);
  ChannelParams p{24, 3, 4, 1e-5f};
  launch("batch_normalization", {1, 1, 1, 32}, {&mx, &ms, &mb, &mm, &mv, &my}, &p);
  close("batch normalization", my.values<float>(), expected, 1e-6);
}
