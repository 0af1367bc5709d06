/** Model files: reading and writing GGUF, and telling what a file is. See README.md. */
module dev.gatun.formats {
  requires transitive dev.gatun.graph;
  requires com.fasterxml.jackson.databind;

  exports dev.gatun.formats;
  exports dev.gatun.formats.files;
  exports dev.gatun.formats.gguf;
  exports dev.gatun.formats.onnx;
  exports dev.gatun.formats.onnx.lower;
  exports dev.gatun.formats.safetensors;
  exports dev.gatun.formats.tokenizer;
}
