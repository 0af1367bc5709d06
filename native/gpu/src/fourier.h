/* Fourier transforms by their definition. */

struct FourierParams {
  int lines;   /* of x, with those that lie between each other: outer * inner */
  int inner;   /* lines that lie between each other */
  int length;  /* pairs or numbers of a line of x */
  int frames;  /* of a line */
  int step;    /* from one frame to the next */
  int n;       /* numbers of a frame; those behind the end of the line are 0 */
  int bins;    /* results of a frame */
  int parts;   /* of a number of x: 1, real; 2, complex */
  int windowed;
  int inverse;
};

/*
 * y[o, f, k, i] = sum over j < n of x[o, f * step + j, i] * window[j] * exp(-2 pi i j k / n): DFT (one frame) and STFT. The
 * inverse has the other sign, and is divided by n. x: f32 [outer, length, inner, parts]; window: f32 [n], read where
 * windowed; y: f32 [outer, frames, bins, inner, 2]. A thread per pair of y.
 */
KERNEL(fourier, GLOBAL const float *x, GLOBAL const float *window, GLOBAL float *y, PARAMS(FourierParams) p) {
  int at = GLOBAL_ID_X;
  if (!INSIDE(at < p.lines * p.frames * p.bins)) return;
  int i = at % p.inner, k = at / p.inner % p.bins, f = at / p.inner / p.bins % p.frames;
  int o = at / p.inner / p.bins / p.frames;
  float turn = (p.inverse ? 6.283185307179586f : -6.283185307179586f) / float(p.n);
  float real = 0.0f, imaginary = 0.0f;
  int first = f * p.step;
  for (int j = 0; INSIDE(j < p.length - first) && j < p.n; j++) {
    /* Whole turns are left out before anything is rounded. */
    float angle = turn * float(int(int64(j) * k % p.n));
    float c = m_cos(angle), s = m_sin(angle);
    GLOBAL const float *number = x + ((o * p.length + first + j) * p.inner + i) * p.parts;
    float factor = p.windowed ? window[j] : 1.0f;
    float a = number[0] * factor, b = p.parts == 2 ? number[1] * factor : 0.0f;
    real += a * c - b * s;
    imaginary += a * s + b * c;
  }
  float scale = p.inverse ? 1.0f / float(p.n) : 1.0f;
  y[2 * at] = real * scale;
  y[2 * at + 1] = imaginary * scale;
}
