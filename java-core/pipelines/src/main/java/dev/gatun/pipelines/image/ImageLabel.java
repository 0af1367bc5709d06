package dev.gatun.pipelines.image;

/**
 * What a picture may show.
 *
 * @param index of the class in the network's output
 * @param label in words; the index where there are no labels
 * @param score probability, from 0 to 1
 */
public record ImageLabel(int index, String label, double score) {}
