package dev.gatun.quantize.mix;

import dev.gatun.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a whole GGUF file is quantized to: one type for most tensors, and rules for the others
 * ({@link TypeMix}). Names, and the numbers under {@code general.file_type}, are those of
 * llama.cpp.
 */
public enum FileType {
  F32("F32", 0, DType.F32),
  F16("F16", 1, DType.F16),
  BF16("BF16", 32, DType.BF16),
  Q4_0("Q4_0", 2, DType.Q4_0),
  Q4_1("Q4_1", 3, DType.Q4_1),
  Q5_0("Q5_0", 8, DType.Q5_0),
  Q5_1("Q5_1", 9, DType.Q5_1),
  Q8_0("Q8_0", 7, DType.Q8_0),
  Q2_K_S("Q2_K_S", 21, DType.Q2_K),
  Q2_K("Q2_K", 10, DType.Q2_K),
  Q3_K_S("Q3_K_S", 11, DType.Q3_K),
  Q3_K_M("Q3_K_M", 12, DType.Q3_K),
  Q3_K_L("Q3_K_L", 13, DType.Q3_K),
  Q4_K_S("Q4_K_S", 14, DType.Q4_K),
  Q4_K_M("Q4_K_M", 15, DType.Q4_K),
  Q5_K_S("Q5_K_S", 16, DType.Q5_K),
  Q5_K_M("Q5_K_M", 17, DType.Q5_K),
  Q6_K("Q6_K", 18, DType.Q6_K),
  IQ1_S("IQ1_S", 24, DType.IQ1_S),
  IQ1_M("IQ1_M", 31, DType.IQ1_M),
  IQ2_XXS("IQ2_XXS", 19, DType.IQ2_XXS),
  IQ2_XS("IQ2_XS", 20, DType.IQ2_XS),
  IQ2_S("IQ2_S", 28, DType.IQ2_XS),
  IQ2_M("IQ2_M", 29, DType.IQ2_S),
  IQ3_XXS("IQ3_XXS", 23, DType.IQ3_XXS),
  IQ3_XS("IQ3_XS", 22, DType.IQ3_S),
  IQ3_S("IQ3_S", 26, DType.IQ3_S),
  IQ3_M("IQ3_M", 27, DType.IQ3_S),
  IQ4_NL("IQ4_NL", 25, DType.IQ4_NL),
  IQ4_XS("IQ4_XS", 30, DType.IQ4_XS),
  TQ1_0("TQ1_0", 36, DType.TQ1_0),
  TQ2_0("TQ2_0", 37, DType.TQ2_0),
  MXFP4_MOE("MXFP4_MOE", 38, DType.MXFP4),
  Q1_0("Q1_0", 40, DType.Q1_0),
  Q2_0("Q2_0", 41, DType.Q2_0);

  private final String title;
  private final int number;
  private final DType base;

  FileType(String title, int number, DType base) {
    this.title = title;
    this.number = number;
    this.base = base;
  }

  /** The name that users know, such as {@code Q4_K_M}. */
  public String title() {
    return title;
  }

  /** The value of {@code general.file_type}. */
  public int number() {
    return number;
  }

  /** The type of tensors that no rule names. */
  public DType base() {
    return base;
  }

  /** Finds a type by its name, whatever the case; Q3_K, Q4_K and Q5_K mean their M variants. */
  public static Optional<FileType> of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String full =
        switch (upper) {
          case "Q3_K", "Q4_K", "Q5_K" -> upper + "_M";
          default -> upper;
        };
    return Arrays.stream(values()).filter(type -> type.title.equals(full)).findFirst();
  }

  /** Finds a type by the number that a file's metadata has. */
  public static Optional<FileType> of(long number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(FileType::title).collect(Collectors.joining(", "));
  }

  boolean in(FileType... types) {
    return List.of(types).contains(this);
  }
}
