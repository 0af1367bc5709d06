package dev.gatun.qnnbackend.lower;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpDefinitionTest {
  private static final QnnTensor X = QnnTensor.of("x", Role.INPUT, Elements.F16, List.of(2, 3));
  private static final QnnTensor Y = QnnTensor.of("y", Role.OUTPUT, Elements.F16, List.of(3, 2));

  private static void check(String type, Parameter... parameters) {
    OpDefinition.check(new QnnOp("op", type, List.of(X), List.of(Y), List.of(parameters)));
  }

  private static void refused(String words, String type, Parameter... parameters) {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> check(type, parameters));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void anOperatorIsAsItsDefinitionSays() {
    check("Transpose", new Parameter.U32s("perm", List.of(2), List.of(1, 0)));
    refused("no such operator", "Transposed");
    refused("'perm' is missing", "Transpose");
    refused("no parameter 'permutation'", "Transpose", new Parameter.U32("permutation", 1));
    refused("is no U32_VECTOR", "Transpose", new Parameter.U32("perm", 1));
    refused("is no U32_VECTOR", "Transpose", new Parameter.U32s("perm", List.of(3), List.of(1, 0)));
    refused("1 inputs", "ElementWiseAdd");
    refused("given twice", "Softmax", new Parameter.U32("axis", 1), new Parameter.U32("axis", 1));
  }
}
