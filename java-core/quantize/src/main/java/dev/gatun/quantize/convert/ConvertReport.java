package dev.gatun.quantize.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a conversion did.
 *
 * @param files that were written
 * @param architecture GGUF's name of it
 * @param type of the matrices
 * @param tensors how many were written
 * @param bytes of all files
 * @param tokenizer its kind and pre-tokenizer, such as {@code gpt2/llama-bpe}; empty for an adapter
 * @param checkedTokens tokens of the probe text that were compared with the source's tokenizer; 0
 *     when they were not
 * @param notes what the user should know
 */
public record ConvertReport(
    List<Path> files,
    String architecture,
    String type,
    int tensors,
    long bytes,
    String tokenizer,
    int checkedTokens,
    List<String> notes) {
  public ConvertReport {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /** The same, with the tokens and notes of the step before it. */
  ConvertReport withChecked(ConvertReport before) {
    List<String> all = new ArrayList<>(before.notes());
    all.addAll(notes);
    return new ConvertReport(
        files, architecture, type, tensors, bytes, tokenizer, before.checkedTokens(), all);
  }
}
