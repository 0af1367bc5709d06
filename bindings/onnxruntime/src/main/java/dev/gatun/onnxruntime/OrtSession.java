package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;

/** A loaded model. Any thread may run it, many at a time, each with bindings of its own. */
public final class OrtSession implements AutoCloseable {
  /** The setting without which {@link #assignments} has nothing to say. */
  public static final String RECORD_ASSIGNMENT = "session.record_ep_graph_assignment_info";

  private final OrtEnvironment environment;
  private final Api api;
  private final NativeHandle handle;
  private final List<OrtValueInfo> inputs;
  private final List<OrtValueInfo> outputs;

  OrtSession(
      OrtEnvironment environment, String function, Function<MemorySegment, MemorySegment> call) {
    this.environment = environment;
    api = environment.api();
    handle =
        api.create(
            "OrtSession",
            function,
            call,
            session -> OrtApi.ReleaseSession.invoke(OrtApi.ReleaseSession(api.table()), session));
    try {
      inputs =
          infos(
              api.getLong(
                  "SessionGetInputCount",
                  out ->
                      OrtApi.SessionGetInputCount.invoke(
                          OrtApi.SessionGetInputCount(api.table()), address(), out)),
              this::inputName,
              this::inputType);
      outputs =
          infos(
              api.getLong(
                  "SessionGetOutputCount",
                  out ->
                      OrtApi.SessionGetOutputCount.invoke(
                          OrtApi.SessionGetOutputCount(api.table()), address(), out)),
              this::outputName,
              this::outputType);
    } catch (RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  Api api() {
    return api;
  }

  MemorySegment address() {
    return handle.address();
  }

  private static List<OrtValueInfo> infos(
      long count, LongFunction<String> name, LongFunction<TypeInfo> type) {
    List<OrtValueInfo> infos = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      try (TypeInfo info = type.apply(i)) {
        infos.add(
            info.isTensor()
                ? new OrtValueInfo(
                    name.apply(i),
                    OrtTypes.dtype(info.elementType()),
                    Arrays.stream(info.dims()).boxed().toList(),
                    info.symbols())
                : new OrtValueInfo(
                    name.apply(i), java.util.Optional.empty(), List.of(), List.of()));
      }
    }
    return List.copyOf(infos);
  }

  private String inputName(long index) {
    return api.allocatedText(
        "SessionGetInputName",
        out ->
            OrtApi.SessionGetInputName.invoke(
                OrtApi.SessionGetInputName(api.table()), address(), index, api.allocator(), out));
  }

  private String outputName(long index) {
    return api.allocatedText(
        "SessionGetOutputName",
        out ->
            OrtApi.SessionGetOutputName.invoke(
                OrtApi.SessionGetOutputName(api.table()), address(), index, api.allocator(), out));
  }

  private TypeInfo inputType(long index) {
    return TypeInfo.owning(
        api,
        api.get(
            "SessionGetInputTypeInfo",
            out ->
                OrtApi.SessionGetInputTypeInfo.invoke(
                    OrtApi.SessionGetInputTypeInfo(api.table()), address(), index, out)));
  }

  private TypeInfo outputType(long index) {
    return TypeInfo.owning(
        api,
        api.get(
            "SessionGetOutputTypeInfo",
            out ->
                OrtApi.SessionGetOutputTypeInfo.invoke(
                    OrtApi.SessionGetOutputTypeInfo(api.table()), address(), index, out)));
  }

  /** Inputs, in the model's order. */
  public List<OrtValueInfo> inputs() {
    return inputs;
  }

  /** Outputs, in the model's order. */
  public List<OrtValueInfo> outputs() {
    return outputs;
  }

  /** Buffers for runs. */
  public OrtBinding newBinding(OrtRunOptions options) {
    return new OrtBinding(this, options);
  }

  /**
   * Which execution provider runs which node, as the library reports it.
   *
   * @throws dev.gatun.ffi.NativeCallException unless the session was made with {@link
   *     #RECORD_ASSIGNMENT}
   */
  public List<NodeAssignment> assignments() {
    List<NodeAssignment> assignments = new ArrayList<>();
    List<MemorySegment> parts =
        api.list(
            "Session_GetEpGraphAssignmentInfo",
            (array, count) ->
                OrtApi.Session_GetEpGraphAssignmentInfo.invoke(
                    OrtApi.Session_GetEpGraphAssignmentInfo(api.table()), address(), array, count));
    for (int group = 0; group < parts.size(); group++) {
      MemorySegment part = parts.get(group);
      String provider =
          api.text(
              "EpAssignedSubgraph_GetEpName",
              out ->
                  OrtApi.EpAssignedSubgraph_GetEpName.invoke(
                      OrtApi.EpAssignedSubgraph_GetEpName(api.table()), part, out));
      List<MemorySegment> nodes =
          api.list(
              "EpAssignedSubgraph_GetNodes",
              (array, count) ->
                  OrtApi.EpAssignedSubgraph_GetNodes.invoke(
                      OrtApi.EpAssignedSubgraph_GetNodes(api.table()), part, array, count));
      for (MemorySegment node : nodes) {
        assignments.add(assignment(node, provider, group));
      }
    }
    return assignments;
  }

  private NodeAssignment assignment(MemorySegment node, String provider, int group) {
    return new NodeAssignment(
        api.text(
            "EpAssignedNode_GetName",
            out ->
                OrtApi.EpAssignedNode_GetName.invoke(
                    OrtApi.EpAssignedNode_GetName(api.table()), node, out)),
        api.text(
            "EpAssignedNode_GetDomain",
            out ->
                OrtApi.EpAssignedNode_GetDomain.invoke(
                    OrtApi.EpAssignedNode_GetDomain(api.table()), node, out)),
        api.text(
            "EpAssignedNode_GetOperatorType",
            out ->
                OrtApi.EpAssignedNode_GetOperatorType.invoke(
                    OrtApi.EpAssignedNode_GetOperatorType(api.table()), node, out)),
        provider,
        group);
  }

  /** Writes what was recorded so far, and records no more. */
  public Path endProfiling() {
    String file =
        api.allocatedText(
            "SessionEndProfiling",
            out ->
                OrtApi.SessionEndProfiling.invoke(
                    OrtApi.SessionEndProfiling(api.table()), address(), api.allocator(), out));
    return Path.of(file);
  }

  /** Closes it after its bindings. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
