/** Conversion, quantization, importance matrices, validation. See README.md. */
module dev.gatun.quantize {
  requires transitive dev.gatun.formats;
  requires transitive dev.gatun.models;
  requires transitive dev.gatun.runtime;
  requires com.fasterxml.jackson.databind;
  requires org.snakeyaml.engine;

  exports dev.gatun.quantize.advise;
  exports dev.gatun.quantize.block;
  exports dev.gatun.quantize.gguf;
  exports dev.gatun.quantize.imatrix;
  exports dev.gatun.quantize.convert;
  exports dev.gatun.quantize.lora;
  exports dev.gatun.quantize.mix;
  exports dev.gatun.quantize.optimize;
  exports dev.gatun.quantize.onnx;
  exports dev.gatun.quantize.observe;
  exports dev.gatun.quantize.validate;
}
