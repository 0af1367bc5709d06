package dev.gatun.quantize.validate;

import dev.gatun.models.eval.MultipleChoice;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What was seen of one of two decoders.
 *
 * @param name the model's name
 * @param bytes size of its tensors
 * @param devices that ran it
 * @param choices of arithmetic that were made for an exact comparison, by name; empty where the
 *     devices left none or none was asked for
 * @param compileSeconds seconds until it could run
 * @param prefillRate tokens a second while it read the text, with the logits of half of them
 * @param decodeRate tokens a second one by one, by the median of their times
 * @param peakBytes most resident memory of the process while it ran, where the system tells
 * @param notFinite outputs that were NaN or infinite
 * @param largest largest absolute output
 * @param edges what it did with texts at the edges
 * @param answers to the labelled file's questions
 */
public record DecoderSide(
    String name,
    long bytes,
    List<String> devices,
    Map<String, String> choices,
    double compileSeconds,
    double prefillRate,
    double decodeRate,
    OptionalLong peakBytes,
    long notFinite,
    double largest,
    List<Edge> edges,
    List<MultipleChoice.Answer> answers) {
  public DecoderSide {
    devices = List.copyOf(devices);
    choices = Collections.unmodifiableMap(new TreeMap<>(choices));
    edges = List.copyOf(edges);
    answers = List.copyOf(answers);
  }

  /**
   * A text at the edge of what is usual.
   *
   * @param name what is special about it
   * @param tokens its tokens; 0 when the model begins an empty text with nothing, so that there is
   *     nothing to run
   * @param finite whether all outputs were
   * @param top the most likely successor; -1 when nothing was run
   */
  public record Edge(String name, int tokens, boolean finite, int top) {}
}
