package dev.gatun.formats.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The importers of ONNX's operators, by name; each family of operators registers its own. */
final class OpImporters {
  private final Map<String, OpImporter> byType = new HashMap<>();

  OpImporters() {
    ElementwiseOps.register(this);
    ReductionOps.register(this);
    MatrixOps.register(this);
    NormalizationOps.register(this);
    MovementOps.register(this);
    IndexingOps.register(this);
    ConstantOps.register(this);
    ContributedOps.register(this);
    ConvolutionOps.register(this);
    PoolingOps.register(this);
    RecurrentOps.register(this);
    ResizeOps.register(this);
    LogicOps.register(this);
    ShapingOps.register(this);
    PickingOps.register(this);
    QuantizationOps.register(this);
    SignalOps.register(this);
    VisionOps.register(this);
    LossOps.register(this);
    ControlOps.register(this);
    FusedOps.register(this);
    RotaryOps.register(this);
    AttentionOps.register(this);
  }

  /** Adds an operator: of the standard domain, or after its domain and a colon. */
  void add(String type, OpImporter importer) {
    byType.put(type, importer);
  }

  Optional<OpImporter> find(OnnxNode node) {
    String type = node.domain().isEmpty() ? node.type() : node.domain() + ":" + node.type();
    return Optional.ofNullable(byType.get(type));
  }
}
