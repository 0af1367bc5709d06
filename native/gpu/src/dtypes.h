/* Elements of any plain dtype but F64, by its number. No kernel of its own; families include it. */

enum { T_F32, T_F16, T_BF16, T_I8, T_I16, T_I32, T_I64, T_U8, T_U16, T_U32, T_BOOL, T_U64, T_F64 };

DEVICE float load_float(GLOBAL const void *x, int i, int dtype) {
  switch (dtype) {
    case T_F32: return ((GLOBAL const float *)x)[i];
    case T_F16: return (float)((GLOBAL const half *)x)[i];
    default: return bits_float((uint)((GLOBAL const uint16_t *)x)[i] << 16);
  }
}

/* The bits of an integer; U64 from 2^63 on are negative. */
DEVICE int64 load_whole(GLOBAL const void *x, int i, int dtype) {
  switch (dtype) {
    case T_I8: return ((GLOBAL const int8_t *)x)[i];
    case T_I16: return ((GLOBAL const int16_t*)x)[i];
    case T_I32: return ((GLOBAL const int *)x)[i];
    case T_I64:
    case T_U64: return ((GLOBAL const int64 *)x)[i];
    case T_U16: return ((GLOBAL const uint16_t *)x)[i];
    case T_U32: return ((GLOBAL const uint *)x)[i];
    default: return ((GLOBAL const uint8_t *)x)[i];
  }
}

DEVICE void store_float(GLOBAL void *y, int i, int dtype, float value) {
  switch (dtype) {
    case T_F32: ((GLOBAL float *)y)[i] = value; break;
    case T_F16: ((GLOBAL half *)y)[i] = (half)value; break;
    default: {
      /* To nearest, halves to even; NaN stays NaN. */
      uint bits = float_bits(value);
      uint rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
      ((GLOBAL uint16_t *)y)[i] = (uint16_t)(value != value ? (bits >> 16) | 0x40u : rounded);
    }
  }
}

DEVICE void store_whole(GLOBAL void *y, int i, int dtype, int64 value) {
  switch (dtype) {
    case T_I8:
    case T_U8: ((GLOBAL uint8_t *)y)[i] = (uint8_t)value; break;
    case T_I16:
    case T_U16: ((GLOBAL uint16_t *)y)[i] = (uint16_t)value; break;
    case T_I32:
    case T_U32: ((GLOBAL int *)y)[i] = (int)value; break;
    case T_I64:
    case T_U64: ((GLOBAL int64 *)y)[i] = value; break;
    default: ((GLOBAL uint8_t *)y)[i] = value != 0;
  }
}
