package dev.gatun.quantize.imatrix;

/**
 * What the mean squared inputs of one tensor look like: how large they are and how evenly they are
 * spread over the columns. Computed in single precision, as {@code llama-imatrix --show-statistics}
 * does.
 *
 * @param tensor the tensor's name
 * @param layer its block; -1 when it belongs to none
 * @param kind its name within the block
 * @param elements columns that were seen
 * @param sum of the mean squares
 * @param min smallest of them
 * @param max largest
 * @param mean of them
 * @param deviation their standard deviation
 * @param active share of them above 1e-5
 * @param entropy of their distribution, in bits
 * @param evenness entropy as a share of the largest possible one
 * @param outliers share of them more than one standard deviation above the mean
 * @param similarity cosine to the same tensor of the block before; 0 when there is none
 */
public record TensorStatistics(
    String tensor,
    int layer,
    String kind,
    int elements,
    double sum,
    double min,
    double max,
    double mean,
    double deviation,
    double active,
    double entropy,
    double evenness,
    double outliers,
    double similarity) {}
