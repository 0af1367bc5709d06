package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.Quantization;
import java.util.Optional;

/** What the elements of a tensor are: plain numbers, or codes with their meaning. */
record Form(Elements elements, Optional<Quantization> quantization) {
  static Form of(Elements elements) {
    return new Form(elements, Optional.empty());
  }

  static Form of(QnnTensor tensor) {
    return new Form(tensor.elements(), tensor.quantization());
  }
}
