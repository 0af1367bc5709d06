package dev.gatun.cpuengine.weight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightStoreTest {
  private static final MatMulKernel KERNEL = new ScalarKernels().matMul(DType.F32, 1, 1);

  /**
   * Matrices of several sizes, more than one region of them; scalar packing leaves rows as they
   * are.
   */
  private static List<Tensor> matrices(Arena arena) {
    List<Tensor> matrices = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int n = i == 20 ? 5000 : 1 + 97 * i;
      int k = i == 20 ? 2003 : 64 + i;
      MemorySegment data = arena.allocate(4L * n * k, 64);
      for (long at = 0; at < data.byteSize(); at += 4) {
        data.set(Tensor.F32_LE, at, (float) (i + at));
      }
      matrices.add(new Tensor(DType.F32, Shape.of(n, k), data));
    }
    return matrices;
  }

  @Test
  void matricesAreWholeAndApart() {
    var account = new MemoryAccount(1L << 30);
    var store = new WeightStore(account);
    try (Arena arena = Arena.ofShared();
        var team = new WorkerTeam(2)) {
      List<Tensor> sources = matrices(arena);
      WeightStore.Lease lease = store.lease();
      List<PackedMatrix> packed =
          sources.stream().map(source -> lease.matrix(KERNEL, source, false)).toList();
      lease.pack(team);
      for (int i = 0; i < packed.size(); i++) {
        MemorySegment memory = packed.get(i).packed();
        assertEquals(0, memory.address() % 64);
        assertEquals(-1, memory.mismatch(sources.get(i).data()), "matrix " + i);
      }
      long bytes = sources.stream().mapToLong(source -> source.data().byteSize()).sum();
      assertEquals(bytes, account.used());
      assertEquals(bytes, lease.bytes());

      lease.close();
      assertEquals(0, account.used());
      packed.forEach(matrix -> assertFalse(matrix.packed().scope().isAlive()));
    }
  }

  @Test
  void memoryLivesAsLongAsOneLease() {
    var account = new MemoryAccount(1L << 30);
    var store = new WeightStore(account);
    try (Arena arena = Arena.ofShared();
        var team = new WorkerTeam(2)) {
      Tensor source = matrices(arena).get(20);
      WeightStore.Lease first = store.lease();
      WeightStore.Lease second = store.lease();
      PackedMatrix matrix = first.matrix(KERNEL, source, false);
      first.pack(team);
      assertEquals(matrix, second.matrix(KERNEL, source, false));
      second.pack(team);
      assertEquals(source.data().byteSize(), account.used());
      first.close();
      assertTrue(matrix.packed().scope().isAlive());
      second.close();
      assertFalse(matrix.packed().scope().isAlive());
      assertEquals(0, account.used());
    }
  }

  @Test
  void moreThanTheBudgetIsRefused() {
    var account = new MemoryAccount(1 << 20);
    var store = new WeightStore(account);
    try (Arena arena = Arena.ofShared();
        var team = new WorkerTeam(1);
        WeightStore.Lease lease = store.lease()) {
      lease.matrix(KERNEL, matrices(arena).get(20), false);
      assertThrows(BackendException.class, () -> lease.pack(team));
      assertEquals(0, account.used());
    }
    assertEquals(0, store.size());
  }
}
