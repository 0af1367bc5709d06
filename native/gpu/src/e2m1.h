/* The values of E2M1 (OCP Microscaling Formats 1.0), doubled to be integers. */
TABLE(int8_t, E2M1_DOUBLED, 16) = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
