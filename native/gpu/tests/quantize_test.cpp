#include "check.h"

struct QuantizeParams {
  int count, single, extent, inner, block, has_zero, dtype, real;
};
struct RangeParams {
  int count;
};
struct ProductParams {
  int m, n, k, a_dtype, b_dtype, a_zeros, b_zeros, rank, extent[8], a[8], b[8];
};
struct IntegerConvParams {
  int count, groups, in, out, x_dtype, w_dtype, x_zeros, w_zeros, x[3], y[3], size[3], stride[3], dilation[3], before[3];
};
struct RequantizeParams {
  int count, rows, columns, a_scales, b_scales, bias, dtype;
};
enum { F32 = 0, I8 = 3, I32 = 5, U8 = 7 };

TEST(quantize) {
  /* One scale: halves to even, ends, NaN. */
  std::vector<float> x{1, 3, 5, -1000, 1000, NAN}, scale{2};
  std::vector<uint8_t> zero{10};
  Memory mx(x), ms(scale), mz(zero), my(6);
  QuantizeParams p{6, 1, 1, 1, 0, 1, U8, F32};
  launch("quantize", {1, 1, 1, 32}, {&mx, &ms, &mz, &my}, &p);
  if (my.values<uint8_t>() != std::vector<uint8_t>{10, 12, 12, 0, 255, 10}) throw Failure{"u8"};
  /* [2, 2, 3]: one scale for each index of the middle axis, no zero points. */
  std::vector<float> y{2, 4, 6, 2, 4, 6, 8, 10, 12, 8, 10, 400}, scales{2, 1};
  Memory mx2(y), ms2(scales), my2(12);
  p = {12, 0, 2, 3, 0, 0, I8, F32};
  launch("quantize", {1, 1, 1, 32}, {&mx2, &ms2, &mx2, &my2}, &p);
  if (my2.values<int8_t>() != std::vector<int8_t>{1, 2, 3, 2, 4, 6, 4, 5, 6, 8, 10, 127}) throw Failure{"axis"};
}

TEST(dequantize) {
  /* [1, 3, 2] in blocks of 2: scales and zero points [1, 2, 2]. */
  std::vector<int8_t> x{1, 2, 3, 4, 5, -128}, zero{0, 1, 2, -1};
  std::vector<float> scale{1, 10, 100, 0.5f};
  Memory mx(x), ms(scale), mz(zero), my(24);
  QuantizeParams p{6, 0, 3, 2, 2, 1, I8, F32};
  launch("dequantize", {1, 1, 1, 32}, {&mx, &ms, &mz, &my}, &p);
  if (my.values<float>() != std::vector<float>{1, 10, 3, 30, 300, -63.5f}) throw Failure{"blocks"};
}

TEST(quantize_range) {
  std::vector<float> x(300, 1), none(300, 0);
  x[170] = -51;
  x[299] = 204;
  Memory mx(x), mn(none), ms(4), mz(1);
  RangeParams p{300};
  launch("quantize_range", {1, 1, 1, 128}, {&mx, &ms, &mz}, &p);
  if (ms.values<float>()[0] != 1 || mz.values<uint8_t>()[0] != 51) throw Failure{"range"};
  launch("quantize_range", {1, 1, 1, 128}, {&mn, &ms, &mz}, &p);
  if (ms.values<float>()[0] != 0 || mz.values<uint8_t>()[0] != 0) throw Failure{"nothing but 0"};
}

/* a: [2, m, k] U8, b: [k, n] I8 of both. */
TEST(integer_matmul) {
  Random random(50);
  int m = 35, n = 33, k = 70;
  std::vector<uint8_t> a(static_cast<size_t>(2 * m * k)), a_zero(static_cast<size_t>(m));
  std::vector<int8_t> b(static_cast<size_t>(k * n)), b_zero{3};
  for (uint8_t &x : a) x = static_cast<uint8_t>(random.below(256));
  for (uint8_t &x : a_zero) x = static_cast<uint8_t>(random.below(256));
  for (int8_t &x : b) x = static_cast<int8_t>(static_cast<int>(random.below(256)) - 128);
  std::vector<int> expected;
  for (int row = 0; row < 2 * m; row++) {
    for (int column = 0; column < n; column++) {
      int sum = 0;
      for (int i = 0; i < k; i++) {
        sum += (a[static_cast<size_t>(row * k + i)] - a_zero[static_cast<size_t>(row % m)]) *
               (b[static_cast<size_t>(i * n + column)] - 3);
      }
      expected.push_back(sum);
    }
  }
  Memory ma(a), mb(b), maz(a_zero), mbz(b_zero), my(expected.size() * 4);
  ProductParams p{m, n, k, U8, I8, 2, 1, 1, {2}, {1}, {0}};
  launch("integer_matmul", {groups(n, 32), groups(m, 32), 2, 256}, {&ma, &mb, &maz, &mbz, &my}, &p);
  if (my.values<int>() != expected) throw Failure{"integer_matmul"};
  /* One zero point for each column. */
  std::vector<uint8_t> one{1, 2, 3};
  std::vector<int8_t> two{4, 5, 6, 7, 8, 9}, zeros{1, 2};
  Memory mo(one), mt(two), mz(zeros), mr(8);
  p = {1, 2, 3, U8, I8, 0, 2, 1, {1}, {1}, {1}};
  launch("integer_matmul", {1, 1, 1, 256}, {&mo, &mt, &mo, &mz, &mr}, &p);
  if (mr.values<int>() != std::vector<int>{34, 34}) throw Failure{"zero points of columns"};
}

/* Two groups of one channel with two results each, on [2, 4] with padding and stride. */
TEST(integer_conv) {
  std::vector<uint8_t> x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, x_zero{1};
  std::vector<int8_t> w{1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 1, 0, 1, 1, 0}, w_zero{0, 1, 0, 2};
  /* y: [4, 2, 2]; windows of 2 by 2, steps of (2, 2), one before each axis. */
  std::vector<int> expected;
  for (int o = 0; o < 4; o++) {
    for (int i = 0; i < 4; i++) {
      int sum = 0;
      for (int t = 0; t < 4; t++) {
        int r = i / 2 * 2 - 1 + t / 2, c = i % 2 * 2 - 1 + t % 2;
        if (r < 0 || r >= 2 || c < 0 || c >= 4) continue;
        sum += (x[static_cast<size_t>(o / 2 * 8 + r * 4 + c)] - 1) * (w[static_cast<size_t>(o * 4 + t)] - w_zero[static_cast<size_t>(o)]);
      }
      expected.push_back(sum);
    }
  }
  Memory mx(x), mw(w), mxz(x_zero), mwz(w_zero), my(64);
  IntegerConvParams p{16, 2, 1, 2, U8, I8, 1, 2, {1, 2, 4}, {1, 2, 2}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}};
  launch("integer_conv", {1, 1, 1, 32}, {&mx, &mw, &mxz, &mwz, &my}, &p);
  if (my.values<int>() != expected) throw Failure{"integer_conv"};
  /* Three axes, the first of which is padded at its end only by the window. */
  std::vector<uint8_t> cube{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<int8_t> taps{1, 1, 1, 1, 1, 1, 1, 1};
  Memory mc(cube), mt(taps), mr(108);
  p = {27, 1, 1, 1, U8, I8, 0, 0, {2, 2, 2}, {3, 3, 3}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
  launch("integer_conv", {1, 1, 1, 32}, {&mc, &mt, &mc, &mt, &mr}, &p);
  std::vector<int> sums = mr.values<int>();
  if (sums[0] != 1 || sums[13] != 36 || sums[26] != 8 || sums[2] != 2 || sums[18] != 5) throw Failure{"three axes"};
}

TEST(requantize) {
  std::vector<int> sums{1, 3, -10, 1000}, bias{0, 2};
  std::vector<float> a{1, 0.5f}, b{0.5f, 2}, y_scale{1};
  std::vector<int8_t> zero{1};
  Memory ms(sums), ma(a), mb(b), my(y_scale), mz(zero), mo(bias), out(4);
  RequantizeParams p{4, 2, 2, 2, 2, 1, I8};
  launch("requantize", {1, 1, 1, 32}, {&ms, &ma, &mb, &my, &mz, &mo, &out}, &p);
  if (out.values<int8_t>() != std::vector<int8_t>{1, 7, -1, 127}) throw Failure{"requantize"};
}
