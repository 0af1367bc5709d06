package dev.gatun.bench.task;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model answers to a fixed question, to be compared between devices.
 *
 * @param values numbers of the results, in a fixed order
 * @param labels what the numbers come to: likeliest tokens, names, lines of text
 */
public record Answer(List<Float> values, List<String> labels) {
  public Answer {
    values = List.copyOf(values);
    labels = List.copyOf(labels);
  }

  static Answer of(float[] values, List<String> labels) {
    List<Float> boxed = new ArrayList<>(values.length);
    for (float value : values) {
      boxed.add(value);
    }
    return new Answer(boxed, labels);
  }

  /** Numbers in rows; each row's label is the place of its largest. */
  static Answer ofRows(float[] values, int columns) {
    List<String> labels = new ArrayList<>();
    for (int from = 0; from + columns <= values.length; from += columns) {
      int best = from;
      for (int i = from; i < from + columns; i++) {
        best = values[i] > values[best] ? i : best;
      }
      labels.add(Integer.toString(best - from));
    }
    return of(values, labels);
  }
}
