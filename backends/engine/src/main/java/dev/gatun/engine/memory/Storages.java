package dev.gatun.engine.memory;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The storages of a program while it is compiled. */
public final class Storages {
  private final List<Storage> all = new ArrayList<>();
  private final Extents extents;

  public Storages(Extents extents) {
    this.extents = extents;
  }

  public List<Storage> all() {
    return all;
  }

  public Storage get(int id) {
    return all.get(id);
  }

  public void set(Storage storage) {
    all.set(storage.id(), storage);
  }

  public Operand buffer(Storage.Kind kind, Value value) {
    return add(kind, value, null, size(value));
  }

  /** Memory for a value in the arena. */
  public Operand arena(Value value) {
    return add(Storage.Kind.ARENA, null, null, size(value));
  }

  public Operand arena(ValueType type) {
    return add(Storage.Kind.ARENA, null, null, size(type));
  }

  public Operand arena(ToLongFunction<SizeBound> bytes) {
    return add(Storage.Kind.ARENA, null, null, bytes);
  }

  public Operand constant(MemorySegment memory) {
    return add(Storage.Kind.CONSTANT, null, memory, bound -> memory.byteSize());
  }

  public Operand state() {
    return add(Storage.Kind.STATE, null, null, bound -> 0);
  }

  private ToLongFunction<SizeBound> size(Value value) {
    return size(value.type());
  }

  private ToLongFunction<SizeBound> size(ValueType type) {
    Extent elements = extents.of(type.dims());
    DType dtype = type.dtype();
    return bound -> (long) bound.of(elements) * dtype.blockBytes();
  }

  private Operand add(
      Storage.Kind kind, Value value, MemorySegment memory, ToLongFunction<SizeBound> bytes) {
    var storage = new Storage(all.size(), kind, value, memory, bytes);
    all.add(storage);
    return new Operand(storage.id(), 0, true);
  }
}
