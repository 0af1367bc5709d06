package dev.gatun.openvino;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_available_devices_t;
import dev.gatun.openvino.generated.c.ov_core_version_list_t;
import dev.gatun.openvino.generated.c.ov_core_version_t;
import dev.gatun.openvino.generated.c.ov_version;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Devices, and what reads and compiles models. Thread-safe. */
public final class Core implements AutoCloseable {
  private final LiveHandles handles;
  private final NativeHandle handle;

  Core(LiveHandles handles, NativeHandle handle) {
    this.handles = handles;
    this.handle = handle;
  }

  /** Names of the devices whose plugins load here: {@code CPU}, {@code GPU.0}, {@code NPU}. */
  public List<String> devices() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = ov_available_devices_t.allocate(arena);
      Status.check(
          "ov_core_get_available_devices",
          c_h.ov_core_get_available_devices(handle.address(), list));
      try {
        var names = new ArrayList<String>();
        for (long i = 0; i < ov_available_devices_t.size(list); i++) {
          Pointers.text(Pointers.read(ov_available_devices_t.devices(list), i))
              .ifPresent(names::add);
        }
        return List.copyOf(names);
      } finally {
        c_h.ov_available_devices_free(list);
      }
    }
  }

  /** A property of a device, as text. */
  public String property(String device, String key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_core_get_property",
          c_h.ov_core_get_property(
              handle.address(), Pointers.text(device, arena), Pointers.text(key, arena), holder));
      return NativeText.take(holder);
    }
  }

  /** Sets properties of a device for all that is compiled from now on. */
  public void set(String device, Map<String, String> properties) {
    try (Arena arena = Arena.ofConfined()) {
      Status.check(
          "ov_core_set_properties",
          c_h.ov_core_set_properties(
              handle.address(),
              Pointers.text(device, arena),
              properties.size(),
              Properties.of(properties, arena)));
    }
  }

  /** Versions of the plugins behind a device, by their names. */
  public Map<String, String> versions(String device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = ov_core_version_list_t.allocate(arena);
      Status.check(
          "ov_core_get_versions_by_device_name",
          c_h.ov_core_get_versions_by_device_name(
              handle.address(), Pointers.text(device, arena), list));
      try {
        Map<String, String> versions = new LinkedHashMap<>();
        long count = ov_core_version_list_t.size(list);
        MemorySegment array =
            Pointers.view(
                ov_core_version_list_t.versions(list), count * ov_core_version_t.sizeof());
        for (long i = 0; i < count; i++) {
          MemorySegment each = ov_core_version_t.asSlice(array, i);
          versions.put(
              Pointers.text(ov_core_version_t.device_name(each)).orElse(""),
              Pointers.text(ov_version.buildNumber(ov_core_version_t.version(each))).orElse(""));
        }
        return versions;
      } finally {
        c_h.ov_core_versions_free(list);
      }
    }
  }

  /** Reads a model of any format that OpenVINO knows: ONNX, its own IR, and others. */
  public Model read(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_core_read_model",
          c_h.ov_core_read_model(
              handle.address(),
              Pointers.text(file.toAbsolutePath().toString(), arena),
              MemorySegment.NULL,
              holder));
      return model(holder);
    }
  }

  /**
   * Reads a model of OpenVINO's own IR from memory.
   *
   * @param xml its layers
   * @param weights native memory with its constants, which the model, and what is compiled from it,
   *     goes on using: the caller keeps it alive
   */
  public Model read(String xml, MemorySegment weights) {
    try (Arena arena = Arena.ofConfined();
        NativeTensor tensor =
            NativeTensor.over(handles, ElementType.U8, new long[] {weights.byteSize()}, weights)) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      byte[] text = xml.getBytes(StandardCharsets.UTF_8);
      MemorySegment copy = arena.allocate(text.length + 1L);
      MemorySegment.copy(text, 0, copy, ValueLayout.JAVA_BYTE, 0, text.length);
      Status.check(
          "ov_core_read_model_from_memory_buffer",
          c_h.ov_core_read_model_from_memory_buffer(
              handle.address(), copy, text.length, tensor.address(), holder));
      return model(holder);
    }
  }

  private Model model(MemorySegment holder) {
    return new Model(handles.own("model", Pointers.read(holder), c_h::ov_model_free));
  }

  /**
   * Compiles a model for a device.
   *
   * @param device {@code CPU}, {@code AUTO:GPU,CPU}, {@code HETERO:NPU,CPU} …
   */
  public CompiledModel compile(Model model, String device, Map<String, String> properties) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_core_compile_model_props",
          c_h.ov_core_compile_model_props(
              handle.address(),
              model.address(),
              Pointers.text(device, arena),
              properties.size(),
              Properties.of(properties, arena),
              holder));
      return new CompiledModel(
          handles,
          handles.own("compiled model", Pointers.read(holder), c_h::ov_compiled_model_free));
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
