package dev.gatun.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelSourceTest {
  /** A source with one tensor and none of the optional methods. */
  private static final class OneTensor implements ModelSource {
    private final Tensor tensor = Tensor.ofFloats(Shape.of(2), 1, 2);

    @Override
    public String name() {
      return "one";
    }

    @Override
    public Metadata metadata() {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public Set<String> tensorNames() {
      return Set.of("x");
    }

    @Override
    public Optional<TensorInfo> info(String name) {
      return tensor(name).map(t -> new TensorInfo(name, t.dtype(), t.shape()));
    }

    @Override
    public Optional<Tensor> tensor(String name) {
      return name.equals("x") ? Optional.of(tensor) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  @Test
  void temporaryViewIsTheTensorUnlessASourceKnowsBetter() {
    try (OneTensor source = new OneTensor()) {
      List<Tensor> seen = new ArrayList<>();
      source.withTensor("x", seen::add);
      assertEquals(List.of(source.tensor), seen);
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> source.withTensor("y", tensor -> {}));
      assertEquals("no tensor 'y' in one", e.getMessage());
    }
  }
}
