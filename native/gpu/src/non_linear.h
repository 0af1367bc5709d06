/* The values that quants of IQ4_NL and IQ4_XS stand for. */
TABLE(int8_t, NON_LINEAR, 16) = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
