package dev.gatun.quantize.mix;

import dev.gatun.tensor.DType;

/** The rules of the files of two bits and less. */
final class VeryLowBits {
  private VeryLowBits() {}

  /**
   * @param early whether this is among the first matrices of its role
   */
  static DType choose(FileType file, TensorRole role, ModelTraits model, boolean early) {
    boolean roomy = file.in(FileType.IQ2_S, FileType.IQ2_M);
    DType better = roomy ? DType.IQ3_S : DType.Q2_K;
    return switch (role) {
      case ATTENTION_V -> model.queriesPerKey() >= 4 || model.experts() >= 4 ? DType.Q4_K : better;
      case ATTENTION_K -> model.experts() == 8 ? DType.Q4_K : file.base();
      case FFN_DOWN -> early ? better : file.base();
      case ATTENTION_OUTPUT -> {
        if (model.experts() == 8) {
          yield DType.Q5_K;
        }
        boolean one = file.in(FileType.IQ1_S, FileType.IQ1_M);
        yield one ? DType.IQ2_XXS : roomy ? DType.IQ3_S : file.base();
      }
      default -> file.base();
    };
  }
}
