struct RotaryParams {
  int tokens;
  int heads;
  int head_dim;
  int offset;
  int rotary_dim;
  int interleaved;
  int x_stride;
  int y_stride;
  float magnitude;
};

/*
 * Sine and cosine of position * inverse: the product's rounding error and the multiples of 2 pi (in three parts, Cody and
 * Waite 1980) are taken off first, so that long contexts lose nothing.
 */
DEVICE void turn(float position, float inverse, LOCAL float &sine, LOCAL float &cosine) {
  float angle = position * inverse;
  float error = m_fma(position, inverse, -angle);
  float turns = m_rint(angle * 0.15915494f);
  float rest = m_fma(turns, -6.28125f, angle);
  rest = m_fma(turns, -1.9350051879882812e-3f, rest);
  rest = m_fma(turns, -3.0199159819567e-7f, rest) + error;
  sine = m_sin(rest);
  cosine = m_cos(rest);
}

/*
 * Rotary position embedding (Su et al. 2021): of each head, pair i of the elements [offset, offset + rotary_dim) turns by
 * position * inverse[i], times magnitude; the others pass. Pairs are (2i, 2i + 1) when interleaved, else
 * (i, i + rotary_dim / 2).
 * x: f32 [tokens, heads, head_dim], a token every x_stride elements; positions: i32 [tokens]; inverse: f32
 * [rotary_dim / 2]; y: as x, a token every y_stride elements; y may be x.
 * Grid: (ceil(heads * (head_dim - rotary_dim / 2) / threads), tokens). Threads: any.
 */
KERNEL(rotary, GLOBAL const float *x, GLOBAL const int *positions, GLOBAL const float *inverse, GLOBAL float *y,
       PARAMS(RotaryParams) p) {
  int pairs = p.rotary_dim / 2;
  int each = p.head_dim - pairs;
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.heads * each)) {
    int head = i / each, unit = i % each;
    GLOBAL const float *from = x + int64(GROUP_Y) * p.x_stride + head * p.head_dim;
    GLOBAL float *to = y + int64(GROUP_Y) * p.y_stride + head * p.head_dim;
    if (unit < pairs) {
      int first = p.offset + (p.interleaved ? 2 * unit : unit);
      int second = first + (p.interleaved ? 1 : pairs);
      float sine, cosine;
      turn(float(positions[GROUP_Y]), inverse[unit], sine, cosine);
      sine *= p.magnitude;
      cosine *= p.magnitude;
      float a = from[first], b = from[second];
      to[first] = a * cosine - b * sine;
      to[second] = a * sine + b * cosine;
    } else {
      int passing = unit - pairs;
      int element = passing < p.offset ? passing : passing + p.rotary_dim;
      to[element] = from[element];
    }
  }
}
