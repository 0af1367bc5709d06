/* Where the points of each lattice start, in points. */
#define LATTICE_IQ2_XXS 0
#define LATTICE_IQ2_XS 256
#define LATTICE_IQ2_S 768
#define LATTICE_IQ3_XXS 1792
#define LATTICE_IQ3_S 2048
#define LATTICE_IQ1 2560

/* Seven bits are stored; the eighth makes the number of set bits even. */
DEVICE uint even_signs(uint stored) { return stored | uint(count_bits(stored) & 1) << 7; }
