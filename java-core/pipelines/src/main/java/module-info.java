/** The public API: what a user calls to run a model. */
module dev.gatun.pipelines {
  requires transitive dev.gatun.models;
  requires transitive dev.gatun.runtime;
  requires transitive dev.gatun.formats;
  requires com.fasterxml.jackson.databind;
  requires java.desktop;

  exports dev.gatun.pipelines;
  exports dev.gatun.pipelines.audio;
  exports dev.gatun.pipelines.filetype;
  exports dev.gatun.pipelines.image;
  exports dev.gatun.pipelines.ocr;
  exports dev.gatun.pipelines.onnx;
  exports dev.gatun.pipelines.speech;
}
